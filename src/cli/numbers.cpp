#include "cli/numbers.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "app/rate_text.hpp"

namespace sockdesk::cli {

namespace {

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};

constexpr std::array<Unit, 8> time_units = {{{"ns", 1},
                                             {"us", 1'000},
                                             {"µs", 1'000},
                                             {"ms", 1'000'000},
                                             {"s", 1'000'000'000},
                                             {"m", 60'000'000'000},
                                             {"min", 60'000'000'000},
                                             {"h", 3'600'000'000'000}}};

constexpr std::array<Unit, 5> size_units = {{{"", 1},
                                             {"k", std::uint64_t{1} << 10},
                                             {"K", std::uint64_t{1} << 10},
                                             {"M", std::uint64_t{1} << 20},
                                             {"G", std::uint64_t{1} << 30}}};

/// Far below what a deadline in 64 bits of nanoseconds can hold, so that adding it to a time never overflows.
constexpr std::uint64_t longest_duration_ns = 100'000 * std::uint64_t{3'600'000'000'000};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The digits at the front of `text`, which are taken away. Nothing where there are none or too many.
std::optional<std::uint64_t> take_digits(std::string_view& text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

bool all_digits(std::string_view text) {
    for (const char c : text) {
        if (!is_digit(c)) return false;
    }
    return !text.empty();
}

template <std::size_t count>
const Unit* find_unit(const std::array<Unit, count>& units, std::string_view name) {
    for (const Unit& unit : units) {
        if (unit.name == name) return &unit;
    }
    return nullptr;
}

}  // namespace

Result<std::chrono::nanoseconds> parse_duration(std::string_view text) {
    const auto refuse = [text] {
        return fail(
            ErrorKind::bad_input,
            fmt::format(
                "\"{}\" is not a duration: write a number and a unit, such as 100us, 5ms, 1s or 2m, or 0",
                text));
    };
    const auto refuse_length = [text] {
        return fail(ErrorKind::too_large, fmt::format("\"{}\" is too long: 100000h is the most", text));
    };
    if (text == "0") return std::chrono::nanoseconds{0};

    std::string_view rest = text;
    if (rest.empty() || !is_digit(rest.front())) return refuse();
    const std::size_t number_end = text.find_first_not_of("0123456789");
    const auto whole = take_digits(rest);
    if (!whole) return number_end == std::string_view::npos ? refuse() : refuse_length();

    std::string_view fraction;
    if (rest.starts_with('.')) {
        rest.remove_prefix(1);
        const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
        fraction = rest.substr(0, digits);
        rest.remove_prefix(digits);
        if (fraction.empty()) return refuse();
    }
    const Unit* unit = find_unit(time_units, rest);
    if (unit == nullptr) return refuse();
    if (*whole > longest_duration_ns / unit->factor) return refuse_length();

    std::uint64_t nanoseconds = *whole * unit->factor;
    std::uint64_t place = unit->factor;
    for (const char digit : fraction) {
        place /= 10;  // what is below a nanosecond is cut off
        nanoseconds += place * static_cast<std::uint64_t>(digit - '0');
    }
    if (nanoseconds > longest_duration_ns) return refuse_length();
    return std::chrono::nanoseconds{static_cast<std::int64_t>(nanoseconds)};
}

Result<std::uint64_t> parse_rate(std::string_view text) {
    const auto refuse = [text] {
        return fail(ErrorKind::bad_input,
                    fmt::format("\"{}\" is not a rate: write how many a second, such as 200/s, 50k/s or "
                                "1.5M/s, up to 1000M/s",
                                text));
    };
    const auto rate = text.ends_with("/s") ? app::read_rate(text) : std::nullopt;
    if (!rate || *rate == 0) return refuse();
    return *rate;
}

Result<std::uint64_t> parse_count(std::string_view text, std::uint64_t least, std::uint64_t most) {
    std::string_view rest = text;
    if (all_digits(text)) {
        const auto value = take_digits(rest);
        if (value && *value >= least && *value <= most) return *value;
    } else if (text.size() < 2 || text.front() != '-' || !all_digits(text.substr(1))) {
        return fail(ErrorKind::bad_input, fmt::format("\"{}\" is not a whole number", text));
    }
    return fail(ErrorKind::bad_input,
                fmt::format("{} is out of range: {} to {} is meant", text, least, most));
}

Result<std::size_t> parse_size(std::string_view text) {
    const auto refuse = [text] {
        return fail(
            ErrorKind::bad_input,
            fmt::format("\"{}\" is not a size: write a number of bytes above 0, such as 65536, 64k or 16M",
                        text));
    };
    std::string_view rest = text;
    if (rest.empty() || !is_digit(rest.front())) return refuse();
    const auto value = take_digits(rest);
    const Unit* unit = find_unit(size_units, rest);
    if (!value || unit == nullptr || *value == 0) return refuse();
    if (*value > std::numeric_limits<std::size_t>::max() / unit->factor) return refuse();
    return static_cast<std::size_t>(*value * unit->factor);
}

}  // namespace sockdesk::cli
