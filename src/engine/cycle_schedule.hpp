// When the rounds of a cyclic send are due. Pure: the caller brings the time.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/clock.hpp"

namespace sockdesk::engine {

/// Round k is due at start + k·period, whatever happened to the rounds before it, so that lateness does not
/// add up. After a stall the rounds that are late by at most `max_catch_up` are made good at once; older ones
/// are given up and counted, and do not use up `rounds`.
class CycleSchedule {
public:
    static constexpr std::chrono::nanoseconds max_catch_up = std::chrono::milliseconds{100};

    /// `period` 0: every round is due at once. `rounds` none: no end.
    CycleSchedule(SteadyTime start, std::chrono::nanoseconds period, std::optional<std::uint64_t> rounds);

    /// True when a round is due at `now`; that round then counts as taken.
    bool take(SteadyTime now);

    /// All rounds are taken.
    bool done() const { return rounds_ && taken_ >= *rounds_; }

    /// When the next round is due.
    SteadyTime next_deadline() const;

    std::uint64_t taken() const { return taken_; }
    std::uint64_t missed() const { return missed_; }

private:
    SteadyTime start_;
    std::chrono::nanoseconds period_;
    std::optional<std::uint64_t> rounds_;
    std::uint64_t next_slot_ = 0;
    std::uint64_t taken_ = 0;
    std::uint64_t missed_ = 0;
};

}  // namespace sockdesk::engine
