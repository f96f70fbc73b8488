#include "app/shortcut_runner.hpp"

#include <algorithm>

#include "app/message_translation.hpp"
#include "app/translation.hpp"
#include "codec/escapes.hpp"

namespace sockdesk::app {

KeptPayload& ShortcutRunner::hold(ShortcutId id) {
    const auto [found, is_new] = entries_.try_emplace(id);
    Entry& entry = found->second;
    if (is_new) entry.held = held_.end();
    if (entry.held == held_.end()) {
        held_.push_front(id);
        entry.held = held_.begin();
    } else {
        held_.splice(held_.begin(), held_, entry.held);
    }
    if (held_.size() > most_held) {
        Entry& oldest = entries_.at(held_.back());
        oldest.payload.let_go();
        oldest.held = held_.end();
        held_.pop_back();
    }
    return entry.payload;
}

void ShortcutRunner::forget_removed(const ShortcutLibrary& library) {
    if (entries_.size() <= library.items().size() + most_held) return;
    std::erase_if(entries_, [&](const auto& entry) {
        if (library.find(entry.first) != nullptr) return false;
        if (entry.second.held != held_.end()) held_.erase(entry.second.held);
        return true;
    });
}

std::optional<engine::Outgoing> ShortcutRunner::compile(SessionModel& session, const ShortcutLibrary& library,
                                                        ShortcutId id, std::optional<HostPort>& target) {
    const Shortcut* shortcut = library.find(id);
    if (shortcut == nullptr) return {};
    const auto refuse = [&](const std::string& why) -> std::optional<engine::Outgoing> {
        faulty_ = id;
        session.set_notice({true, trf("Shortcut \"{}\": {}", codec::escape_controls(shortcut->name), why)});
        return {};
    };
    if (const auto problem = check_shortcut(*shortcut)) return refuse(problem->message);
    target.reset();
    if (!shortcut->target.empty()) {
        if (session.tab().session.protocol != engine::Protocol::udp)
            return refuse(tr("it is for an address of its own, and only UDP can choose one for each send."));
        if (auto parsed = parse_target(shortcut->target)) target = *parsed;
    }
    const PayloadSpec spec = payload_spec(*shortcut, session.tab().view.encoding);
    forget_removed(library);
    const auto& outgoing = hold(id).compile(spec, KeptPayload::Purpose::to_send, &files_);
    if (!outgoing) {
        return refuse(tr_error(outgoing.error(), spec.text));
    }
    const engine::Payload* fixed = outgoing->fixed();
    if (fixed != nullptr && (*fixed)->empty() && session.tab().session.protocol != engine::Protocol::udp)
        return refuse(tr("it is empty, and a TCP stream has no empty messages."));
    return *outgoing;
}

bool ShortcutRunner::send(SessionModel& session, const ShortcutLibrary& library, ShortcutId id) {
    faulty_.reset();
    std::optional<HostPort> target;
    auto outgoing = compile(session, library, id, target);
    return outgoing && session.send_outgoing(std::move(*outgoing), target);
}

bool ShortcutRunner::run(SessionModel& session, const ShortcutLibrary& library,
                         std::span<const ShortcutId> ids, std::optional<std::uint64_t> rounds) {
    faulty_.reset();
    if (ids.empty() || rounds == 0U) return false;
    engine::CyclePlan plan;
    std::chrono::nanoseconds delay{0};
    for (const ShortcutId id : ids) {
        std::optional<HostPort> target;
        auto outgoing = compile(session, library, id, target);
        if (!outgoing) return false;
        std::optional<engine::SendTarget> where;
        if (target) where = *target;
        plan.steps.emplace_back(std::move(*outgoing), delay, std::move(where));
        plan.period += delay;
        delay = delay_of(*library.find(id));
    }
    plan.period += delay;
    plan.rounds = rounds;
    if (!session.run(std::move(plan))) return false;
    run_ = session.running();
    ids_.assign(ids.begin(), ids.end());
    rounds_ = rounds;
    return true;
}

std::optional<ShortcutRunner::Progress> ShortcutRunner::progress(const SessionModel& session) const {
    const engine::CycleProgress* const run = session.run_progress();
    if (!run_ || session.running() != run_ || run == nullptr) return {};
    const std::uint64_t step = run->step.load(std::memory_order_relaxed);
    return Progress{ids_[std::min<std::uint64_t>(step, ids_.size() - 1)],
                    std::max<std::uint64_t>(run->rounds.load(std::memory_order_relaxed), 1)};
}

}  // namespace sockdesk::app
