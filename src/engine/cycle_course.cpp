#include "engine/cycle_course.hpp"

#include <algorithm>

namespace sockdesk::engine {

namespace {

std::vector<std::chrono::nanoseconds> delays_of(const CyclePlan& plan) {
    std::vector<std::chrono::nanoseconds> delays;
    delays.reserve(plan.steps.size());
    for (const CycleStep& step : plan.steps) {
        delays.push_back(std::max(step.after, std::chrono::nanoseconds{0}));
    }
    return delays;
}

std::chrono::nanoseconds sum_of(const std::vector<std::chrono::nanoseconds>& delays) {
    SteadyTime end{};
    for (const auto delay : delays) {
        end = later(end, delay);
    }
    return end.time_since_epoch();
}

}  // namespace

CycleCourse::CycleCourse(SteadyTime start, const CyclePlan& plan)
    : delays_(delays_of(plan)),
      round_takes_(sum_of(delays_)),
      as_fast_as_possible_(plan.period.count() <= 0 && round_takes_.count() == 0),
      schedule_(start, {.period = plan.period, .round_takes = round_takes_, .burst = plan.burst},
                plan.rounds) {}

CycleCourse::Next CycleCourse::look(SteadyTime now) {
    if (!in_round_) {
        if (schedule_.done() || delays_.empty()) {
            return Next::over;
        }
        if (!schedule_.take(now)) {
            return Next::later;
        }
        in_round_ = true;
        step_ = 0;
        step_due_ = later(schedule_.round_due(), delays_.front());
    }
    return now < step_due_ ? Next::later : Next::due;
}

void CycleCourse::handed_over(SteadyTime now) {
    if (++step_ == delays_.size()) {
        in_round_ = false;
        return;
    }
    // Without delays all are late by what their round is, which is the schedule's matter.
    if (round_takes_.count() > 0 && now - step_due_ > CycleSchedule::max_catch_up) {
        ++late_;
        step_due_ = now - CycleSchedule::max_catch_up;
    }
    step_due_ = later(step_due_, delays_[step_]);
}

}  // namespace sockdesk::engine
