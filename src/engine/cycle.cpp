#include "engine/cycle.hpp"

#include <algorithm>
#include <utility>

namespace sockdesk::engine {

namespace {

const SendTarget& target_of(const CycleStep& step, const CyclePlan& plan) {
    return step.target ? *step.target : plan.target;
}

std::vector<SendTarget> targets_of(const CyclePlan& plan) {
    std::vector<SendTarget> targets;
    for (const CycleStep& step : plan.steps) {
        const SendTarget& target = target_of(step, plan);
        if (std::find(targets.begin(), targets.end(), target) == targets.end()) {
            targets.push_back(target);
        }
    }
    return targets;
}

}  // namespace

Cycle::Cycle(net::Loop& loop, const Clock& clock, CycleHost& host, CycleId id, CyclePlan plan)
    : Transmission(loop, clock, host, id, targets_of(plan), plan.progress),
      plan_(std::move(plan)),
      course_(clock.steady_now(), plan_) {}

Cycle::Progress Cycle::next(SteadyTime now) {
    switch (course_.look(now)) {
        case CycleCourse::Next::due:
            return Progress::due;
        case CycleCourse::Next::later:
            return Progress::waiting_for_time;
        case CycleCourse::Next::over:
            break;
    }
    return Progress::all_sent;
}

void Cycle::taken(std::size_t payloads, CycleProgress& progress) {
    sent_ += payloads;
    const std::uint64_t steps = plan_.steps.size();
    progress.step.store((sent_ - 1) % steps, std::memory_order_relaxed);
    progress.rounds.store((sent_ - 1) / steps + 1, std::memory_order_relaxed);
}

const SendTarget& Cycle::due_target() const { return target_of(plan_.steps[course_.step()], plan_); }

}  // namespace sockdesk::engine
