// Session events as entries of the systemd journal export format, which is what a journal export block of a
// capture carries (draft-ietf-opsawg-pcapng section 4.7): named fields, "NAME=text\n", or for values that
// hold control characters "NAME\n", their length as 64 bits little-endian, the bytes, "\n".
//
// | field                | holds                                                                          |
// | -------------------- | ------------------------------------------------------------------------------ |
// | __REALTIME_TIMESTAMP | the time in µs; always first, readers look for it                              |
// | MESSAGE              | the event in one English line, as `describe` words it                          |
// | SYSLOG_IDENTIFIER    | "sockdesk"                                                                     |
// | PRIORITY             | 3 error, 4 dropped datagrams, 5 ends of connections and sessions, 6 all else   |
// | SOCKDESK_EVENT       | the kind by name                                                               |
// | SOCKDESK_TIME_NS     | the time in ns                                                                 |
// | SOCKDESK_…           | PROTOCOL, LOCAL, REMOTE, PORT_CHOSEN, REASON, CODE, MESSAGE, COUNT, RX_PACKETS, |
// |                      | RX_BYTES, TX_PACKETS, TX_BYTES, DROPPED: the other members of `SessionEvent`;   |
// |                      | left out when empty, zero or false                                             |
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "capture/record.hpp"

namespace sockdesk::capture {

/// Texts of an event are kept up to this many bytes each, so that any event fits any segment.
inline constexpr std::size_t max_event_text = 65'536;

/// "open", "connect", …
std::string_view kind_name(SessionEvent::Kind kind);

/// `session_protocol` as for `describe`.
std::string encode_event(const SessionEvent& event, std::string_view session_protocol = {});

/// Understands any journal entry: what is not ours becomes a note with its MESSAGE.
SessionEvent decode_event(ByteView entry);

}  // namespace sockdesk::capture
