#include "net/receive_pace.hpp"

#include <gtest/gtest.h>

namespace sockdesk::net {
namespace {

using namespace std::chrono_literals;
using Next = ReceivePace::Next;

constexpr std::size_t large_buffer = std::size_t{8} << 20;

/// A socket that is looked at as the pace says, and what comes in meanwhile.
struct Receiver {
    explicit Receiver(std::size_t buffer_bytes = large_buffer) : pace(buffer_bytes) {}

    ReceivePace pace;
    SteadyTime now{1h};
    Next next = Next::when_readable;

    /// One datagram after the other for `time`, `spacing` apart. Answers in how many looks they were taken.
    int stream(std::chrono::nanoseconds time, std::chrono::nanoseconds spacing, std::size_t size) {
        const SteadyTime end = now + time;
        int looks = 0;
        while (now < end) {
            const std::chrono::nanoseconds wait =
                next == Next::after_interval ? ReceivePace::interval : spacing;
            const auto count = static_cast<std::size_t>(wait / spacing);
            now += wait;
            next = pace.after_look(now, count, count * size);
            ++looks;
        }
        return looks;
    }
};

TEST(ReceivePace, what_comes_now_and_then_is_taken_as_it_comes) {
    Receiver receiver;
    EXPECT_EQ(receiver.stream(2s, 1ms, 64), 2000);
    EXPECT_EQ(receiver.next, Next::when_readable);
}

TEST(ReceivePace, a_flood_is_taken_in_intervals) {
    Receiver receiver;
    receiver.stream(10ms, 4us, 64);
    EXPECT_EQ(receiver.next, Next::after_interval);
    EXPECT_EQ(receiver.stream(1s, 4us, 64), 1s / ReceivePace::interval);
}

TEST(ReceivePace, after_a_flood_one_waits_to_be_told_again) {
    Receiver receiver;
    receiver.stream(1s, 4us, 64);
    ASSERT_EQ(receiver.next, Next::after_interval);
    EXPECT_EQ(receiver.pace.after_look(receiver.now += ReceivePace::interval, 0, 0), Next::when_readable);
    // And the next flood is seen as quickly as the first one was.
    receiver.next = Next::when_readable;
    receiver.stream(10ms, 4us, 64);
    EXPECT_EQ(receiver.next, Next::after_interval);
}

/// A peer that sends again when it was answered is as quick as a flood only as long as it is answered at once.
TEST(ReceivePace, a_peer_that_waits_for_answers_is_hardly_held_up) {
    Receiver receiver;
    constexpr auto round_trip = 10us;
    std::chrono::nanoseconds waited{0};
    const SteadyTime end = receiver.now + 2s;
    while (receiver.now < end) {
        if (receiver.next == Next::after_interval) {
            waited += ReceivePace::interval;
            receiver.now += ReceivePace::interval;
        } else {
            receiver.now += round_trip;
        }
        receiver.next = receiver.pace.after_look(receiver.now, 1, 64);
    }
    EXPECT_LT(waited, 10ms);
}

TEST(ReceivePace, a_buffer_that_would_run_over_in_an_interval_is_emptied_at_once) {
    Receiver large_datagrams(std::size_t{64} << 20);
    large_datagrams.stream(100ms, 10us, 60'000);
    EXPECT_EQ(large_datagrams.next, Next::after_interval);
    Receiver tight(425'984);  // what an unprivileged process gets where nobody has raised net.core.rmem_max
    tight.stream(100ms, 10us, 60'000);
    EXPECT_EQ(tight.next, Next::when_readable);
    Receiver enough(425'984);
    enough.stream(100ms, 4us, 64);
    EXPECT_EQ(enough.next, Next::after_interval);
}

TEST(ReceivePace, a_clock_that_stands_still_or_jumps_does_no_harm) {
    Receiver receiver;
    for (int i = 0; i < 1000; ++i) receiver.pace.after_look(receiver.now, 64, 4096);
    EXPECT_EQ(receiver.pace.after_look(receiver.now + 24h, 1, 1), Next::when_readable);
}

}  // namespace
}  // namespace sockdesk::net
