#include "net/timers.hpp"

#include <sys/timerfd.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "net/unique_fd.hpp"
#include "net/uv_handle.hpp"

namespace sockdesk::net {

struct Timer::State {
    std::function<void()> expired;
    UvHandle<uv_timer_t> handle;
};

Timer::Timer(Loop& loop, std::function<void()> expired) : state_(std::make_unique<State>()) {
    state_->expired = std::move(expired);
    state_->handle.reset(new uv_timer_t{});
    uv_timer_init(loop.uv(), state_->handle.get());
    state_->handle->data = state_.get();
}

Timer::~Timer() = default;

void Timer::start(std::chrono::milliseconds delay, std::chrono::milliseconds again) {
    // libuv measures from the time at which this turn of the loop began, which may be well in the past.
    uv_update_time(state_->handle->loop);
    uv_timer_start(
        state_->handle.get(),
        [](uv_timer_t* timer) {
            const auto call =
                static_cast<State*>(timer->data)->expired;  // the timer may be destroyed from within
            call();
        },
        static_cast<std::uint64_t>(delay.count()), static_cast<std::uint64_t>(again.count()));
}

void Timer::stop() { uv_timer_stop(state_->handle.get()); }

struct DeadlineTimer::State {
    Loop& loop;
    std::function<void()> expired;
    UniqueFd fd;
    UvHandle<uv_poll_t> poll;     // declared after `fd`: watching ends before the descriptor is closed
    std::optional<Timer> coarse;  // instead, where there is no descriptor left for a finer one

    State(Loop& on_loop, std::function<void()> call) : loop(on_loop), expired(std::move(call)) {}

    /// Made when first needed: a cycle that never waits takes no descriptor.
    bool have_descriptor() {
        if (fd) {
            return true;
        }
        fd = UniqueFd(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
        if (!fd) {
            return false;
        }
        auto watched = std::make_unique<uv_poll_t>();
        if (uv_poll_init(loop.uv(), watched.get(), fd.get()) != 0) {
            fd.reset();
            return false;
        }
        poll.reset(watched.release());
        poll->data = this;
        uv_poll_start(poll.get(), UV_READABLE, [](uv_poll_t* handle, int, int) {
            auto* state = static_cast<State*>(handle->data);
            std::uint64_t expirations = 0;
            // Nothing to read: disarmed or set anew since the event was reported.
            if (::read(state->fd.get(), &expirations, sizeof expirations) == sizeof expirations) {
                const auto call = state->expired;  // the timer may be destroyed from within
                call();
            }
        });
        return true;
    }
};

DeadlineTimer::DeadlineTimer(Loop& loop, std::function<void()> expired)
    : state_(std::make_unique<State>(loop, std::move(expired))) {}

DeadlineTimer::~DeadlineTimer() = default;

void DeadlineTimer::arm(SteadyTime deadline) {
    if (!state_->have_descriptor()) {
        if (!state_->coarse) {
            state_->coarse.emplace(state_->loop, state_->expired);
        }
        const auto left = std::max(deadline - SystemClock().steady_now(), std::chrono::nanoseconds{0});
        state_->coarse->start(std::chrono::ceil<std::chrono::milliseconds>(left));
        return;
    }
    // std::chrono::steady_clock is CLOCK_MONOTONIC in libstdc++ and libc++. All zeros would disarm.
    const auto since_boot = std::max(deadline.time_since_epoch(), std::chrono::nanoseconds{1});
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since_boot);
    itimerspec spec{};
    spec.it_value.tv_sec = seconds.count();
    spec.it_value.tv_nsec = (since_boot - seconds).count();
    ::timerfd_settime(state_->fd.get(), TFD_TIMER_ABSTIME, &spec, nullptr);
}

void DeadlineTimer::disarm() {
    if (state_->coarse) {
        state_->coarse->stop();
    }
    if (state_->fd) {
        const itimerspec none{};
        ::timerfd_settime(state_->fd.get(), 0, &none, nullptr);
    }
}

}  // namespace sockdesk::net
