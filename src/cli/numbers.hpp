// Durations, counts and sizes as people type them after an option. Errors say which form is understood.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.hpp"

namespace sockdesk::cli {

/// "100us", "5ms", "1.5s", "2m", "1h", "250ns", and "0" alone. Never negative, at most some eleven years.
Result<std::chrono::nanoseconds> parse_duration(std::string_view text);

/// How often in a thousand seconds: "50k/s", "200/s", "1.5M/s", "0.5/s" (powers of 1000), more than 0.
Result<std::uint64_t> parse_rate(std::string_view text);

/// A whole number from `least` to `most`.
Result<std::uint64_t> parse_count(std::string_view text, std::uint64_t least, std::uint64_t most);

/// Bytes: "65536", "64k", "16M", "1G" (powers of 1024), at least 1.
Result<std::size_t> parse_size(std::string_view text);

}  // namespace sockdesk::cli
