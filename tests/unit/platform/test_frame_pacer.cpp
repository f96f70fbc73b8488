#include <gtest/gtest.h>

#include "platform/frame_pacer.hpp"

namespace sockdesk::platform {
namespace {

using namespace std::chrono_literals;

SteadyTime at(std::chrono::milliseconds time) { return SteadyTime(time); }

void draw(FramePacer& pacer, SteadyTime started, SteadyTime ended) {
    pacer.begin_frame(started);
    pacer.end_frame(ended);
}

// Draws whenever a frame is due until `end`; `cost` a frame.
int draw_until(FramePacer& pacer, SteadyTime end, std::chrono::milliseconds cost, bool traffic = false) {
    int frames = 0;
    for (;;) {
        if (traffic) pacer.on_traffic();
        const auto next = pacer.next_frame();
        if (!next || *next >= end) return frames;
        draw(pacer, *next, *next + cost);
        ++frames;
    }
}

TEST(FramePacer, DrawsNothingWhileNothingChanges) {
    FramePacer pacer;
    draw(pacer, at(0ms), at(5ms));
    EXPECT_FALSE(pacer.next_frame());
}

TEST(FramePacer, SettlesAfterInputAndRests) {
    FramePacer pacer;
    draw(pacer, at(0ms), at(1ms));
    pacer.on_input(at(100ms));
    const int frames = draw_until(pacer, at(60'000ms), 1ms);
    EXPECT_GE(frames, 3);
    EXPECT_LE(frames, 5) << "a few, and one for what appears when the pointer rests";
    EXPECT_FALSE(pacer.next_frame());
}

TEST(FramePacer, ShowsTrafficAtTwentyFramesAndFewerWhenTheyAreDear) {
    FramePacer cheap;
    draw(cheap, at(0ms), at(1ms));
    EXPECT_NEAR(draw_until(cheap, at(10'000ms), 1ms, true), 200, 2);
    FramePacer dear;
    draw(dear, at(0ms), at(20ms));
    const int frames = draw_until(dear, at(10'000ms), 20ms, true);
    EXPECT_LE(frames * 20, 2'500) << "a quarter of a core at most";
    EXPECT_GE(frames, 50) << "and still alive";
}

TEST(FramePacer, AnswersInputDuringAFlood) {
    FramePacer pacer;
    draw(pacer, at(0ms), at(12ms));
    pacer.on_traffic();
    pacer.on_input(at(13ms));
    EXPECT_LE(*pacer.next_frame(), at(100ms));
}

TEST(FramePacer, KeepsTheEarliestRequest) {
    FramePacer pacer;
    draw(pacer, at(0ms), at(1ms));
    pacer.request_frame(at(900ms));
    pacer.request_frame(at(500ms));
    EXPECT_EQ(*pacer.next_frame(), at(500ms));
    draw(pacer, at(500ms), at(501ms));
    EXPECT_FALSE(pacer.next_frame());
}

TEST(FramePacer, ARequestMadeWhileAFrameIsDrawnIsForALaterOne) {
    FramePacer pacer;
    draw(pacer, at(0ms), at(1ms));
    pacer.request_frame(at(500ms));
    pacer.begin_frame(at(500ms));
    pacer.request_frame(at(950ms));
    pacer.end_frame(at(512ms));
    ASSERT_TRUE(pacer.next_frame());
    EXPECT_EQ(*pacer.next_frame(), at(950ms));
    pacer.begin_frame(at(950ms));
    pacer.request_frame(at(952ms));  // due before the frame is ready
    pacer.end_frame(at(960ms));
    EXPECT_TRUE(pacer.next_frame());
}

}  // namespace
}  // namespace sockdesk::platform
