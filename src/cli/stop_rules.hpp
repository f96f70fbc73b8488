// Decides when a session in the terminal has done what it was to do. Knows times and counts, no sockets.
#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.hpp"
#include "cli/arguments.hpp"

namespace sockdesk::cli {

class StopRules {
public:
    /// `waits_when_sent`: the rule of `--wait` applies although the option was not given, with one second.
    StopRules(const StopWhen& when, bool waits_when_sent, SteadyTime start);

    /// The times of `--for` and `--idle` run from here on, unless they do already. Until then `--for` runs
    /// from `start`, since nobody wants to wait longer than that for the opening, either.
    void opened(SteadyTime now);

    /// True when `--count` allows this payload; the one that completes the count is the last it allows.
    bool count_received();
    void received(SteadyTime now);

    /// Whether there is nothing (more) to send, or nobody who wants it.
    void set_all_sent(bool all_sent, SteadyTime now);

    enum class Reason { count, after, idle, wait };

    /// Why to stop now, if there is a reason.
    std::optional<Reason> reached(SteadyTime now) const;

    /// When `reached` may first give another answer without anything having happened.
    std::optional<SteadyTime> deadline() const;

private:
    std::optional<SteadyTime> after_deadline() const;
    std::optional<SteadyTime> idle_deadline() const;
    std::optional<SteadyTime> wait_deadline() const;

    StopWhen when_;
    SteadyTime begin_;
    std::uint64_t received_ = 0;
    std::optional<SteadyTime> silent_since_;  ///< for `--idle`
    std::optional<SteadyTime> last_received_;
    std::optional<SteadyTime> all_sent_since_;
};

}  // namespace sockdesk::cli
