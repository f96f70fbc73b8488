#include "engine/tcp_server_channel.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace sockdesk::engine {

namespace {

auto nobody_there() {
    return fail(ErrorKind::not_found, "send to all: no client is connected. Wait until one connects.");
}

}  // namespace

TcpServerChannel::TcpServerChannel(ChannelHost& host, SessionConfig config)
    : host_(host), config_(std::move(config)) {}

void TcpServerChannel::open() {
    if (!config_.local) {
        host_.channel_failed(Error{ErrorKind::bad_input,
                                   "listen: no local address is given. Fill in the local host and port.",
                                   {},
                                   Error::no_position});
        return;
    }
    host_.channel_opening(std::nullopt);
    names_ = std::make_unique<NameLookup>(host_.loop());
    names_->start(config_.local, std::nullopt, [this](const Result<ResolvedNames>& names) {
        if (names) {
            listen(names->local.value_or(Endpoint{}));
        } else {
            host_.channel_failed(names.error());
        }
    });
}

void TcpServerChannel::listen(const Endpoint& local) {
    auto opened = net::TcpListener::open(
        host_.loop(), {.local = local, .backlog = config_.backlog, .reuse_address = config_.reuse_address},
        {.accepted = [this](uv_tcp_s* handle, const Endpoint& remote) { accepted(handle, remote); },
         .failed =
             [this](const Error& error) {
                 host_.ledger().record_error(error, std::nullopt);
                 host_.batch_end();
             }});
    if (!opened) {
        host_.channel_failed(opened.error());
        return;
    }
    listener_ = std::move(*opened);
    host_.channel_opened(listener_->local(), std::nullopt);
}

void TcpServerChannel::accepted(uv_tcp_s* handle, const Endpoint& remote) {
    const ConnectionId id{++last_id_};
    Client& client = clients_[id];
    client.id = id;
    net::TcpConnection::Options options;
    options.remote = remote;
    options.send_queue_limit_bytes = config_.send_queue_limit_bytes;
    client.connection = std::make_unique<net::TcpConnection>(host_.loop(), handle, options,
                                                             host_.ledger().writer(), *this, totals_);
    ids_[client.connection.get()] = id;
    auto event = connection_event(capture::SessionEvent::Kind::connect, *client.connection);
    host_.emit(ClientConnected{host_.session_id(), id, *event.local, *event.remote});
    host_.ledger().record(std::move(event));
    host_.start_greeting(id);
    client.connection->start_reading();
    host_.channel_drained();  // somebody new for a cycle to all
    host_.batch_end();
}

void TcpServerChannel::close() {
    alive_.reset();
    names_.reset();
    listener_.reset();
    while (!clients_.empty()) {
        const auto& [id, client] = *clients_.begin();
        client_over(id, closing_reason(*client.connection), std::nullopt);
    }
}

Result<void> TcpServerChannel::send(const SendTarget& target, const Payload& payload) {
    const auto* id = std::get_if<ConnectionId>(&target);
    if (id == nullptr) {
        return send_to_all(payload);
    }
    const auto found = clients_.find(*id);
    if (found == clients_.end()) {
        return fail(ErrorKind::closed, "send: this client is gone. Choose another one.");
    }
    return found->second.connection->send(payload);
}

Result<void> TcpServerChannel::send_to_all(const Payload& payload) {
    if (clients_.empty()) {
        return nobody_there();
    }
    if (payload->empty()) {
        return fail(ErrorKind::bad_input,
                    "send to all: nothing to send. TCP has no empty messages, as UDP has.");
    }
    const auto group = std::make_shared<net::FanOutGroup>(net::FanOutGroup{++last_fan_out_});
    return offer_to_each([&](net::TcpConnection& connection) { return connection.send(payload, group); });
}

/// Fails when none has taken it.
Result<void> TcpServerChannel::offer_to_each(const std::function<Result<void>(net::TcpConnection&)>& offer) {
    Error refusal;
    bool taken_by_any = false;
    for (auto& [id, client] : clients_) {
        if (auto sent = offer(*client.connection); sent) {
            taken_by_any = true;
        } else {
            refusal = sent.error();
            leave_behind(client, refusal);
        }
    }
    if (!taken_by_any) {
        return tl::unexpected(refusal);
    }
    return {};
}

bool TcpServerChannel::reaches_several(const SendTarget& target) const {
    return !std::holds_alternative<ConnectionId>(target);
}

Result<void> TcpServerChannel::send_to_each(const SendTarget&,
                                            const std::function<Payload(const SendEnds&)>& make) {
    if (clients_.empty()) {
        return nobody_there();
    }
    // No group: each gets other bytes, which the log tells one by one.
    return offer_to_each([&](net::TcpConnection& connection) {
        return connection.send(make({connection.local(), connection.remote()}));
    });
}

void TcpServerChannel::leave_behind(Client& client, const Error& refusal) {
    if (!std::exchange(client.left_behind, true)) {
        host_.ledger().record_error(refusal, client.connection->remote());
        host_.emit(SendRefused{host_.session_id(), std::nullopt, refusal});
    }
}

SendEnds TcpServerChannel::ends_of(const SendTarget& target) const {
    const auto* id = std::get_if<ConnectionId>(&target);
    const auto found = id == nullptr ? clients_.end() : clients_.find(*id);
    if (found == clients_.end()) {
        return {};
    }
    return {found->second.connection->local(), found->second.connection->remote()};
}

