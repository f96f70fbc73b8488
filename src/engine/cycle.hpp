// A send, or a loop of sends, while it runs. Private to this room; lives on the loop thread.
#pragma once

#include <cstddef>

#include "engine/cycle_schedule.hpp"
#include "engine/transmission.hpp"

namespace sockdesk::engine {

class Cycle final : public Transmission {
public:
    Cycle(net::Loop& loop, const Clock& clock, CycleHost& host, CycleId id, CyclePlan plan);

    bool is_endless() const override { return !plan_.rounds; }
    std::uint64_t rounds() const override { return rounds_; }
    std::uint64_t missed_rounds() const override { return schedule_.missed(); }

private:
    Progress next(SteadyTime now) override;
    const Payload& due_payload() const override { return *plan_.steps[next_payload_].payload.fixed(); }
    void payload_sent(SteadyTime now) override;
    SteadyTime next_deadline() const override { return schedule_.next_deadline(); }
    bool is_as_fast_as_possible() const override { return plan_.period.count() == 0; }

    CyclePlan plan_;
    CycleSchedule schedule_;
    bool in_round_ = false;
    std::size_t next_payload_ = 0;
    std::uint64_t rounds_ = 0;
};

}  // namespace sockdesk::engine
