#include "engine/tcp_server_channel.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "engine/tcp_peer.hpp"

namespace sockdesk::engine {

TcpServerChannel::TcpServerChannel(ChannelHost& host, SessionConfig config)
    : host_(host), config_(std::move(config)), names_(host.loop()) {}

void TcpServerChannel::open() {
    host_.channel_opening(std::nullopt);
    names_.start(config_.local, std::nullopt, [this](const Result<ResolvedNames>& names) {
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
        {.accepted = [this](uv_tcp_s* handle) { accepted(handle); },
         .failed =
             [this](const Error& error) {
                 host_.record_error(error, std::nullopt);
                 host_.batch_end();
             }});
    if (!opened) {
        host_.channel_failed(opened.error());
        return;
    }
    listener_ = std::move(*opened);
    host_.channel_opened(listener_->local(), std::nullopt);
}

void TcpServerChannel::accepted(uv_tcp_s* handle) {
    const ConnectionId id{++last_id_};
    Client& client = clients_[id];
    client.id = id;
    client.connection = std::make_unique<net::TcpConnection>(host_.loop(), handle, false, host_.writer(),
                                                             *this, config_.send_queue_limit_bytes);
    auto event = connection_event(capture::SessionEvent::Kind::connect, *client.connection);
    host_.emit(ClientConnected{host_.session_id(), id, *event.local, *event.remote});
    host_.record(std::move(event));
    host_.start_greeting(id);
    client.connection->start_reading();
    host_.batch_end();
}

void TcpServerChannel::close() {
    alive_.reset();
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
        return fail(ErrorKind::not_found, "send to all: no client is connected. Wait until one connects.");
    }
    capture::FanOut fan_out{++last_fan_out_, 0};
    Error refusal;
    for (auto& [id, client] : clients_) {
        if (auto sent = client.connection->send(payload, fan_out); sent) {
            ++fan_out.position;
        } else {
            refusal = sent.error();
            if (!std::exchange(client.left_behind, true)) {
                host_.record_error(refusal, client.connection->remote());
                host_.emit(SendRefused{host_.session_id(), std::nullopt, refusal});
            }
        }
    }
    if (fan_out.position == 0) {
        return tl::unexpected(refusal);
    }
    return {};
}

std::size_t TcpServerChannel::queued_bytes(const SendTarget& target) const {
    if (const auto* id = std::get_if<ConnectionId>(&target)) {
        const auto found = clients_.find(*id);
        return found == clients_.end() ? 0 : found->second.connection->queued_bytes();
    }
    std::size_t least = clients_.empty() ? 0 : std::numeric_limits<std::size_t>::max();
    for (const auto& [id, client] : clients_) {
        least = std::min(least, client.connection->queued_bytes());
    }
    return least;
}

std::size_t TcpServerChannel::total_queued_bytes() const {
    std::size_t total = 0;
    for (const auto& [id, client] : clients_) {
        total += client.connection->queued_bytes();
    }
    return total;
}

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

bool TcpServerChannel::reading_paused() const {
    return std::any_of(clients_.begin(), clients_.end(),
                       [](const auto& entry) { return entry.second.connection->reading_paused(); });
}

TcpServerChannel::Client* TcpServerChannel::find(const net::TcpConnection& connection) {
    const auto found = std::find_if(clients_.begin(), clients_.end(), [&](const auto& entry) {
        return entry.second.connection.get() == &connection;
    });
    return found == clients_.end() ? nullptr : &found->second;
}

void TcpServerChannel::on_received(net::TcpConnection& connection, ByteView payload) {
    host_.count_received(1, payload.size());
    if (config_.echo) {
        echo(host_, config_, connection, payload);
    }
}

void TcpServerChannel::on_sent(net::TcpConnection&, std::size_t bytes, std::size_t packets) {
    host_.count_sent(packets, bytes);
}

void TcpServerChannel::on_drained(net::TcpConnection& connection) {
    echo_drained(connection);
    if (Client* client = find(connection)) {
        client->left_behind = false;
    }
    host_.channel_drained();
    if (connection.peer_finished()) {
        close_those_over_soon();
    }
}

bool TcpServerChannel::is_over_with(const Client& client) const {
    return is_over(*client.connection, config_, host_.is_cycling_to(client.id));
}

void TcpServerChannel::on_end_of_stream(net::TcpConnection& connection) {
    const Client* client = find(connection);
    if (client == nullptr) {
        return;
    }
    if (is_over_with(*client)) {
        client_over(client->id, closing_reason(connection), std::nullopt);
    } else {
        host_.record(connection_event(capture::SessionEvent::Kind::half_close, connection));
    }
}

void TcpServerChannel::close_those_over_soon() {
    // Not from here: this may be within a call of the connection itself.
    host_.loop().post([this, alive = std::weak_ptr<bool>(alive_)] {
        if (alive.expired()) {
            return;
        }
        std::vector<ConnectionId> over;
        for (const auto& [id, client] : clients_) {
            if (is_over_with(client)) {
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
    if (const Client* client = find(connection)) {
        // A reset or a time-out is said by the reason; anything else needs its own line.
        client_over(client->id, reason, reason == "closed" ? std::optional(error) : std::nullopt);
    }
}

void TcpServerChannel::client_over(ConnectionId id, std::string_view reason,
                                   const std::optional<Error>& error) {
    const auto found = clients_.find(id);
    if (found == clients_.end()) {
        return;
    }
    auto event = connection_event(capture::SessionEvent::Kind::disconnect, *found->second.connection);
    event.reason = reason;
    if (error) {
        host_.record_error(*error, event.remote);
    }
    clients_.erase(found);  // writes the end of the flow
    host_.emit(ClientDisconnected{host_.session_id(), id, *event.remote, event.reason});
    host_.record(std::move(event));
    host_.channel_drained();  // cycles to this client, or to the slowest of all, look again
    host_.batch_end();
}

void TcpServerChannel::on_batch_end() { host_.batch_end(); }

}  // namespace sockdesk::engine
