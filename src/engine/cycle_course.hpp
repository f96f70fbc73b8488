// Which step of which round of a cycle is due, and when. Pure: the caller brings the time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/command.hpp"
#include "engine/cycle_schedule.hpp"

namespace sockdesk::engine {

class CycleCourse {
public:
    CycleCourse(SteadyTime start, const CyclePlan& plan);

    enum class Next { due, later, over };
    /// Answers the same until `handed_over` or `deadline`.
    Next look(SteadyTime now);
    /// After `later`.
    SteadyTime deadline() const { return in_round_ ? step_due_ : schedule_.next_deadline(); }

    // After `due`.
    std::size_t step() const { return step_; }
    /// The rounds before this one; those left out are not among them.
    std::uint64_t round() const { return schedule_.taken() - 1; }
    void handed_over(SteadyTime now);

    bool is_as_fast_as_possible() const { return as_fast_as_possible_; }
    std::uint64_t missed() const { return schedule_.missed(); }
    /// Steps so late that those behind them were moved: after a stall no more of a round is made good at once than of rounds.
    std::uint64_t late() const { return late_; }

private:
    std::vector<std::chrono::nanoseconds> delays_;  ///< before each step
    std::chrono::nanoseconds round_takes_;
    bool as_fast_as_possible_;
    CycleSchedule schedule_;
    bool in_round_ = false;
    std::size_t step_ = 0;
    SteadyTime step_due_{};
    std::uint64_t late_ = 0;
};

}  // namespace sockdesk::engine
