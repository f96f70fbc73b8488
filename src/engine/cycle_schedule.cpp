#include "engine/cycle_schedule.hpp"

#include <algorithm>

namespace sockdesk::engine {

namespace {

using std::chrono::nanoseconds;

nanoseconds not_negative(nanoseconds duration) { return std::max(duration, nanoseconds{0}); }

/// Written as a division first, because a period of hours times a large number must not overflow.
nanoseconds times(nanoseconds duration, std::uint64_t factor) {
    if (duration.count() > 0 && factor > static_cast<std::uint64_t>(nanoseconds::max() / duration)) {
        return nanoseconds::max();
    }
    return duration * static_cast<std::int64_t>(factor);
}

}  // namespace

SteadyTime later(SteadyTime time, nanoseconds by) {
    return by > SteadyTime::max() - time ? SteadyTime::max() : time + by;
}

CycleSchedule::CycleSchedule(SteadyTime start, const Rhythm& rhythm, std::optional<std::uint64_t> rounds)
    : start_(start),
      round_takes_(not_negative(rhythm.round_takes)),
      burst_(std::max(rhythm.burst, std::uint32_t{1})),
      period_(std::max(not_negative(rhythm.period), times(round_takes_, burst_))),
      has_deadlines_(rhythm.period.count() > 0),
      rounds_(rounds),
      round_due_(start) {}

bool CycleSchedule::take(SteadyTime now) {
    if (done()) {
        return false;
    }
    if (period_.count() == 0) {
        round_due_ = now;
    } else {
        if (now < next_deadline()) {
            return false;
        }
        if (next_in_burst_ == 0) {
            give_up_what_is_too_late(now);
        }
        round_due_ = next_deadline();
        if (++next_in_burst_ == burst_) {
            next_in_burst_ = 0;
            ++next_slot_;
        }
    }
    ++taken_;
    return true;
}

void CycleSchedule::give_up_what_is_too_late(SteadyTime now) {
    const auto due_slot = static_cast<std::uint64_t>((now - start_) / period_);
    const std::uint64_t late = due_slot - next_slot_;
    const auto allowed = static_cast<std::uint64_t>(max_catch_up / period_);
    if (late > allowed) {
        if (has_deadlines_) {
            missed_ += (late - allowed) * burst_;
            next_slot_ += late - allowed;
        } else {
            // Nobody said when: what comes later keeps its distances from now on.
            start_ = now;
            next_slot_ = 0;
        }
    }
}

SteadyTime CycleSchedule::next_deadline() const {
    return later(later(start_, times(period_, next_slot_)), times(round_takes_, next_in_burst_));
}

}  // namespace sockdesk::engine
