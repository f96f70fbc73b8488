// Time stamps as programs and file systems write them.
#include <array>

#include <fmt/format.h>

#include "app/inspected_values.hpp"
#include "app/local_time.hpp"
#include "app/translation.hpp"

namespace sockdesk::app {
namespace {

using codec::ByteOrder;

constexpr std::uint64_t nanoseconds_in_second = 1'000'000'000;
// The first second of 2201. It and what is below fit the nanoseconds of a `Timestamp`.
constexpr std::uint64_t first_implausible_second = 7'289'654'400;

/// "2026-11-21 10:00:00.123", local time, with `digits` behind the point. Empty where it is not plausible.
std::string time_text(std::uint64_t seconds, std::uint64_t nanoseconds, std::size_t digits) {
    if (seconds >= first_implausible_second) return {};
    const Timestamp time{std::chrono::nanoseconds(seconds * nanoseconds_in_second + nanoseconds)};
    std::string text;
    LocalTime().append_rfc3339(time, text);
    constexpr std::size_t date = 10;
    constexpr std::size_t whole_seconds = 19;
    text[date] = ' ';
    text.resize(digits == 0 ? whole_seconds : whole_seconds + 1 + digits);
    return text;
}

/// Units of 10^-digits seconds since 1970.
template <std::size_t digits>
std::string unix_time(std::uint64_t value) {
    std::uint64_t units = 1;
    for (std::size_t i = 0; i < digits; ++i) units *= 10;
    return time_text(value / units, value % units * (nanoseconds_in_second / units), digits);
}

/// RFC 5905 section 6: seconds since 1900 and 2^-32 of them. With the top bit clear it is the era that begins in 2036.
std::string ntp_time(std::uint64_t value) {
    constexpr std::uint64_t seconds_1900_to_1970 = 2'208'988'800;
    constexpr std::uint64_t era = std::uint64_t{1} << 32;
    std::uint64_t seconds = value >> 32;
    if (seconds < era / 2) seconds += era;
    if (seconds < seconds_1900_to_1970) return {};
    return time_text(seconds - seconds_1900_to_1970, ((value & (era - 1)) * nanoseconds_in_second) >> 32, 9);
}

/// Windows: 100 nanoseconds since 1601.
std::string file_time(std::uint64_t value) {
    constexpr std::uint64_t units = 10'000'000;
    constexpr std::uint64_t seconds_1601_to_1970 = 11'644'473'600;
    const std::uint64_t seconds = value / units;
    if (seconds < seconds_1601_to_1970) return {};
    return time_text(seconds - seconds_1601_to_1970, value % units * 100, 7);
}

/// FAT and ZIP: the time in the low half (two seconds each), the date in the high one, from 1980 on. Local time of whoever
/// wrote it, so no time zone is put in.
std::string dos_time(std::uint64_t value) {
    const auto bits = [value](unsigned low, unsigned count) {
        return static_cast<unsigned>(value >> low & ((1U << count) - 1));
    };
    const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(1980 + bits(25, 7))),
                                           std::chrono::month(bits(21, 4)), std::chrono::day(bits(16, 5)));
    const unsigned hour = bits(11, 5);
    const unsigned minute = bits(5, 6);
    const unsigned second = bits(0, 5) * 2;
    if (!date.ok() || hour > 23 || minute > 59 || second > 59) return {};
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), hour, minute,
                       second);
}

}  // namespace

void append_times(ByteView bytes, std::vector<InspectedValue>& values) {
    const auto add = [&](const char* name, std::size_t width, auto&& text_of) {
        if (bytes.size() < width) return;
        const ByteView stamp = bytes.first(width);
        InspectedValue value{
            .group = ValueGroup::time, .name = name, .little = {}, .big = {}, .width = width, .encoding = {}};
        value.little = text_of(codec::read_unsigned(stamp, ByteOrder::little));
        value.big = text_of(codec::read_unsigned(stamp, ByteOrder::big));
        if (!value.little.empty() || !value.big.empty()) values.push_back(std::move(value));
    };
    add(tr("Unix time, s (32 bit)"), 4, unix_time<0>);
    add(tr("DOS date and time"), 4, dos_time);
    add(tr("Unix time, s"), 8, unix_time<0>);
    add(tr("Unix time, ms"), 8, unix_time<3>);
    add(tr("Unix time, µs"), 8, unix_time<6>);
    add(tr("Unix time, ns"), 8, unix_time<9>);
    add(tr("NTP time"), 8, ntp_time);
    add(tr("Windows FILETIME"), 8, file_time);
}

}  // namespace sockdesk::app
