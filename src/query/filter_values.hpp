// What stands behind the keywords of a filter: addresses, numbers, times, and ranges of them. Error positions count in the
// text given.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "base/clock.hpp"
#include "base/endpoint.hpp"
#include "base/result.hpp"

namespace sockdesk::query {

/// `127.0.0.1`, `127.0.0.1:8080`, `:8080`, `10.0.0.0/8`, `[::1]:80`, `::1`, `fe80::/10`
struct AddressTest {
    std::optional<IpAddress> address;
    unsigned prefix_bits = 0;  ///< how many of its bits count
    std::optional<std::uint16_t> port;

    bool matches(const Endpoint& endpoint) const;
};

/// True: `word` can be nothing but an address, right or wrong.
bool looks_like_address(std::string_view word);
Result<AddressTest> parse_address(std::string_view word);

/// The numbers from `first` to `last`; none if `last` is less.
struct NumberRange {
    std::uint64_t first = 0;
    std::uint64_t last = std::numeric_limits<std::uint64_t>::max();

    bool contains(std::uint64_t number) const { return number >= first && number <= last; }
};

/// `42`, `0..64`, `100..`, `..64`. `comparison` is one of `= == < <= > >=`, and all but the first two want a single number.
Result<NumberRange> parse_numbers(std::string_view comparison, std::string_view word);

/// The time [begin, end).
struct TimeRange {
    Timestamp begin = Timestamp::min();
    Timestamp end = Timestamp::max();

    bool contains(Timestamp time) const { return time >= begin && time < end; }
};

/// `10:00`, `10:00:00.5`, `2026-11-21`, `2026-11-21T10:00:00` (a blank instead of the T will do), and ranges of these, in
/// local time. A time as it is written stands for all that is shown so: `= 10:00` is a minute, and a range includes
/// the whole of its end; whereas `<` and so on compare with the instant at which it begins.
Result<TimeRange> parse_times(std::string_view comparison, std::string_view words, Timestamp day);

/// `2026-11-21`: after it the time of day may follow as a word of its own.
bool is_date(std::string_view word);

}  // namespace sockdesk::query
