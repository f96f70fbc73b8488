#include "app/local_time.hpp"

#include "log_text_support.hpp"

namespace sockdesk::app {
namespace {

std::string log_time(LocalTime& clock, Timestamp time) {
    std::string out;
    clock.append_log_time(time, out);
    return out;
}

std::string rfc3339(LocalTime& clock, Timestamp time) {
    std::string out;
    clock.append_rfc3339(time, out);
    return out;
}

Timestamp at(std::int64_t nanoseconds) { return Timestamp{std::chrono::nanoseconds{nanoseconds}}; }

using LocalTimeTest = InChina;

TEST_F(LocalTimeTest, is_written_in_two_forms) {
    LocalTime clock;
    EXPECT_EQ(log_time(clock, some_time), "2026-11-21 10:00:00.123");
    EXPECT_EQ(rfc3339(clock, some_time), "2026-11-21T10:00:00.123456789+08:00");
}

TEST_F(LocalTimeTest, milliseconds_are_cut_and_not_rounded_into_the_next_second) {
    LocalTime clock;
    EXPECT_EQ(log_time(clock, at(999'999'999)), "1970-01-01 08:00:00.999");
    EXPECT_EQ(log_time(clock, at(1'000'000'000)), "1970-01-01 08:00:01.000");
}

TEST_F(LocalTimeTest, the_remembered_second_is_not_taken_for_another_one) {
    LocalTime clock;
    for (const std::int64_t second : {59, 60, 59, 86'400, -1, 59}) {
        LocalTime fresh;
        const Timestamp time = at(second * 1'000'000'000 + 7);
        EXPECT_EQ(rfc3339(clock, time), rfc3339(fresh, time));
    }
}

TEST_F(LocalTimeTest, before_1970_the_fraction_still_counts_upwards) {
    LocalTime clock;
    EXPECT_EQ(log_time(clock, at(-1)), "1970-01-01 07:59:59.999");
}

TEST_F(LocalTimeTest, offsets_west_of_greenwich_and_of_half_hours_are_told) {
    set("NST3:30");
    LocalTime clock;
    EXPECT_EQ(rfc3339(clock, at(0)), "1969-12-31T20:30:00.000000000-03:30");
    set("UTC0");
    LocalTime greenwich;
    EXPECT_EQ(rfc3339(greenwich, at(0)), "1970-01-01T00:00:00.000000000+00:00");
}

}  // namespace
}  // namespace sockdesk::app
