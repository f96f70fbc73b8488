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

/// Sends `payload` back. A peer that does not read its echo is not read from either, until `echo_drained`, so
/// that nothing is lost and little has to be kept.
void echo(ChannelHost& host, const SessionConfig& config, net::TcpConnection& connection, ByteView payload);
void echo_drained(net::TcpConnection& connection);

/// Sends an answer; as with an echo, a peer that does not read is not read from. An empty one is none.
Result<void> reply(const SessionConfig& config, net::TcpConnection& connection, const Payload& payload);

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
