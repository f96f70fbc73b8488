#include "app/go_to.hpp"

#include <cctype>
#include <ctime>

#include "app/translation.hpp"

namespace sockdesk::app {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Scanner {
public:
    explicit Scanner(std::string_view text) : text_(text) { skip_blanks(); }

    std::size_t at() const { return at_; }
    bool at_end() const { return at_ == text_.size(); }
    bool take(char wanted) {
        if (at_end() || text_[at_] != wanted) return false;
        ++at_;
        return true;
    }
    bool take_one_of(char a, char b) { return take(a) || take(b); }
    void skip_blanks() {
        while (!at_end() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
    }
    /// Up to `most` digits; none: -1.
    std::int64_t digits(std::size_t most) {
        std::int64_t value = -1;
        for (std::size_t i = 0; i < most && !at_end() && is_digit(text_[at_]); ++i, ++at_) {
            value = (value < 0 ? 0 : value * 10) + (text_[at_] - '0');
        }
        return value;
    }
    bool sees_digit() const { return !at_end() && is_digit(text_[at_]); }

private:
    std::string_view text_;
    std::size_t at_ = 0;
};

tl::unexpected<Error> not_understood(std::size_t at) {
    return fail_at(
        at, tr("Type a record number such as 1234, or a time such as 10:00:05 or 2026-11-21 10:00:05."));
}

Result<GoTo> parse_record(std::string_view text, RecordCount count) {
    std::size_t i = 0;
    const auto blanks = [&] {
        while (i < text.size() && text[i] == ' ') ++i;
    };
    blanks();
    if (i < text.size() && text[i] == '#') ++i;
    blanks();
    const std::size_t begin = i;
    std::uint64_t number = 0;
    bool too_large = false;
    for (; i < text.size() && (is_digit(text[i]) || (i > begin && text[i] == ',')); ++i) {
        if (text[i] == ',') continue;
        number = number * 10 + static_cast<std::uint64_t>(text[i] - '0');
        too_large = too_large || number > count;
        if (too_large) number = count;  // no overflow, however long the number
    }
    if (i == begin) return not_understood(i);
    blanks();
    if (i < text.size()) return not_understood(i);
    if (count == 0) return fail_at(begin, tr("The log is empty."));
    if (too_large) return fail_at(begin, trf("The log has {} records.", count));
    if (number == 0) return fail_at(begin, tr("Records are counted from 1."));
    return GoTo{RecordIndex{number - 1}};
}

struct TimeOfDay {
    int hour = 0;
    int minute = 0;
    int second = 0;
    std::chrono::nanoseconds fraction{0};
};

Result<TimeOfDay> parse_time_of_day(Scanner& scan) {
    TimeOfDay time;
    const auto part = [&](int limit, int& value) {
        const std::size_t begin = scan.at();
        const std::int64_t digits = scan.digits(2);
        if (digits < 0 || digits >= limit) return begin;
        value = static_cast<int>(digits);
        return Error::no_position;
    };
    if (const auto wrong = part(24, time.hour); wrong != Error::no_position) return not_understood(wrong);
    if (!scan.take(':')) return not_understood(scan.at());
    if (const auto wrong = part(60, time.minute); wrong != Error::no_position) return not_understood(wrong);
    if (scan.take(':')) {
        if (const auto wrong = part(60, time.second); wrong != Error::no_position)
            return not_understood(wrong);
        if (scan.take_one_of('.', ',')) {
            std::int64_t unit = 1'000'000'000;
            if (!scan.sees_digit()) return not_understood(scan.at());
            while (scan.sees_digit()) {
                unit /= 10;
                time.fraction += std::chrono::nanoseconds(scan.digits(1) * unit);
            }
        }
    }
    scan.skip_blanks();
    if (!scan.at_end()) return not_understood(scan.at());
    return time;
}

Timestamp moment(std::tm day, const TimeOfDay& time) {
    day.tm_hour = time.hour;
    day.tm_min = time.minute;
    day.tm_sec = time.second;
    day.tm_isdst = -1;
    return Timestamp(std::chrono::seconds(std::mktime(&day))) + time.fraction;
}

}  // namespace

Result<GoTo> parse_go_to(std::string_view text, Timestamp begin, RecordCount count) {
    if (text.find(':') == std::string_view::npos) return parse_record(text, count);

    Scanner scan(text);
    if (text.find('-') == std::string_view::npos) {
        const auto time = parse_time_of_day(scan);
        if (!time) return tl::unexpected<Error>(time.error());
        const std::time_t seconds =
            std::chrono::floor<std::chrono::seconds>(begin).time_since_epoch().count();
        std::tm day{};
        localtime_r(&seconds, &day);
        Timestamp found = moment(day, *time);
        // To the second that is typed, so that the log's own beginning can be named.
        if (found < std::chrono::floor<std::chrono::seconds>(begin)) {
            ++day.tm_mday;
            found = moment(day, *time);
        }
        return GoTo{found};
    }

    const std::size_t start = scan.at();
    const std::int64_t year = scan.digits(4);
    if (year < 1970) return not_understood(start);
    if (!scan.take('-')) return not_understood(scan.at());
    const std::size_t month_at = scan.at();
    const std::int64_t month = scan.digits(2);
    if (month < 1 || month > 12) return not_understood(month_at);
    if (!scan.take('-')) return not_understood(scan.at());
    const std::size_t day_at = scan.at();
    const std::int64_t day_of_month = scan.digits(2);
    const bool exists =
        (std::chrono::year(static_cast<int>(year)) / static_cast<int>(month) / static_cast<int>(day_of_month))
            .ok();
    if (day_of_month < 1 || !exists) return not_understood(day_at);
    if (!scan.take('T')) {
        if (!scan.take(' ')) return not_understood(scan.at());
        scan.skip_blanks();
    }
    const auto time = parse_time_of_day(scan);
    if (!time) return tl::unexpected<Error>(time.error());
    std::tm day{};
    day.tm_year = static_cast<int>(year) - 1900;
    day.tm_mon = static_cast<int>(month) - 1;
    day.tm_mday = static_cast<int>(day_of_month);
    return GoTo{moment(day, *time)};
}

}  // namespace sockdesk::app
