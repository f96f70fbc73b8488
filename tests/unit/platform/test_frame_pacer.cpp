#include <gtest/gtest.h>

#include "platform/frame_pacer.hpp"

namespace sockdesk::platform {
namespace {

using namespace std::chrono_literals;

SteadyTime at(std::chrono::milliseconds time) { return SteadyTime(time); }

// Draws whenever a frame is due until `end`; `cost` a frame.
int draw_until(FramePacer& pacer, SteadyTime end, std::chrono::milliseconds cost, bool traffic = false) {
    int frames = 0;
    for (;;) {
        if (traffic) pacer.on_traffic();
        const auto next = pacer.next_frame();
        if (!next || *next >= end) return frames;
        pacer.on_frame(*next, *next + cost);
        ++frames;
    }
}

TEST(FramePacer, DrawsNothingWhileNothingChanges) {
    FramePacer pacer;
    pacer.on_frame(at(0ms), at(5ms));
    EXPECT_FALSE(pacer.next_frame());
}

TEST(FramePacer, SettlesAfterInputAndRests) {
    FramePacer pacer;
    pacer.on_frame(at(0ms), at(1ms));
    pacer.on_input(at(100ms));
    const int frames = draw_until(pacer, at(60'000ms), 1ms);
    EXPECT_GE(frames, 3);
    EXPECT_LE(frames, 5) << "a few, and one for what appears when the pointer rests";
    EXPECT_FALSE(pacer.next_frame());
}

TEST(FramePacer, ShowsTrafficAtTwentyFramesAndFewerWhenTheyAreDear) {
    FramePacer cheap;
    cheap.on_frame(at(0ms), at(1ms));
    EXPECT_NEAR(draw_until(cheap, at(10'000ms), 1ms, true), 200, 2);
    FramePacer dear;
    dear.on_frame(at(0ms), at(20ms));
    const int frames = draw_until(dear, at(10'000ms), 20ms, true);
    EXPECT_LE(frames * 20, 2'500) << "a quarter of a core at most";
    EXPECT_GE(frames, 50) << "and still alive";
}

TEST(FramePacer, AnswersInputDuringAFlood) {
    FramePacer pacer;
    pacer.on_frame(at(0ms), at(12ms));
    pacer.on_traffic();
    pacer.on_input(at(13ms));
    EXPECT_LE(*pacer.next_frame(), at(100ms));
}

TEST(FramePacer, KeepsTheEarliestRequest) {
    FramePacer pacer;
    pacer.on_frame(at(0ms), at(1ms));
    pacer.request_frame(at(900ms));
    pacer.request_frame(at(500ms));
    EXPECT_EQ(*pacer.next_frame(), at(500ms));
    pacer.on_frame(at(500ms), at(501ms));
    EXPECT_FALSE(pacer.next_frame());
}

}  // namespace
}  // namespace sockdesk::platform
