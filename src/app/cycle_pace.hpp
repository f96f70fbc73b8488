// How often a cycle sends and how often in all: what is typed for it in the window, understood.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "app/session_draft.hpp"
#include "base/result.hpp"

namespace sockdesk::app {

/// As in `engine::CyclePlan`.
struct CyclePace {
    std::chrono::nanoseconds period{0};
    std::uint32_t burst = 1;
    std::optional<std::uint64_t> rounds;

    friend bool operator==(const CyclePace&, const CyclePace&) = default;
};

struct CycleFault {
    enum class Field : std::uint8_t { period, rate, times, burst };
    Field field = Field::period;
    std::string message;  ///< in the person's language
};

/// A period is 0 (as fast as possible) or at least this.
inline constexpr std::chrono::nanoseconds shortest_period = std::chrono::microseconds{10};

tl::expected<CyclePace, CycleFault> cycle_pace(const SendSettings& send);

/// `50k/s`, `50k`, `0.5`: in a thousand seconds, so that half a payload a second is a whole number.
Result<std::uint64_t> parse_send_rate(std::string_view text);

/// A rate that has no period of whole nanoseconds is kept exactly by sending a few at a time, where nobody can tell them apart; `burst`
/// says how many where somebody wants to.
CyclePace pace_of_rate(std::uint64_t thousandths_a_second, std::optional<std::uint32_t> burst);

}  // namespace sockdesk::app
