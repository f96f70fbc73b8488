// Times as a filter has them.
#include <algorithm>
#include <ctime>

#include <fmt/format.h>

#include "query/filter_values.hpp"

namespace sockdesk::query {

namespace {

constexpr int first_year = 1970;
constexpr int last_year = 2261;  // 64 bits of nanoseconds end in 2262

tl::unexpected<Error> no_time(std::string_view text, std::size_t position) {
    return fail_at(position, fmt::format("\"{}\" is no time; here could stand 10:00, 10:00:00.5 or "
                                         "2026-11-21T10:00:00",
                                         text));
}

/// Digits of one length, or of any up to it.
class Digits {
public:
    explicit Digits(std::string_view text) : text_(text) {}

    std::optional<int> next(std::size_t least, std::size_t most) {
        int value = 0;
        std::size_t count = 0;
        while (count < most && at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') {
            value = value * 10 + (text_[at_] - '0');
            ++at_;
            ++count;
        }
        if (count < least) return std::nullopt;
        count_ = count;
        return value;
    }
    bool skip(char c) {
        if (at_ == text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    bool is_at_end() const { return at_ == text_.size(); }
    std::size_t position() const { return at_; }
    /// How many digits the last number had.
    std::size_t count() const { return count_; }

private:
    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t count_ = 0;
};

struct Date {
    int year = 0;
    int month = 0;
    int day = 0;

    bool is_right() const {
        using std::chrono::day;
        using std::chrono::month;
        using std::chrono::year;
        return this->year >= first_year && this->year <= last_year &&
               std::chrono::year_month_day(year(this->year), month(static_cast<unsigned>(this->month)),
                                           day(static_cast<unsigned>(this->day)))
                   .ok();
    }
};

std::optional<Date> next_date(Digits& digits) {
    const auto year = digits.next(4, 4);
    if (!year || !digits.skip('-')) return std::nullopt;
    const auto month = digits.next(1, 2);
    if (!month || !digits.skip('-')) return std::nullopt;
    const auto day = digits.next(1, 2);
    if (!day) return std::nullopt;
    return Date{*year, *month, *day};
}

Date local_date(Timestamp time) {
    const auto seconds =
        static_cast<std::time_t>(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
    std::tm parts{};
    localtime_r(&seconds, &parts);
    return {parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday};
}

/// Seconds since the epoch of a local time, which may be beyond the end of the day.
std::int64_t local_seconds(const Date& date, int hour, int minute, int second) {
    std::tm parts{};
    parts.tm_year = date.year - 1900;
    parts.tm_mon = date.month - 1;
    parts.tm_mday = date.day;
    parts.tm_hour = hour;
    parts.tm_min = minute;
    parts.tm_sec = second;
    parts.tm_isdst = -1;  // whatever holds at that time
    return std::mktime(&parts);
}

Timestamp timestamp(std::int64_t seconds, std::int64_t nanoseconds) {
    return Timestamp(std::chrono::seconds(seconds) + std::chrono::nanoseconds(nanoseconds));
}

/// All that is shown as this text is.
Result<TimeRange> parse_time(std::string_view text, std::size_t position, Timestamp day) {
    const auto fail_here = [&](std::size_t at, std::string_view what) {
        return fail_at(position + at, fmt::format("there is no such {}", what));
    };
    Date date = local_date(day);
    Digits digits(text);
    if (is_date(text.substr(0, text.find_first_of("Tt ")))) {
        date = *next_date(digits);
        if (!date.is_right()) return fail_here(0, "day");
        if (digits.is_at_end()) {
            const Date next = date;
            return TimeRange{timestamp(local_seconds(date, 0, 0, 0), 0),
                             timestamp(local_seconds({next.year, next.month, next.day + 1}, 0, 0, 0), 0)};
        }
        if (!digits.skip('T') && !digits.skip('t')) {
            while (digits.skip(' ')) continue;
        }
    }
    const std::size_t clock = digits.position();
    const auto hour = digits.next(1, 2);
    if (!hour || !digits.skip(':')) return no_time(text, position);
    const auto minute = digits.next(2, 2);
    if (!minute) return no_time(text, position);
    int second = 0;
    std::int64_t nanoseconds = 0;
    std::int64_t unit = std::int64_t{60} * 1'000'000'000;
    if (digits.skip(':')) {
        const auto seconds = digits.next(2, 2);
        if (!seconds) return no_time(text, position);
        second = *seconds;
        unit = 1'000'000'000;
        if (digits.skip('.')) {
            const auto fraction = digits.next(1, 9);
            if (!fraction) return no_time(text, position);
            for (std::size_t i = 0; i < digits.count(); ++i) unit /= 10;
            nanoseconds = *fraction * unit;
        }
    }
    if (!digits.is_at_end()) return no_time(text, position);
    if (*hour > 23 || *minute > 59 || second > 59) return fail_here(clock, "time of day");
    const Timestamp begin = timestamp(local_seconds(date, *hour, *minute, second), nanoseconds);
    return TimeRange{begin, begin + std::chrono::nanoseconds(unit)};
}

}  // namespace

bool is_date(std::string_view word) {
    Digits digits(word);
    return next_date(digits).has_value() && digits.is_at_end();
}

Result<TimeRange> parse_times(std::string_view comparison, std::string_view words, Timestamp day) {
    const std::size_t dots = words.find("..");
    if (dots != std::string_view::npos) {
        if (comparison != "=" && comparison != "==" && comparison != "!=") {
            return fail_at(dots, "a range stands after =; here could stand a single value");
        }
        const bool has_first = dots > 0;
        const bool has_last = dots + 2 < words.size();
        if (!has_first && !has_last) {
            return fail_at(words.size(), "here could stand the time that the range ends with");
        }
        TimeRange result;
        if (has_first) {
            const auto first = parse_time(words.substr(0, dots), 0, day);
            if (!first) return first;
            result.begin = first->begin;
        }
        if (has_last) {
            const auto last = parse_time(words.substr(dots + 2), dots + 2, day);
            if (!last) return last;
            result.end = last->end;
        }
        if (result.end <= result.begin) return fail_at(dots + 2, "the range ends before it begins");
        return result;
    }
    const auto value = parse_time(words, 0, day);
    if (!value) return value;
    const auto next_instant = value->begin + std::chrono::nanoseconds(1);
    if (comparison == "<") return TimeRange{Timestamp::min(), value->begin};
    if (comparison == "<=") return TimeRange{Timestamp::min(), next_instant};
    if (comparison == ">") return TimeRange{next_instant, Timestamp::max()};
    if (comparison == ">=") return TimeRange{value->begin, Timestamp::max()};
    return *value;
}

}  // namespace sockdesk::query