std::size_t TcpServerChannel::queued_to(const SendTarget& target) const {
    if (const auto* id = std::get_if<ConnectionId>(&target)) {
        const auto found = clients_.find(*id);
        return found == clients_.end() ? 0 : found->second.connection->queued_bytes();
    }
    if (totals_.queued_bytes == 0 || clients_.empty()) {
        return 0;
    }
    std::size_t least = std::numeric_limits<std::size_t>::max();
    for (const auto& [id, client] : clients_) {
        least = std::min(least, client.connection->queued_bytes());
    }
    return least;
}

std::size_t TcpServerChannel::room(const SendTarget& target, std::size_t limit) const {
    const std::size_t queued = queued_to(target);
    return queued < limit ? limit - queued : 0;
}

bool TcpServerChannel::is_drained(const SendTarget& target) const { return queued_to(target) == 0; }

void TcpServerChannel::disconnect(ConnectionId connection) {
    client_over(connection, "closed", std::nullopt);
}

void TcpServerChannel::finish_sending(ConnectionId connection) {
    for (auto& [id, client] : clients_) {
        if (connection.value == 0 || id == connection) {
            client.connection->finish_sending();
        }
    }
    close_those_over_soon();
}

void TcpServerChannel::cycle_ended() { close_those_over_soon(); }

void TcpServerChannel::resume_reading() {
    for (auto& [id, client] : clients_) {
        client.connection->resume_reading();
    }
}

TcpServerChannel::Client& TcpServerChannel::client_of(const net::TcpConnection& connection) {
    return clients_.at(ids_.at(&connection));
}

void TcpServerChannel::on_received(net::TcpConnection& connection, ByteView payload) {
    host_.ledger().count_received(1, payload.size());
    if (Replier* const replier = host_.replier()) {
        replier->on_stream({ids_.at(&connection), connection.remote(), connection.local(), {}}, payload);
    }
}

Result<void> TcpServerChannel::reply(const ReplyTo& to, const Payload& payload) {
    const auto found = clients_.find(to.connection);
    if (found == clients_.end()) {
        return {};
    }
    return engine::reply(config_, *found->second.connection, payload, found->second.hold);
}

bool TcpServerChannel::has_room_for_reply(ConnectionId connection) const {
    const auto found = clients_.find(connection);
    return found == clients_.end() || engine::has_room_for_reply(config_, *found->second.connection);
}

void TcpServerChannel::hold_reading(ConnectionId connection, bool hold) {
    const auto found = clients_.find(connection);
    if (found != clients_.end()) {
        found->second.hold.behind = hold;
        found->second.hold.apply(*found->second.connection);
    }
}

void TcpServerChannel::on_sent(net::TcpConnection&, std::size_t bytes) {
    host_.ledger().count_sent(1, bytes);
}

void TcpServerChannel::on_drained(net::TcpConnection& connection) {
    Client& client = client_of(connection);
    client.left_behind = false;
    client.hold.unread = false;
    client.hold.apply(connection);
    if (Replier* const replier = host_.replier()) {
        replier->drained(client.id);
    }
    host_.channel_drained();
    if (connection.peer_finished()) {
        close_those_over_soon();
    }
}

bool TcpServerChannel::is_over_with(const Client& client) const {
    return is_over(*client.connection, config_, host_.is_still_sending_to(client.id));
}

void TcpServerChannel::on_end_of_stream(net::TcpConnection& connection) {
    const Client& client = client_of(connection);
    if (Replier* const replier = host_.replier()) {
        replier->on_end_of_stream(client.id);
    }
    half_closed_.insert(client.id);
    if (is_over_with(client)) {
        client_over(client.id, closing_reason(connection), std::nullopt);
    } else {
        host_.ledger().record(connection_event(capture::SessionEvent::Kind::half_close, connection));
    }
}

void TcpServerChannel::close_those_over_soon() {
    if (half_closed_.empty()) {
        return;
    }
    // Not from here: this may be within a call of the connection itself.
    host_.loop().post([this, alive = std::weak_ptr<bool>(alive_)] {
        if (alive.expired()) {
            return;
        }
        std::vector<ConnectionId> over;
        for (const ConnectionId id : half_closed_) {
            if (is_over_with(clients_.at(id))) {
                over.push_back(id);
            }
        }
        for (const ConnectionId id : over) {
            client_over(id, closing_reason(*clients_.at(id).connection), std::nullopt);
        }
        host_.batch_end();
    });
}

void TcpServerChannel::on_ended(net::TcpConnection& connection, std::string_view reason, const Error& error) {
    client_over(client_of(connection).id, reason, error);
}

void TcpServerChannel::client_over(ConnectionId id, std::string_view reason,
                                   const std::optional<Error>& error) {
    const auto found = clients_.find(id);
    if (found == clients_.end()) {
        return;
    }
    const net::TcpConnection& connection = *found->second.connection;
    const auto event = disconnect_event(connection, reason);
    const Error lost = connection_lost(connection, reason);
    if (error && error->code != "ECONNRESET") {
        host_.ledger().record_error(*error, event.remote);  // the reason alone does not say it
    }
    const std::size_t lost_bytes = connection.queued_bytes();
    ids_.erase(&connection);
    half_closed_.erase(id);
    clients_.erase(found);  // writes the end of the flow
    host_.emit(ClientDisconnected{host_.session_id(), id, *event.remote, event.reason});
    host_.ledger().record(event);
    host_.target_lost(id, lost_bytes, lost);
    host_.channel_drained();  // a cycle to all may have waited for this one
    host_.batch_end();
}

void TcpServerChannel::on_batch_end() { host_.batch_end(); }

}  // namespace sockdesk::engine
