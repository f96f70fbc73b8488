#include "cli/stall_watch.hpp"

#include <gtest/gtest.h>

namespace sockdesk::cli {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime begin{1000s};

TEST(StallWatch, nothing_taken_for_so_long_is_a_stall) {
    StallWatch watch;
    EXPECT_FALSE(watch.is_stalled(100, 50, begin));
    EXPECT_FALSE(watch.is_stalled(100, 50, begin + StallWatch::patience - 1ns));
    EXPECT_TRUE(watch.is_stalled(100, 50, begin + StallWatch::patience));
}

TEST(StallWatch, whatever_is_taken_begins_the_time_anew) {
    StallWatch watch;
    for (int i = 0; i < 100; ++i) {
        const auto sent = static_cast<std::uint64_t>(i);
        EXPECT_FALSE(watch.is_stalled(1'000'000, sent, begin + i * (StallWatch::patience - 1s)));
    }
    EXPECT_TRUE(watch.is_stalled(1'000'000, 99, begin + 200 * StallWatch::patience));
}

TEST(StallWatch, what_waits_for_its_time_and_not_for_the_peer_is_none) {
    StallWatch watch;
    EXPECT_FALSE(watch.is_stalled(0, 50, begin));
    EXPECT_FALSE(watch.is_stalled(0, 50, begin + 100h));
    EXPECT_FALSE(watch.is_stalled(7, 50, begin + 100h + 1s));
    EXPECT_TRUE(watch.is_stalled(7, 50, begin + 101h));
}

}  // namespace
}  // namespace sockdesk::cli
