#include "engine/playback.hpp"

#include <utility>

namespace sockdesk::engine {

Playback::Playback(net::Loop& loop, const Clock& clock, CycleHost& host, const StartPlayback& what)
    : Transmission(loop, clock, host, what.cycle, {what.target}, what.progress),
      source_(what.source),
      pace_(source_->pace()),
      start_(clock.steady_now()) {}

Playback::~Playback() {
    // The source may live on, and its thread has nobody to call any more.
    source_->on_ready(nullptr);
}

std::shared_ptr<Playback> Playback::make(net::Loop& loop, const Clock& clock, CycleHost& host,
                                         const StartPlayback& what) {
    std::shared_ptr<Playback> playback(new Playback(loop, clock, host, what));
    playback->source_->on_ready([&loop, weak = playback->weak_from_this()] {
        loop.post([weak] {
            if (const auto alive = weak.lock()) {
                alive->run();
            }
        });
    });
    return playback;
}

Playback::Progress Playback::next(SteadyTime now) {
    if (!due_) {
        switch (source_->state()) {
            case PayloadSource::State::ready: {
                TimedPayload payload = source_->next();
                due_ = std::move(payload.payload);
                due_at_ = payload.at;
                break;
            }
            case PayloadSource::State::waiting:
                return Progress::waiting;
            case PayloadSource::State::ended:
                return Progress::all_sent;
            case PayloadSource::State::failed:
                return Progress::failed;
        }
    }
    return pace_ == PayloadSource::Pace::none || next_deadline() <= now ? Progress::due
                                                                        : Progress::waiting_for_time;
}

void Playback::taken(std::size_t payloads, CycleProgress& progress) {
    sent_ += payloads;
    progress.rounds.store(sent_, std::memory_order_relaxed);
}

void Playback::handed_over(SteadyTime now) {
    due_.reset();
    if (pace_ == PayloadSource::Pace::none) {
        return;
    }
    const auto lateness = now - next_deadline();
    if (lateness > lateness_told) {
        ++late_;
    }
    if (pace_ == PayloadSource::Pace::distances && lateness > CycleSchedule::max_catch_up) {
        start_ += lateness;
    }
}

}  // namespace sockdesk::engine
