#include "engine/tcp_client_channel.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include <fmt/format.h>

namespace sockdesk::engine {

TcpClientChannel::TcpClientChannel(ChannelHost& host, SessionConfig config)
    : host_(host),
      config_(std::move(config)),
      reconnect_timer_(host.loop(), [this] { look_up_and_connect(); }),
      reconnect_delay_(config_.reconnect_min) {}

void TcpClientChannel::open() {
    if (!config_.remote) {
        host_.channel_failed(Error{ErrorKind::bad_input,
                                   "connect: no remote address is given. Fill in the remote host and port.",
                                   {},
                                   Error::no_position});
        return;
    }
    host_.channel_opening(std::nullopt);
    look_up_and_connect();
}

void TcpClientChannel::look_up_and_connect() {
    // Anew for each attempt: a name may mean another address by now.
    names_ = std::make_unique<NameLookup>(host_.loop());
    names_->start(config_.local, config_.remote, [this](const Result<ResolvedNames>& names) {
        if (!names) {
            attempt_failed(names.error());
            return;
        }
        local_ = names->local;
        addresses_ = names->remote;
        if (local_) {
            // Those of the other family cannot be reached from there, unless there are no others.
            const auto family = local_->address.family();
            const auto reachable = [=](const Endpoint& remote) { return remote.address.family() == family; };
            if (std::any_of(addresses_.begin(), addresses_.end(), reachable)) {
                std::erase_if(addresses_, std::not_fn(reachable));
            }
        }
        next_address_ = 0;
        connect_to_next_address();
    });
}

void TcpClientChannel::connect_to_next_address() {
    net::TcpConnector::Options options;
    options.remote = addresses_[next_address_++];
    options.local = local_;
    options.timeout = config_.connect_timeout;
    connector_ = std::make_unique<net::TcpConnector>(
        host_.loop(), options, [this](const Result<uv_tcp_s*>& connected) { attempt_done(connected); });
}

void TcpClientChannel::attempt_done(const Result<uv_tcp_s*>& connected) {
    connector_.reset();
    if (!connected) {
        if (next_address_ < addresses_.size()) {
            connect_to_next_address();
        } else {
            attempt_failed(connected.error());
        }
        return;
    }
    reconnect_delay_ = config_.reconnect_min;
    net::TcpConnection::Options options;
    options.remote = addresses_[next_address_ - 1];
    options.initiated_here = true;
    options.send_queue_limit_bytes = config_.send_queue_limit_bytes;
    hold_ = {};
    connection_ = std::make_unique<net::TcpConnection>(host_.loop(), *connected, options,
                                                       host_.ledger().writer(), *this, totals_);
    host_.channel_opened(connection_->local(), connection_->remote());
    host_.start_greeting(ToDefault{});
    if (std::exchange(finish_wanted_, false)) {
        connection_->finish_sending();
    }
    connection_->start_reading();
    host_.batch_end();
}

void TcpClientChannel::attempt_failed(const Error& error) {
    if (config_.reconnect) {
        host_.ledger().record_error(error, std::nullopt);
        wait_and_try_again(error);
    } else {
        host_.channel_failed(error);
    }
}

void TcpClientChannel::wait_and_try_again(const Error& error) {
    host_.channel_opening(error);
    host_.ledger().record_note(fmt::format("Connecting again in {} ms", reconnect_delay_.count()));
    reconnect_timer_.start(reconnect_delay_);
    reconnect_delay_ = std::min(reconnect_delay_ * 2, config_.reconnect_max);
    host_.batch_end();
}

void TcpClientChannel::close() {
    alive_.reset();
    reconnect_timer_.stop();
    names_.reset();
    connector_.reset();
    if (connection_) {
        auto event = disconnect_event(*connection_, closing_reason(*connection_));
        connection_.reset();
        host_.ledger().record(std::move(event));
    }
}

Result<void> TcpClientChannel::send(const SendTarget&, const Payload& payload) {
    if (!connection_) {
        return fail(ErrorKind::closed, "send: not connected yet. Wait until the connection is open.");
    }
    return connection_->send(payload);
}

SendEnds TcpClientChannel::ends_of(const SendTarget&) const {
    if (!connection_) {
        return {};
    }
    return {connection_->local(), connection_->remote()};
}

std::size_t TcpClientChannel::room(const SendTarget&, std::size_t limit) const {
    return queued_bytes() < limit ? limit - queued_bytes() : 0;
}

bool TcpClientChannel::is_drained(const SendTarget&) const { return queued_bytes() == 0; }

void TcpClientChannel::disconnect(ConnectionId) {
    if (connection_) {
        connection_over(closing_reason(*connection_), std::nullopt);
    }
}

void TcpClientChannel::finish_sending(ConnectionId) {
    if (connection_) {
        connection_->finish_sending();
        close_if_over();
    } else {
        finish_wanted_ = true;
    }
}

void TcpClientChannel::cycle_ended() { close_if_over(); }

void TcpClientChannel::resume_reading() {
    if (connection_) {
        connection_->resume_reading();
    }
}

void TcpClientChannel::on_received(net::TcpConnection& connection, ByteView payload) {
    host_.ledger().count_received(1, payload.size());
    if (Replier* const replier = host_.replier()) {
        replier->on_stream({{}, connection.remote(), connection.local(), {}}, payload);
    }
}

Result<void> TcpClientChannel::reply(const ReplyTo&, const Payload& payload) {
    if (!connection_) {
        return {};
    }
    return engine::reply(config_, *connection_, payload, hold_);
}

bool TcpClientChannel::has_room_for_reply(ConnectionId) const {
    return !connection_ || engine::has_room_for_reply(config_, *connection_);
}

void TcpClientChannel::hold_reading(ConnectionId, bool hold) {
    hold_.behind = hold;
    if (connection_) {
        hold_.apply(*connection_);
    }
}

void TcpClientChannel::on_sent(net::TcpConnection&, std::size_t bytes) {
    host_.ledger().count_sent(1, bytes);
}

void TcpClientChannel::on_drained(net::TcpConnection& connection) {
    hold_.unread = false;
    hold_.apply(connection);
    if (Replier* const replier = host_.replier()) {
        replier->drained({});
    }
    host_.channel_drained();
    close_if_over();
}

void TcpClientChannel::on_end_of_stream(net::TcpConnection& connection) {
    if (Replier* const replier = host_.replier()) {
        replier->on_end_of_stream({});
    }
    if (!is_over(connection, config_, host_.is_still_sending_to({}))) {
        host_.ledger().record(connection_event(capture::SessionEvent::Kind::half_close, connection));
    }
    close_if_over();
}

void TcpClientChannel::close_if_over() {
    const auto over = [this] {
        return connection_ && is_over(*connection_, config_, host_.is_still_sending_to({}));
    };
    if (over()) {
        // Not from here: this may be within a call of the connection itself.
        host_.loop().post([this, over, alive = std::weak_ptr<bool>(alive_)] {
            if (!alive.expired() && over()) {
                connection_over(closing_reason(*connection_), std::nullopt);
            }
        });
    }
}

void TcpClientChannel::on_ended(net::TcpConnection&, std::string_view reason, const Error& error) {
    connection_over(reason, error);
}

void TcpClientChannel::connection_over(std::string_view reason, const std::optional<Error>& error) {
    const auto event = disconnect_event(*connection_, reason);
    const Error lost = connection_lost(*connection_, reason);
    if (error && error->code != "ECONNRESET") {
        host_.ledger().record_error(*error, event.remote);  // the reason alone does not say it
    }
    const std::size_t lost_bytes = connection_->queued_bytes();
    connection_.reset();
    host_.ledger().record(event);
    host_.target_lost(ToDefault{}, lost_bytes, lost);
    if (config_.reconnect && reason != "closed") {
        wait_and_try_again(
            error.value_or(Error{ErrorKind::closed,
                                 fmt::format("connection to {}: {}.", event.remote->to_string(), reason),
                                 {},
                                 Error::no_position}));
    } else {
        host_.channel_ended();
    }
}

void TcpClientChannel::on_batch_end() { host_.batch_end(); }

}  // namespace sockdesk::engine
