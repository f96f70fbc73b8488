// Two timers of the loop thread: a plain one of the loop's millisecond grain, and one that keeps deadlines.
// Both may be destroyed from within the function that they call.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "base/clock.hpp"
#include "net/loop.hpp"

namespace sockdesk::net {

/// Calls once after a delay, or again and again; millisecond grain.
class Timer {
public:
    Timer(Loop& loop, std::function<void()> expired);
    ~Timer();
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    /// Starts over when it runs already. `again` 0: once.
    void start(std::chrono::milliseconds delay,
               std::chrono::milliseconds again = std::chrono::milliseconds{0});
    void stop();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Calls once when the steady clock reaches a deadline, at the grain of the kernel's high-resolution timers
/// (timerfd_create(2), absolute), which libuv's own timers do not have. Where the process has no descriptor left it keeps the
/// deadline at the grain of a `Timer`.
class DeadlineTimer {
public:
    DeadlineTimer(Loop& loop, std::function<void()> expired);
    ~DeadlineTimer();
    DeadlineTimer(const DeadlineTimer&) = delete;
    DeadlineTimer& operator=(const DeadlineTimer&) = delete;

    /// A deadline that has passed expires at the next turn of the loop.
    void arm(SteadyTime deadline);
    void disarm();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace sockdesk::net
