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
    CycleSchedule schedule(start, {.period = 10ms}, 3);
    EXPECT_TRUE(schedule.take(start));
    EXPECT_FALSE(schedule.take(start));
    EXPECT_EQ(schedule.next_deadline(), start + 10ms);
}

TEST(CycleSchedule, LatenessDoesNotAddUp) {
    CycleSchedule schedule(start, {.period = 10ms}, std::nullopt);
    for (int round = 0; round < 1'000; ++round) {
        // Every round is looked at 3 ms late.
        EXPECT_EQ(take_all(schedule, start + round * 10ms + 3ms), 1);
        EXPECT_EQ(schedule.next_deadline(), start + (round + 1) * 10ms);
    }
    EXPECT_EQ(schedule.missed(), 0u);
}

TEST(CycleSchedule, EndsAfterItsRounds) {
    CycleSchedule schedule(start, {.period = 1ms}, 5);
    EXPECT_EQ(take_all(schedule, start + 50ms), 5);
    EXPECT_TRUE(schedule.done());
    EXPECT_FALSE(schedule.take(start + 1h));
}

TEST(CycleSchedule, MakesGoodAShortStall) {
    CycleSchedule schedule(start, {.period = 1ms}, std::nullopt);
    EXPECT_EQ(take_all(schedule, start), 1);
    EXPECT_EQ(take_all(schedule, start + 60ms), 60);
    EXPECT_EQ(schedule.missed(), 0u);
}

TEST(CycleSchedule, GivesUpWhatIsTooLateAndCountsIt) {
    CycleSchedule schedule(start, {.period = 1ms}, std::nullopt);
    EXPECT_EQ(take_all(schedule, start), 1);
    EXPECT_EQ(take_all(schedule, start + 10s), 101);
    EXPECT_EQ(schedule.missed(), 10'000u - 101u);
    EXPECT_EQ(schedule.next_deadline(), start + 10'001ms);
}

TEST(CycleSchedule, MissedRoundsAreStillOwed) {
    CycleSchedule schedule(start, {.period = 1s}, 3);
    EXPECT_TRUE(schedule.take(start));
    EXPECT_EQ(take_all(schedule, start + 100s), 1);
    EXPECT_FALSE(schedule.done());
    EXPECT_EQ(take_all(schedule, start + 101s), 1);
    EXPECT_TRUE(schedule.done());
}

TEST(CycleSchedule, WithoutPeriodEveryRoundIsDueAtOnce) {
    CycleSchedule schedule(start, {.period = 0ms}, 1'000);
    EXPECT_EQ(take_all(schedule, start), 1'000);
    EXPECT_TRUE(schedule.done());
}

TEST(CycleSchedule, NoRoundsMeansNone) {
    CycleSchedule schedule(start, {.period = 1ms}, 0);
    EXPECT_TRUE(schedule.done());
    EXPECT_FALSE(schedule.take(start + 1s));
}

TEST(CycleSchedule, AnAbsurdPeriodDoesNotOverflow) {
    CycleSchedule schedule(start, {.period = std::chrono::nanoseconds::max()}, std::nullopt);
    EXPECT_TRUE(schedule.take(start));
    EXPECT_FALSE(schedule.take(start + 1h));
    EXPECT_TRUE(schedule.next_deadline() > start + 24h);
}

TEST(CycleSchedule, ABurstIsDueTogether) {
    CycleSchedule schedule(start, {.period = 10ms, .burst = 3}, 7);
    EXPECT_EQ(take_all(schedule, start), 3);
    EXPECT_EQ(schedule.next_deadline(), start + 10ms);
    EXPECT_EQ(take_all(schedule, start + 10ms), 3);
    EXPECT_EQ(take_all(schedule, start + 20ms), 1);
    EXPECT_TRUE(schedule.done());
}

TEST(CycleSchedule, GivesUpWholeBursts) {
    CycleSchedule schedule(start, {.period = 1s, .burst = 5}, std::nullopt);
    EXPECT_TRUE(schedule.take(start));
    // The rest of the burst that has begun is still due, then the one of this second alone.
    EXPECT_EQ(take_all(schedule, start + 10s), 4 + 5);
    EXPECT_EQ(schedule.missed(), 9u * 5u);
    EXPECT_EQ(schedule.next_deadline(), start + 11s);
}

TEST(CycleSchedule, TenMicrosecondsDoNotDrift) {
    CycleSchedule schedule(start, {.period = 10us}, std::nullopt);
    std::uint64_t taken = 0;
    for (SteadyTime now = start; now <= start + 1s; now += 70us) {
        taken += static_cast<std::uint64_t>(take_all(schedule, now));
    }
    EXPECT_EQ(taken, 1s / 70us * 7 + 1);
    EXPECT_EQ(schedule.missed(), 0u);
}

TEST(CycleSchedule, AnAbsurdBurstOfDelaysDoesNotOverflow) {
    CycleSchedule schedule(start, {.period = 1ns, .round_takes = 100'000h, .burst = 4'000'000'000u},
                           std::nullopt);
    EXPECT_TRUE(schedule.take(start));
    EXPECT_FALSE(schedule.take(start + 1h));
    EXPECT_EQ(schedule.next_deadline(), start + 100'000h);
}

}  // namespace
}  // namespace sockdesk::engine
