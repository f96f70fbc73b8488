#include <gtest/gtest.h>

#include "engine/cycle_schedule.hpp"

namespace sockdesk::engine {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime start{1'000s};

int take_all(CycleSchedule& schedule, SteadyTime now) {
    int taken = 0;
    while (schedule.take(now)) {
        ++taken;
    }
    return taken;
}

TEST(CycleSchedule, FirstRoundIsDueAtOnce) {
    CycleSchedule schedule(start, 10ms, 3);
    EXPECT_TRUE(schedule.take(start));
    EXPECT_FALSE(schedule.take(start));
    EXPECT_EQ(schedule.next_deadline(), start + 10ms);
}

TEST(CycleSchedule, LatenessDoesNotAddUp) {
    CycleSchedule schedule(start, 10ms, std::nullopt);
    for (int round = 0; round < 1'000; ++round) {
        // Every round is looked at 3 ms late.
        EXPECT_EQ(take_all(schedule, start + round * 10ms + 3ms), 1);
        EXPECT_EQ(schedule.next_deadline(), start + (round + 1) * 10ms);
    }
    EXPECT_EQ(schedule.missed(), 0u);
}

TEST(CycleSchedule, EndsAfterItsRounds) {
    CycleSchedule schedule(start, 1ms, 5);
    EXPECT_EQ(take_all(schedule, start + 50ms), 5);
    EXPECT_TRUE(schedule.done());
    EXPECT_FALSE(schedule.take(start + 1h));
}

TEST(CycleSchedule, MakesGoodAShortStall) {
    CycleSchedule schedule(start, 1ms, std::nullopt);
    EXPECT_EQ(take_all(schedule, start), 1);
    EXPECT_EQ(take_all(schedule, start + 60ms), 60);
    EXPECT_EQ(schedule.missed(), 0u);
}

TEST(CycleSchedule, GivesUpWhatIsTooLateAndCountsIt) {
    CycleSchedule schedule(start, 1ms, std::nullopt);
    EXPECT_EQ(take_all(schedule, start), 1);
    EXPECT_EQ(take_all(schedule, start + 10s), 101);
    EXPECT_EQ(schedule.missed(), 10'000u - 101u);
    EXPECT_EQ(schedule.next_deadline(), start + 10'001ms);
}

TEST(CycleSchedule, MissedRoundsAreStillOwed) {
    CycleSchedule schedule(start, 1s, 3);
    EXPECT_TRUE(schedule.take(start));
    EXPECT_EQ(take_all(schedule, start + 100s), 1);
    EXPECT_FALSE(schedule.done());
    EXPECT_EQ(take_all(schedule, start + 101s), 1);
    EXPECT_TRUE(schedule.done());
}

TEST(CycleSchedule, WithoutPeriodEveryRoundIsDueAtOnce) {
    CycleSchedule schedule(start, 0ms, 1'000);
    EXPECT_EQ(take_all(schedule, start), 1'000);
    EXPECT_TRUE(schedule.done());
}

TEST(CycleSchedule, NoRoundsMeansNone) {
    CycleSchedule schedule(start, 1ms, 0);
    EXPECT_TRUE(schedule.done());
    EXPECT_FALSE(schedule.take(start + 1s));
}

TEST(CycleSchedule, AnAbsurdPeriodDoesNotOverflow) {
    CycleSchedule schedule(start, std::chrono::nanoseconds::max(), std::nullopt);
    EXPECT_TRUE(schedule.take(start));
    EXPECT_FALSE(schedule.take(start + 1h));
    EXPECT_TRUE(schedule.next_deadline() > start + 24h);
}

}  // namespace
}  // namespace sockdesk::engine
