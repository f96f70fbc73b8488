#include "engine/cycle.hpp"

#include <utility>

namespace sockdesk::engine {

Cycle::Cycle(net::Loop& loop, const Clock& clock, CycleHost& host, CycleId id, CyclePlan plan)
    : Transmission(loop, clock, host, id, plan.target),
      plan_(std::move(plan)),
      schedule_(clock.steady_now(), plan_.period, plan_.rounds) {}

Cycle::Progress Cycle::next(SteadyTime now) {
    if (in_round_) {
        return Progress::due;
    }
    if (schedule_.done() || plan_.steps.empty()) {
        return Progress::all_sent;
    }
    if (!schedule_.take(now)) {
        return Progress::waiting_for_time;
    }
    in_round_ = true;
    next_payload_ = 0;
    return Progress::due;
}

void Cycle::payload_sent(SteadyTime) {
    if (++next_payload_ == plan_.steps.size()) {
        in_round_ = false;
        ++rounds_;
    }
}

}  // namespace sockdesk::engine
