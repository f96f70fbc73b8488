// Shortcuts sent in one session: one at a time, or the chosen ones in a row; and which of them is at it.
//
// Threads: the one that draws.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/session_model.hpp"
#include "app/shortcut_library.hpp"

namespace sockdesk::app {

class ShortcutRunner {
public:
    /// Sends it once. False: the session's notice says why not, with the shortcut's name and the place in its payload.
    bool send(SessionModel& session, const ShortcutLibrary& library, ShortcutId id);
    /// In this order, each after the delay of the one before it, so many rounds; none: until stopped. Nothing is sent if one of
    /// them is wrong. The delay of the last one is between two rounds.
    bool run(SessionModel& session, const ShortcutLibrary& library, std::span<const ShortcutId> ids,
             std::optional<std::uint64_t> rounds);

    struct Progress {
        ShortcutId sending;       ///< the one that was sent last
        std::uint64_t round = 1;  ///< from 1
    };
    /// While the session runs what `run` began.
    std::optional<Progress> progress(const SessionModel& session) const;
    /// How many rounds `run` was asked for; none: until stopped.
    const std::optional<std::uint64_t>& rounds() const { return rounds_; }

    /// The one that could not be sent at the last attempt, until the next.
    std::optional<ShortcutId> faulty() const { return faulty_; }

private:
    /// Of so many what was compiled is held; of all of them the count.
    static constexpr std::size_t most_held = 256;

    struct Entry {
        KeptPayload payload;
        std::list<ShortcutId>::iterator held;  ///< in `held_`, or its end
    };
    std::optional<engine::Outgoing> compile(SessionModel& session, const ShortcutLibrary& library,
                                            ShortcutId id, std::optional<HostPort>& target);
    KeptPayload& hold(ShortcutId id);
    void forget_removed(const ShortcutLibrary& library);

    std::map<ShortcutId, Entry> entries_;
    std::list<ShortcutId> held_;  ///< the one used last in front
    PayloadFiles files_;
    std::optional<ShortcutId> faulty_;

    std::optional<CycleId> run_;
    std::vector<ShortcutId> ids_;
    std::optional<std::uint64_t> rounds_;
};

}  // namespace sockdesk::app
