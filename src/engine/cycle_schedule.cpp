#include "engine/cycle_schedule.hpp"

#include <algorithm>

namespace sockdesk::engine {

CycleSchedule::CycleSchedule(SteadyTime start, std::chrono::nanoseconds period,
                             std::optional<std::uint64_t> rounds)
    : start_(start), period_(std::max(period, std::chrono::nanoseconds{0})), rounds_(rounds) {}

bool CycleSchedule::take(SteadyTime now) {
    if (done()) {
        return false;
    }
    if (period_.count() > 0) {
        if (now < next_deadline()) {
            return false;
        }
        const auto due_slot = static_cast<std::uint64_t>((now - start_) / period_);
        const std::uint64_t late = due_slot - next_slot_;
        const auto allowed = static_cast<std::uint64_t>(max_catch_up / period_);
        if (late > allowed) {
            missed_ += late - allowed;
            next_slot_ += late - allowed;
        }
    }
    ++next_slot_;
    ++taken_;
    return true;
}

SteadyTime CycleSchedule::next_deadline() const {
    // Written as a division first, because a period of hours times a large slot must not overflow.
    const auto most = (SteadyTime::max() - start_).count();
    if (period_.count() > 0 && next_slot_ > static_cast<std::uint64_t>(most / period_.count())) {
        return SteadyTime::max();
    }
    return start_ + period_ * static_cast<std::int64_t>(next_slot_);
}

}  // namespace sockdesk::engine
