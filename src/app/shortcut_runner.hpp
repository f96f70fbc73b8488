// Shortcuts sent in one session: one at a time, or the chosen ones in a row; and which of them is at it.
//
// Threads: the one that draws.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/session_model.hpp"
#include "app/shortcut_library.hpp"
#include "base/clock.hpp"

namespace sockdesk::app {

class ShortcutRunner {
public:
    /// Sends it once. False: the session's notice says why not, with the shortcut's name and the place in its payload.
    bool send(SessionModel& session, const ShortcutLibrary& library, ShortcutId id);
    /// In this order, each after the delay of the one before it, so many rounds; none: until stopped. Nothing is sent if one of
    /// them is wrong. The delay of the last one is between two rounds.
    bool run(SessionModel& session, const ShortcutLibrary& library, std::span<const ShortcutId> ids,
             std::optional<std::uint64_t> rounds, SteadyTime now);

    struct Progress {
        ShortcutId sending;               ///< the one whose turn it is, by the clock
        std::uint64_t round = 1;          ///< from 1
        SteadyTime::duration changes{0};  ///< after so long another one has it
    };
    /// While the session runs what `run` began.
    std::optional<Progress> progress(const SessionModel& session, SteadyTime now) const;
    /// How many rounds `run` was asked for; none: until stopped.
    const std::optional<std::uint64_t>& rounds() const { return rounds_; }

    /// The one that could not be sent at the last attempt, until the next.
    std::optional<ShortcutId> faulty() const { return faulty_; }

private:
    struct Compiled {
        PayloadSpec spec;
        engine::Outgoing outgoing;
    };
    std::optional<engine::Outgoing> compile(SessionModel& session, const ShortcutLibrary& library,
                                            ShortcutId id, std::optional<HostPort>& target);

    // The engine counts the sends of each payload that it is given, so the same is to be the same.
    std::map<ShortcutId, Compiled> compiled_;
    std::optional<ShortcutId> faulty_;

    std::optional<CycleId> run_;
    std::vector<ShortcutId> ids_;
    std::vector<SteadyTime::duration> begins_;  ///< of each, from the start of its round
    SteadyTime started_{};
    SteadyTime::duration period_{0};
    std::optional<std::uint64_t> rounds_;
};

}  // namespace sockdesk::app
