#include "engine/tcp_peer.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace sockdesk::engine {

namespace {

/// How much of answers may wait for a peer before it is not read from any more.
constexpr std::size_t reply_backlog_bytes = std::size_t{1} << 20;

}  // namespace

bool has_room_for_reply(const SessionConfig& config, const net::TcpConnection& connection) {
    const std::size_t most = std::min(reply_backlog_bytes, config.send_queue_limit_bytes);
    return connection.queued_bytes() == 0 ||
           connection.queued_bytes() + capture::LogWriter::max_stream_piece <= most;
}

Result<void> reply(const SessionConfig& config, net::TcpConnection& connection, const Payload& payload,
                   ReadingHold& hold) {
    if (payload->empty()) {
        return {};
    }
    auto sent = connection.send(payload);
    hold.unread = !has_room_for_reply(config, connection);
    hold.apply(connection);
    return sent;
}

bool is_over(const net::TcpConnection& connection, const SessionConfig& config, bool still_sending) {
    if (!connection.peer_finished() || connection.queued_bytes() != 0) {
        return false;
    }
    return connection.finished_sending() || (!config.keep_half_open && !still_sending);
}

std::string_view closing_reason(const net::TcpConnection& connection) {
    return connection.peer_finished() ? "closed by peer" : "closed";
}

capture::SessionEvent connection_event(capture::SessionEvent::Kind kind,
                                       const net::TcpConnection& connection) {
    capture::SessionEvent event;
    event.kind = kind;
    event.local = connection.local();
    event.remote = connection.remote();
    return event;
}

capture::SessionEvent disconnect_event(const net::TcpConnection& connection, std::string_view reason) {
    auto event = connection_event(capture::SessionEvent::Kind::disconnect, connection);
    event.reason = reason;
    if (connection.queued_bytes() != 0) {
        event.message = fmt::format("{} bytes still waited and were not sent.", connection.queued_bytes());
    }
    return event;
}

Error connection_lost(const net::TcpConnection& connection, std::string_view reason) {
    return Error{ErrorKind::closed,
                 fmt::format("connection to {}: {} before everything was sent.",
                             connection.remote().to_string(), reason),
                 {},
                 Error::no_position};
}

}  // namespace sockdesk::engine
