// A send, or a loop of sends, while it runs. Private to this room; lives on the loop thread.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "engine/command.hpp"
#include "engine/cycle_schedule.hpp"
#include "net/timers.hpp"

namespace sockdesk::engine {

class Cycle;

/// What a cycle needs of the session whose channel it sends through.
class CycleHost {
public:
    /// How many bytes may be queued to `target` before the cycle waits; 0 while the log takes nothing.
    virtual std::size_t cycle_room(const SendTarget& target, bool as_fast_as_possible) = 0;
    virtual Result<void> cycle_send(const SendTarget& target, const Payload& payload) = 0;
    /// Nothing sent to `target` waits for the kernel any more.
    virtual bool cycle_drained(const SendTarget& target) const = 0;
    /// A send was refused, which ends the cycle.
    virtual void cycle_refused(const Cycle& cycle, const Error& error) = 0;
    /// The last call of a cycle. It may not be destroyed from within.
    virtual void cycle_finished(Cycle& cycle, const std::optional<Error>& error) = 0;
    /// Publishes what was sent in one go.
    virtual void batch_end() = 0;

protected:
    ~CycleHost() = default;
};

class Cycle {
public:
    Cycle(net::Loop& loop, const Clock& clock, CycleHost& host, CycleId id, CyclePlan plan);

    /// Sends what is due. Also called when a queue has room again.
    void run();
    /// Ends it: as asked, or because of `error`.
    void stop(const std::optional<Error>& error = std::nullopt);

    CycleId id() const { return id_; }
    const SendTarget& target() const { return plan_.target; }
    bool is_endless() const { return !plan_.rounds; }
    /// Rounds of which everything was handed over.
    std::uint64_t rounds() const { return rounds_; }
    std::uint64_t missed_rounds() const { return schedule_.missed(); }

private:
    enum class Progress { waiting_for_time, waiting_for_room, out_of_turn, all_sent, ended };

    Progress advance();
    void finish(const std::optional<Error>& error);

    const Clock& clock_;
    CycleHost& host_;
    CycleId id_;
    CyclePlan plan_;
    CycleSchedule schedule_;
    net::DeadlineTimer timer_;
    bool in_round_ = false;
    std::size_t next_payload_ = 0;
    std::uint64_t rounds_ = 0;
    bool running_ = false;
    bool finished_ = false;
};

}  // namespace sockdesk::engine
