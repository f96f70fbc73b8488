// Sends that go on by themselves while they run: what a cycle and a playback have in common. Private to this room; lives on the loop
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "engine/command.hpp"
#include "engine/payload_maker.hpp"
#include "net/timers.hpp"

namespace sockdesk::engine {

class Transmission;

/// How a target can be sent to at the moment.
struct SendRoute {
    std::size_t room_bytes = 0;  ///< what may be queued now; 0: nothing, also while the log takes nothing
    std::size_t at_once = 1;     ///< so many payloads are worth handing over together
    bool to_each = false;        ///< there are several receivers
};

/// What a cycle or a playback needs of the session whose channel it sends through.
class CycleHost {
public:
    virtual SendRoute cycle_route(const SendTarget& target, bool as_fast_as_possible) = 0;
    /// Of one receiver, for what is made for it.
    virtual SendEnds cycle_ends(const SendTarget& target) = 0;
    /// `taken`: how many of them were, before one was refused.
    virtual Result<void> cycle_send(const SendTarget& target, std::span<const Payload> payloads,
                                    std::size_t& taken) = 0;
    /// To each of several receivers what is made for it.
    virtual Result<void> cycle_send_to_each(const SendTarget& target,
                                            const std::function<Payload(const SendEnds&)>& make) = 0;
    /// Nothing sent to `target` waits for the kernel any more.
    virtual bool cycle_drained(const SendTarget& target) const = 0;
    /// A send was refused, which ends the cycle.
    virtual void cycle_refused(const Transmission& cycle, const Error& error) = 0;
    /// The last call of a cycle. It may not be destroyed from within.
    virtual void cycle_finished(Transmission& cycle, const std::optional<Error>& error) = 0;
    /// Publishes what was sent in one go.
    virtual void batch_end() = 0;
    /// For what is made at random.
    virtual std::mt19937_64& random() = 0;

protected:
    ~CycleHost() = default;
};

class Transmission {
public:
    /// `progress` may be null.
    Transmission(net::Loop& loop, const Clock& clock, CycleHost& host, CycleId id,
                 std::vector<SendTarget> targets, std::shared_ptr<CycleProgress> progress);
    virtual ~Transmission() = default;
    Transmission(const Transmission&) = delete;
    Transmission& operator=(const Transmission&) = delete;

    /// Sends what is due. Also called when a queue has room again.
    void run();
    /// Ends it: as asked, or because of `error`.
    void stop(const std::optional<Error>& error = std::nullopt);

    CycleId id() const { return id_; }
    /// Each once.
    const std::vector<SendTarget>& targets() const { return targets_; }

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
        failed,  ///< `failure`
        ended,
    };

    /// What is to be done at `now`. Answers the same until something is handed over or changes. `waiting` for what comes next, not for
    /// room.
    virtual Progress next(SteadyTime now) = 0;
    // After `due`. What they refer to stays where it is while this one runs; but a payload that is not made here only until it is handed over.
    virtual const Outgoing& due_payload() const = 0;
    virtual std::uint64_t due_counter() const = 0;
    virtual const SendTarget& due_target() const = 0;
    /// The one that was due is on its way: `next` is about the one after.
    virtual void handed_over(SteadyTime now) = 0;
    /// So many of those handed over were not refused. `progress` is told as well.
    virtual void taken(std::size_t payloads, CycleProgress& progress) = 0;
    /// After `waiting_for_time`.
    virtual SteadyTime next_deadline() const = 0;
    virtual Error failure() const { return {}; }
    virtual bool is_as_fast_as_possible() const = 0;

private:
    Progress advance();
    Progress send_due(SteadyTime now);
    Progress send_to_each(const SendTarget& target, const SendRoute& route, SteadyTime now);
    bool gather(const SendTarget& target, const SendRoute& route, SteadyTime now);
    bool finds_room(std::size_t bytes, const SendTarget& target, const SendRoute& route) const;
    void count(std::size_t payloads, std::size_t bytes);
    Progress refused(const Error& error);
    bool drained() const;
    void finish(const std::optional<Error>& error);

    const Clock& clock_;
    CycleHost& host_;
    CycleId id_;
    std::vector<SendTarget> targets_;
    std::shared_ptr<CycleProgress> progress_;  ///< never null
    PayloadMaker maker_;
    std::vector<Payload> batch_;  ///< empty but while one is being sent
    net::DeadlineTimer timer_;
    bool running_ = false;
    bool finished_ = false;
};

}  // namespace sockdesk::engine
