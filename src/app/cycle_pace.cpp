#include "app/cycle_pace.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>

#include "app/rate_text.hpp"
#include "app/translation.hpp"
#include "app/trimmed.hpp"

namespace sockdesk::app {
namespace {

using namespace std::chrono_literals;
using CycleField = CycleFault::Field;

/// A period as long as a blink of a fast machine: what is sent together within it looks evenly spread.
constexpr std::chrono::nanoseconds longest_invisible_period = 100us;
constexpr std::uint64_t thousand_seconds_ns = 1'000'000'000'000;
constexpr std::uint64_t most_at_once = 1'000'000;

std::optional<std::uint64_t> whole_number(std::string_view text, std::uint64_t least, std::uint64_t most) {
    text = trimmed(text);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < least || value > most) return {};
    return value;
}

tl::unexpected<CycleFault> wrong(CycleField field, std::string message) {
    return tl::unexpected(CycleFault{field, std::move(message)});
}

}  // namespace

Result<std::uint64_t> parse_send_rate(std::string_view text) {
    const auto rate = read_rate(trimmed(text));
    if (!rate || *rate == 0) return fail_at(0, tr("Type how many a second, such as 200, 50k/s or 1.5M/s."));
    return *rate;
}

CyclePace pace_of_rate(std::uint64_t thousandths_a_second, std::optional<std::uint32_t> burst) {
    CyclePace pace;
    if (!burst) {
        const std::uint64_t common = std::gcd(thousand_seconds_ns, thousandths_a_second);
        const std::chrono::nanoseconds exact{static_cast<std::int64_t>(thousand_seconds_ns / common)};
        if (exact <= longest_invisible_period) {
            pace.period = exact;
            pace.burst = static_cast<std::uint32_t>(thousandths_a_second / common);
            return pace;
        }
    }
    pace.burst = burst.value_or(1);
    const auto period = static_cast<long double>(thousand_seconds_ns) * pace.burst /
                        static_cast<long double>(thousandths_a_second);
    constexpr long double longest = 100'000.0L * 3'600'000'000'000.0L;
    pace.period =
        std::chrono::nanoseconds{static_cast<std::int64_t>(std::clamp(period + 0.5L, 1.0L, longest))};
    return pace;
}

tl::expected<CyclePace, CycleFault> cycle_pace(const SendSettings& send) {
    CyclePace pace;
    const auto burst = whole_number(send.pace.burst, 1, most_at_once);
    if (!burst) return wrong(CycleField::burst, trf("Type a whole number from 1 to {}.", most_at_once));
    if (send.pace.by_rate) {
        const auto rate = parse_send_rate(send.pace.rate);
        if (!rate) return wrong(CycleField::rate, rate.error().message);
        // One at a time is what stands there unless somebody changes it, and says nothing.
        pace = pace_of_rate(*rate,
                            *burst > 1 ? std::optional(static_cast<std::uint32_t>(*burst)) : std::nullopt);
    } else {
        const auto period = parse_period(send.period_ms);
        if (!period) return wrong(CycleField::period, period.error().message);
        if (period->count() > 0 && *period < shortest_period)
            return wrong(CycleField::period,
                         tr("The shortest period is 10us; 0 is as fast as possible. To send more, send "
                            "several at a time."));
        pace.period = *period;
        pace.burst = static_cast<std::uint32_t>(*burst);
    }
    if (!trimmed(send.pace.times).empty()) {
        const auto times = whole_number(send.pace.times, 1, std::uint64_t{1} << 62U);
        if (!times) return wrong(CycleField::times, tr("Type a whole number above 0, or leave it empty."));
        pace.rounds = *times;
    }
    return pace;
}

}  // namespace sockdesk::app
