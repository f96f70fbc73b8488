// Session events in words: the same in the log lines of both faces and in a capture that another program reads, and the same in every
// language of the interface.
#pragma once

#include <string>
#include <string_view>

#include "capture/record.hpp"

namespace sockdesk::capture {

/// One line in English, without control characters: "Bound to 0.0.0.0:54321 (port chosen by the system)".
/// `session_protocol` ("udp", "tcp-server", "tcp-client") tells a server's client from a client's server where the event
/// itself does not.
std::string describe(const SessionEvent& event, std::string_view session_protocol = {});

}  // namespace sockdesk::capture
