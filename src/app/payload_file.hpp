// The bytes of a file that is to be sent.
#pragma once

#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace sockdesk::app {

/// More than anybody sends in one piece; a device that never ends must not take all memory.
inline constexpr std::size_t payload_file_limit = std::size_t{1} << 30;

/// The whole file; pipes and devices until their end. Errors name the file and the reason. `limit` is a whole number of MiB.
Result<Bytes> read_payload_file(const std::string& path, std::size_t limit = payload_file_limit);

}  // namespace sockdesk::app
