#include "app/shortcut_runner.hpp"

#include <algorithm>

#include "app/message_translation.hpp"
#include "app/translation.hpp"
#include "codec/escapes.hpp"

namespace sockdesk::app {
namespace {

constexpr std::size_t max_remembered = 256;

}  // namespace

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
    PayloadSpec spec = payload_spec(*shortcut, session.tab().view.encoding);
    const auto known = compiled_.find(id);
    if (known != compiled_.end() && known->second.spec == spec && !reads_files(spec))
        return known->second.outgoing;
    auto outgoing = compile_outgoing(spec);
    if (!outgoing) {
        return refuse(tr_error(outgoing.error(), spec.text));
    }
    const engine::Payload* fixed = outgoing->fixed();
    if (fixed != nullptr && (*fixed)->empty() && session.tab().session.protocol != engine::Protocol::udp)
        return refuse(tr("it is empty, and a TCP stream has no empty messages."));
    if (compiled_.size() >= max_remembered) compiled_.clear();
    compiled_.insert_or_assign(id, Compiled{std::move(spec), *outgoing});
    return *outgoing;
}

bool ShortcutRunner::send(SessionModel& session, const ShortcutLibrary& library, ShortcutId id) {
    faulty_.reset();
    std::optional<HostPort> target;
    auto outgoing = compile(session, library, id, target);
    return outgoing && session.send_outgoing(std::move(*outgoing), target);
}

bool ShortcutRunner::run(SessionModel& session, const ShortcutLibrary& library,
                         std::span<const ShortcutId> ids, std::optional<std::uint64_t> rounds,
                         SteadyTime now) {
    faulty_.reset();
    if (ids.empty() || rounds == 0U) return false;
    engine::CyclePlan plan;
    std::vector<SteadyTime::duration> begins;
    SteadyTime::duration at{0};
    std::chrono::nanoseconds delay{0};
    for (const ShortcutId id : ids) {
        std::optional<HostPort> target;
        auto outgoing = compile(session, library, id, target);
        if (!outgoing) return false;
        std::optional<engine::SendTarget> where;
        if (target) where = *target;
        plan.steps.emplace_back(std::move(*outgoing), delay, std::move(where));
        at += delay;
        begins.push_back(at);
        delay = delay_of(*library.find(id));
    }
    plan.period = at + delay;
    plan.rounds = rounds;
    const SteadyTime::duration period = plan.period;
    if (!session.run(std::move(plan))) return false;
    run_ = session.running();
    ids_.assign(ids.begin(), ids.end());
    begins_ = std::move(begins);
    started_ = now;
    period_ = period;
    rounds_ = rounds;
    return true;
}

std::optional<ShortcutRunner::Progress> ShortcutRunner::progress(const SessionModel& session,
                                                                 SteadyTime now) const {
    if (!run_ || session.running() != run_) return {};
    Progress progress;
    // Without any delay all of them are at it all the time.
    if (period_ <= SteadyTime::duration{0}) {
        progress.sending = ids_.front();
        progress.changes = std::chrono::milliseconds(100);
        return progress;
    }
    const SteadyTime::duration since = std::max(now - started_, SteadyTime::duration{0});
    const SteadyTime::duration in_round = since % period_;
    progress.round = static_cast<std::uint64_t>(since / period_) + 1;
    if (rounds_) progress.round = std::min(progress.round, *rounds_);
    const auto next = std::ranges::upper_bound(begins_, in_round);
    const auto index = static_cast<std::size_t>(next - begins_.begin());
    progress.sending = ids_[index > 0 ? index - 1 : 0];
    progress.changes = (next == begins_.end() ? period_ : *next) - in_round;
    return progress;
}

}  // namespace sockdesk::app
