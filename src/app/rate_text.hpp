// How often a second, as people write it: 200, 200/s, 1.5k/s, 2M.
// Threads: free of state.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sockdesk::app {

/// One each nanosecond.
inline constexpr std::uint64_t highest_rate_thousandths = 1'000'000'000'000;

/// In a thousand seconds, so that half a one a second is a whole number; at most `highest_rate_thousandths`. `k` (or `K`) and `M` are powers of
/// 1000, the `/s` may be left out. None: it is not a rate.
std::optional<std::uint64_t> read_rate(std::string_view text);

}  // namespace sockdesk::app
