#include "cli/unasked_sends.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace sockdesk::cli {

bool UnaskedPlans::all_end() const {
    return (sequence.steps.empty() || sequence.rounds) &&
           std::ranges::all_of(cycles, [](const engine::CyclePlan& plan) { return plan.rounds.has_value(); });
}

UnaskedSends::UnaskedSends(UnaskedPlans plans, CycleId first)
    : plans_(std::move(plans)), next_id_(first.value) {}

std::optional<engine::CyclePlan> UnaskedSends::greeting() const {
    if (plans_.sequence.steps.empty()) return std::nullopt;
    return plans_.sequence;
}

Result<void> UnaskedSends::begin(engine::Engine& engine, SessionId session, const engine::SendTarget& target,
                                 SteadyTime now) {
    begun_ = true;
    if (!plans_.sequence.steps.empty()) ++greetings_;
    for (engine::CyclePlan plan : plans_.cycles) {
        plan.target = target;
        const CycleId id{next_id_++};
        runs_.emplace(id, Run{plan.rounds, nullptr});
        engine.submit(engine::StartCycle{session, id, std::move(plan)});
    }
    if (!plans_.source) return {};
    auto source = app::FileSource::open(*plans_.source);
    if (!source) return tl::unexpected(std::move(source.error()));
    if (!source_begun_) source_begun_ = now;
    const CycleId id{next_id_++};
    runs_.emplace(id, Run{std::nullopt, *source});
    engine.submit(engine::StartPlayback{session, id, std::move(*source), target});
    return {};
}

void UnaskedSends::count_cut_off(const std::optional<std::uint64_t>& rounds, std::uint64_t done) {
    if (!rounds || done >= *rounds) return;
    cut_off_rounds_ += *rounds;
    cut_off_done_ += done;
}

std::optional<UnaskedSends::End> UnaskedSends::finished(const engine::CycleFinished& event, SteadyTime now) {
    const bool stopped = !event.error;
    if (event.cycle == engine::greeting_cycle) {
        if (greetings_ != 0) --greetings_;
        if (stopped) count_cut_off(plans_.sequence.rounds, event.rounds);
        return End{};
    }
    const auto found = runs_.find(event.cycle);
    if (found == runs_.end()) return std::nullopt;
    const Run run = std::move(found->second);
    runs_.erase(found);
    if (!run.source) {
        if (stopped) count_cut_off(run.rounds, event.rounds);
        return End{};
    }
    const app::FileSource::Progress progress = run.source->progress();
    const bool complete = progress.sent_bytes == progress.total_bytes;
    if (stopped && !complete) {
        cut_off_bytes_ += progress.total_bytes;
        cut_off_bytes_done_ += progress.sent_bytes;
    }
    ++ended_.runs;
    ended_.complete += complete ? 1 : 0;
    ended_.sent_bytes += progress.sent_bytes;
    ended_.total_bytes += progress.total_bytes;
    source_ended_ = now;
    const bool failed = event.error && run.source->state() == engine::PayloadSource::State::failed;
    return End{true, failed, progress.sent_bytes, progress.total_bytes};
}

bool UnaskedSends::unfinished() const {
    if (!begun_) return !plans_.empty();
    if (greetings_ != 0 && plans_.sequence.rounds) return true;
    return std::ranges::any_of(
        runs_, [](const auto& run) { return run.second.source != nullptr || run.second.rounds; });
}

bool UnaskedSends::sends_file() const {
    return std::ranges::any_of(runs_, [](const auto& run) { return run.second.source != nullptr; });
}

std::string UnaskedSends::cut_off() const {
    std::string text;
    if (cut_off_rounds_ != 0) {
        text = fmt::format("{} of {} rounds", cut_off_done_, cut_off_rounds_);
    }
    if (cut_off_bytes_ != 0) {
        text += fmt::format("{}{} of {} bytes of {}", text.empty() ? "" : ", ", cut_off_bytes_done_,
                            cut_off_bytes_, plans_.source->path.string());
    }
    return text;
}

UnaskedSends::SourceTotals UnaskedSends::source_totals(SteadyTime now) const {
    SourceTotals totals = ended_;
    for (const auto& [id, run] : runs_) {
        if (!run.source) continue;
        const app::FileSource::Progress progress = run.source->progress();
        ++totals.runs;
        ++totals.running;
        totals.running_sent_bytes += progress.sent_bytes;
        totals.running_total_bytes += progress.total_bytes;
    }
    totals.sent_bytes += totals.running_sent_bytes;
    totals.total_bytes += totals.running_total_bytes;
    if (source_begun_) totals.took = (totals.running != 0 ? now : source_ended_) - *source_begun_;
    return totals;
}

}  // namespace sockdesk::cli
