#include <gtest/gtest.h>

#include <vector>

#include "engine/cycle_course.hpp"

namespace sockdesk::engine {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime start{1'000s};

CyclePlan plan_of(const std::vector<std::chrono::nanoseconds>& delays, std::chrono::nanoseconds period,
                  std::optional<std::uint64_t> rounds) {
    CyclePlan plan;
    for (const auto delay : delays) {
        plan.steps.emplace_back(Outgoing(make_payload({0})), delay);
    }
    plan.period = period;
    plan.rounds = rounds;
    return plan;
}

struct Sent {
    std::chrono::nanoseconds at;
    std::uint64_t round;
    std::size_t step;
    friend bool operator==(const Sent&, const Sent&) = default;
};

void PrintTo(const Sent& sent, std::ostream* out) {
    *out << sent.at / 1us << " us: round " << sent.round << ", step " << sent.step;
}

/// What is sent up to `end` by somebody who is never late.
std::vector<Sent> sent_in_time(CycleCourse& course, SteadyTime end) {
    std::vector<Sent> all;
    SteadyTime now = start;
    while (now <= end) {
        switch (course.look(now)) {
            case CycleCourse::Next::due:
                all.push_back({now - start, course.round(), course.step()});
                course.handed_over(now);
                break;
            case CycleCourse::Next::later:
                EXPECT_GT(course.deadline(), now);
                now = course.deadline();
                break;
            case CycleCourse::Next::over:
                return all;
        }
    }
    return all;
}

TEST(CycleCourse, DelaysAreBetweenTheSteps) {
    CycleCourse course(start, plan_of({0ms, 2ms, 3ms}, 10ms, 2));
    EXPECT_EQ(
        sent_in_time(course, start + 1h),
        (std::vector<Sent>{{0ms, 0, 0}, {2ms, 0, 1}, {5ms, 0, 2}, {10ms, 1, 0}, {12ms, 1, 1}, {15ms, 1, 2}}));
}

TEST(CycleCourse, TheFirstStepMayWaitToo) {
    CycleCourse course(start, plan_of({4ms, 1ms}, 10ms, 2));
    EXPECT_EQ(sent_in_time(course, start + 1h),
              (std::vector<Sent>{{4ms, 0, 0}, {5ms, 0, 1}, {14ms, 1, 0}, {15ms, 1, 1}}));
}

TEST(CycleCourse, WithoutPeriodTheNextRoundBeginsWhenOneIsOver) {
    CycleCourse course(start, plan_of({0ms, 30ms}, 0ms, 3));
    EXPECT_FALSE(course.is_as_fast_as_possible());
    EXPECT_EQ(sent_in_time(course, start + 1h),
              (std::vector<Sent>{
                  {0ms, 0, 0}, {30ms, 0, 1}, {30ms, 1, 0}, {60ms, 1, 1}, {60ms, 2, 0}, {90ms, 2, 1}}));
}

TEST(CycleCourse, ARoundLongerThanThePeriodIsOverFirstAndMissesNothing) {
    CycleCourse course(start, plan_of({0ms, 300ms}, 10ms, 100));
    const auto sent = sent_in_time(course, start + 1h);
    ASSERT_EQ(sent.size(), 200u);
    EXPECT_EQ(sent[2], (Sent{300ms, 1, 0}));
    EXPECT_EQ(sent.back(), (Sent{100 * 300ms, 99, 1}));
    EXPECT_EQ(course.missed(), 0u);
}

TEST(CycleCourse, LatenessWithinARoundDoesNotAddUp) {
    CycleCourse course(start, plan_of({0ms, 10ms, 10ms, 10ms}, 100ms, 1));
    SteadyTime now = start;
    for (int step = 0; step < 4; ++step) {
        now = start + step * 10ms + 4ms;
        ASSERT_EQ(course.look(now), CycleCourse::Next::due) << step;
        course.handed_over(now);
        if (step < 3) {
            EXPECT_EQ(course.look(now), CycleCourse::Next::later);
            EXPECT_EQ(course.deadline(), start + (step + 1) * 10ms);
        }
    }
    EXPECT_EQ(course.look(now), CycleCourse::Next::over);
}

TEST(CycleCourse, AStallWithoutPeriodDelaysWhatFollowsAndMissesNothing) {
    CycleCourse course(start, plan_of({0s, 1s}, 0s, 10));
    ASSERT_EQ(course.look(start), CycleCourse::Next::due);
    course.handed_over(start);
    const SteadyTime late = start + 60s;
    ASSERT_EQ(course.look(late), CycleCourse::Next::due);
    course.handed_over(late);
    ASSERT_EQ(course.look(late), CycleCourse::Next::due);
    EXPECT_EQ(course.round(), 1u);
    course.handed_over(late);
    EXPECT_EQ(course.look(late), CycleCourse::Next::later);
    EXPECT_EQ(course.deadline(), late + 1s);
    EXPECT_EQ(course.missed(), 0u);
}

TEST(CycleCourse, AStallWithinARoundIsMadeGoodByNoMoreThanOneBetweenRounds) {
    CycleCourse course(start, plan_of(std::vector<std::chrono::nanoseconds>(1'000, 100ms), 1h, 1));
    SteadyTime now = start + 100ms;
    ASSERT_EQ(course.look(now), CycleCourse::Next::due);
    course.handed_over(now);
    now += 50s;
    int at_once = 0;
    for (; course.look(now) == CycleCourse::Next::due; ++at_once) course.handed_over(now);
    EXPECT_EQ(at_once, 2);
    EXPECT_EQ(course.late(), 1u);
    EXPECT_EQ(course.deadline(), now + 100ms);
    // What follows keeps its distances.
    const std::size_t step = course.step();
    ASSERT_EQ(course.look(now + 100ms), CycleCourse::Next::due);
    course.handed_over(now + 100ms);
    EXPECT_EQ(course.step(), step + 1);
    EXPECT_EQ(course.deadline(), now + 200ms);
    EXPECT_EQ(course.late(), 1u);
}

TEST(CycleCourse, AsFastAsPossibleIsAlwaysDue) {
    CycleCourse course(start, plan_of({0s, 0s}, 0s, std::nullopt));
    EXPECT_TRUE(course.is_as_fast_as_possible());
    for (std::uint64_t i = 0; i < 1'000; ++i) {
        ASSERT_EQ(course.look(start), CycleCourse::Next::due);
        EXPECT_EQ(course.round(), i / 2);
        course.handed_over(start);
    }
}

TEST(CycleCourse, NothingToSendIsOverAtOnce) {
    CycleCourse course(start, plan_of({}, 1ms, std::nullopt));
    EXPECT_EQ(course.look(start), CycleCourse::Next::over);
}

TEST(CycleCourse, AbsurdDelaysDoNotOverflow) {
    CycleCourse course(start, plan_of({std::chrono::nanoseconds::max(), std::chrono::nanoseconds::max()}, 1ms,
                                      std::nullopt));
    EXPECT_EQ(course.look(start + 1h), CycleCourse::Next::later);
    EXPECT_GT(course.deadline(), start + 1'000h);
}

}  // namespace
}  // namespace sockdesk::engine
