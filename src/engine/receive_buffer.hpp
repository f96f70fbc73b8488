// What a person can do about a receive buffer that the system keeps small.
#pragma once

#include <cstdint>
#include <string>

namespace sockdesk::engine {

/// "The receive buffer has …": why, and the command that changes it. Both as in `SessionCounters`.
std::string describe_small_receive_buffer(std::uint64_t granted_bytes, std::uint64_t wanted_bytes);

}  // namespace sockdesk::engine
