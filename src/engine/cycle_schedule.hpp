// When the rounds of a cyclic send are due. Pure: the caller brings the time.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/clock.hpp"

namespace sockdesk::engine {

/// Never past the end of time.
SteadyTime later(SteadyTime time, std::chrono::nanoseconds by);

/// So many rounds as a burst are due together at start + k·period, whatever happened to those before, so that lateness does not
/// add up. After a stall the bursts that are late by at most `max_catch_up` are made good at once; older ones
/// are given up and counted, and do not use up `rounds`.
class CycleSchedule {
public:
    static constexpr std::chrono::nanoseconds max_catch_up = std::chrono::milliseconds{100};

    struct Rhythm {
        /// 0: a round is due when the one before is over.
        std::chrono::nanoseconds period{0};
        /// What the delays of a round add up to. Where a burst takes longer than the period, the next is due when it is over.
        std::chrono::nanoseconds round_takes{0};
        std::uint32_t burst = 1;
    };

    /// `rounds` none: no end.
    CycleSchedule(SteadyTime start, const Rhythm& rhythm, std::optional<std::uint64_t> rounds);

    /// True when a round is due at `now`; that round then counts as taken.
    bool take(SteadyTime now);

    /// All rounds are taken.
    bool done() const { return rounds_ && taken_ >= *rounds_; }

    /// When the next round is due.
    SteadyTime next_deadline() const;
    /// When the round taken last was due. Without any period or delays: when it was taken.
    SteadyTime round_due() const { return round_due_; }

    std::uint64_t taken() const { return taken_; }
    std::uint64_t missed() const { return missed_; }

private:
    void give_up_what_is_too_late(SteadyTime now);

    SteadyTime start_;
    std::chrono::nanoseconds round_takes_;
    std::uint32_t burst_;
    std::chrono::nanoseconds period_;  ///< of bursts
    bool has_deadlines_;               ///< they are what the period says, not only what delays add up to
    std::optional<std::uint64_t> rounds_;
    std::uint64_t next_slot_ = 0;
    std::uint32_t next_in_burst_ = 0;
    SteadyTime round_due_;
    std::uint64_t taken_ = 0;
    std::uint64_t missed_ = 0;
};

}  // namespace sockdesk::engine
