// Sends that go on by themselves while they run: what a cycle and a playback have in common. Private to this room; lives on the loop
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "engine/command.hpp"
#include "net/timers.hpp"

namespace sockdesk::engine {

class Transmission;

/// What a cycle or a playback needs of the session whose channel it sends through.
class CycleHost {
public:
    /// How many bytes may be queued to `target` before the cycle waits; 0 while the log takes nothing.
    virtual std::size_t cycle_room(const SendTarget& target, bool as_fast_as_possible) = 0;
    virtual Result<void> cycle_send(const SendTarget& target, const Payload& payload) = 0;
    /// Nothing sent to `target` waits for the kernel any more.
    virtual bool cycle_drained(const SendTarget& target) const = 0;
    /// A send was refused, which ends the cycle.
    virtual void cycle_refused(const Transmission& cycle, const Error& error) = 0;
    /// The last call of a cycle. It may not be destroyed from within.
    virtual void cycle_finished(Transmission& cycle, const std::optional<Error>& error) = 0;
    /// Publishes what was sent in one go.
    virtual void batch_end() = 0;

protected:
    ~CycleHost() = default;
};

class Transmission {
public:
    Transmission(net::Loop& loop, const Clock& clock, CycleHost& host, CycleId id, SendTarget target);
    virtual ~Transmission() = default;
    Transmission(const Transmission&) = delete;
    Transmission& operator=(const Transmission&) = delete;

    /// Sends what is due. Also called when a queue has room again.
    void run();
    /// Ends it: as asked, or because of `error`.
    void stop(const std::optional<Error>& error = std::nullopt);

    CycleId id() const { return id_; }
    const SendTarget& target() const { return target_; }

    virtual bool is_endless() const = 0;
    /// Rounds of which everything was handed over; of a playback, payloads.
    virtual std::uint64_t rounds() const = 0;
    virtual std::uint64_t missed_rounds() const { return 0; }
    virtual std::uint64_t late() const { return 0; }

protected:
    enum class Progress {
        due,               ///< `due_payload` is to be sent now
        waiting_for_time,  ///< until `next_deadline`
        waiting,           ///< for room, or for what comes next: `run` is called then
        out_of_turn,
        all_sent,
        ended,
    };

    /// What is to be done at `now`. Answers the same until something is sent or changes. `waiting` for what comes next, not for room.
    virtual Progress next(SteadyTime now) = 0;
    /// After `due`.
    virtual const Payload& due_payload() const = 0;
    virtual void payload_sent(SteadyTime now) = 0;
    /// After `waiting_for_time`.
    virtual SteadyTime next_deadline() const = 0;
    virtual bool is_as_fast_as_possible() const = 0;

    void finish(const std::optional<Error>& error);
    bool is_finished() const { return finished_; }

    const Clock& clock_;
    CycleHost& host_;

private:
    Progress advance();
    Progress send_due(SteadyTime& now);

    CycleId id_;
    SendTarget target_;
    net::DeadlineTimer timer_;
    bool running_ = false;
    bool finished_ = false;
};

}  // namespace sockdesk::engine
