#include "app/local_time.hpp"

#include <ctime>

namespace sockdesk::app {

namespace {

void put_two_digits(char* to, int number) {
    to[0] = static_cast<char>('0' + number / 10 % 10);
    to[1] = static_cast<char>('0' + number % 10);
}

void append_digits(std::uint32_t number, int digits, std::string& out) {
    char text[9];
    for (int i = digits; i-- > 0; number /= 10) text[i] = static_cast<char>('0' + number % 10);
    out.append(text, static_cast<std::size_t>(digits));
}

}  // namespace

LocalTime::LocalTime() { tzset(); }

std::uint32_t LocalTime::enter_second(Timestamp time) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(time);
    const auto beyond = static_cast<std::uint32_t>((time - whole).count());
    const std::int64_t second = whole.time_since_epoch().count();
    if (second == second_) return beyond;

    const auto system_second = static_cast<std::time_t>(second);
    std::tm parts{};
    localtime_r(&system_second, &parts);
    const int year = parts.tm_year + 1900;  // 64 bits of nanoseconds hold the years 1677 to 2262
    put_two_digits(date_time_, year / 100);
    put_two_digits(date_time_ + 2, year);
    date_time_[4] = '-';
    put_two_digits(date_time_ + 5, parts.tm_mon + 1);
    date_time_[7] = '-';
    put_two_digits(date_time_ + 8, parts.tm_mday);
    date_time_[10] = ' ';
    put_two_digits(date_time_ + 11, parts.tm_hour);
    date_time_[13] = ':';
    put_two_digits(date_time_ + 14, parts.tm_min);
    date_time_[16] = ':';
    put_two_digits(date_time_ + 17, parts.tm_sec);

    const long minutes = parts.tm_gmtoff / 60;
    const auto distance = static_cast<int>(minutes < 0 ? -minutes : minutes);
    offset_[0] = minutes < 0 ? '-' : '+';
    put_two_digits(offset_ + 1, distance / 60);
    offset_[3] = ':';
    put_two_digits(offset_ + 4, distance % 60);

    second_ = second;
    return beyond;
}

void LocalTime::append_log_time(Timestamp time, std::string& out) {
    const std::uint32_t nanoseconds = enter_second(time);
    out.append(date_time_, date_time_length);
    out.push_back('.');
    append_digits(nanoseconds / 1'000'000, 3, out);
}

void LocalTime::append_rfc3339(Timestamp time, std::string& out) {
    const std::uint32_t nanoseconds = enter_second(time);
    out.append(date_time_, 10);
    out.push_back('T');
    out.append(date_time_ + 11, 8);
    out.push_back('.');
    append_digits(nanoseconds, 9, out);
    out.append(offset_, 6);
}

}  // namespace sockdesk::app
