// One flow of a capture as payloads with their times. A thread reads ahead, by a bounded amount, so that the loop never waits for a
// disk.
#pragma once

#include <memory>

#include "app/replay_plan.hpp"
#include "engine/payload_source.hpp"

namespace sockdesk::app {

/// How fast a replay goes: 1 as it was recorded, 2 twice as fast, 0 as fast as it is taken.
using ReplaySpeed = double;

/// The time between two records, at that speed. Never negative, at most some 292 years.
std::chrono::nanoseconds replay_time(std::chrono::nanoseconds recorded, ReplaySpeed speed);

class ReplaySource final : public engine::PayloadSource {
public:
    /// `flow` of the plan for that log. Times count from `begin`: the plan's, or the flow's own where its socket is opened
    /// when it begins. `alone`: no other source reads the log at the same time.
    ReplaySource(std::shared_ptr<const capture::Log> log, ReplayFlow flow, Timestamp begin, ReplaySpeed speed,
                 bool alone = true);
    /// Ends the thread.
    ~ReplaySource() override;
    ReplaySource(const ReplaySource&) = delete;
    ReplaySource& operator=(const ReplaySource&) = delete;

    State state() override;
    engine::TimedPayload next() override;
    Error error() const override;
    void on_ready(std::function<void()> ready) override;

private:
    struct Reading;
    std::unique_ptr<Reading> reading_;
};

}  // namespace sockdesk::app
