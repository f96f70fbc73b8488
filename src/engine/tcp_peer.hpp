// What a server does with each of its clients and a client with its server. Private to this room; lives on
// the loop thread.
#pragma once

#include <string_view>

#include "base/bytes.hpp"
#include "capture/record.hpp"
#include "engine/channel.hpp"
#include "engine/session_config.hpp"
#include "net/tcp_connection.hpp"

namespace sockdesk::engine {

/// Why nothing is read from a connection.
struct ReadingHold {
    bool unread =
        false;  ///< the peer does not read its answers: what it says meanwhile would only be more of them
    bool behind = false;  ///< what it has said is not answered yet

    void apply(net::TcpConnection& connection) const { connection.hold_reading(unread || behind); }
};

/// Sends an answer. A peer that does not read is not read from, until the connection has drained, so that nothing is lost and little has
/// to be kept. An empty one is none.
Result<void> reply(const SessionConfig& config, net::TcpConnection& connection, const Payload& payload,
                   ReadingHold& hold);
bool has_room_for_reply(const SessionConfig& config, const net::TcpConnection& connection);

/// The peer has finished sending, and nothing keeps our side open: nothing is queued or still being sent, and
/// the person does not want to go on, or has finished as well.
bool is_over(const net::TcpConnection& connection, const SessionConfig& config, bool still_sending);

/// Who ended a connection that we close now: the peer, if it had finished already.
std::string_view closing_reason(const net::TcpConnection& connection);

/// An event with the connection's two ends.
capture::SessionEvent connection_event(capture::SessionEvent::Kind kind,
                                       const net::TcpConnection& connection);

/// The end of a connection, with what it leaves unsent.
capture::SessionEvent disconnect_event(const net::TcpConnection& connection, std::string_view reason);

/// The same as an error, for what was still being sent.
Error connection_lost(const net::TcpConnection& connection, std::string_view reason);

}  // namespace sockdesk::engine
