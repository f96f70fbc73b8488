// A send, or a loop of sends, while it runs. Private to this room; lives on the loop thread.
#pragma once

#include <cstddef>

#include "engine/cycle_course.hpp"
#include "engine/transmission.hpp"

namespace sockdesk::engine {

class Cycle final : public Transmission {
public:
    Cycle(net::Loop& loop, const Clock& clock, CycleHost& host, CycleId id, CyclePlan plan);

    bool is_endless() const override { return !plan_.rounds; }
    std::uint64_t rounds() const override { return plan_.steps.empty() ? 0 : sent_ / plan_.steps.size(); }
    std::uint64_t missed_rounds() const override { return course_.missed(); }
    std::uint64_t late() const override { return course_.late(); }

private:
    Progress next(SteadyTime now) override;
    const Outgoing& due_payload() const override { return plan_.steps[course_.step()].payload; }
    /// Each step counts by itself.
    std::uint64_t due_counter() const override { return course_.round(); }
    const SendTarget& due_target() const override;
    void handed_over(SteadyTime now) override { course_.handed_over(now); }
    void taken(std::size_t payloads, CycleProgress& progress) override;
    SteadyTime next_deadline() const override { return course_.deadline(); }
    bool is_as_fast_as_possible() const override { return course_.is_as_fast_as_possible(); }

    CyclePlan plan_;
    CycleCourse course_;
    std::uint64_t sent_ = 0;
};

}  // namespace sockdesk::engine
