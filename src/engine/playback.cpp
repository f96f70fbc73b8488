#include "engine/playback.hpp"

#include <utility>

namespace sockdesk::engine {

Playback::Playback(net::Loop& loop, const Clock& clock, CycleHost& host, CycleId id, SendTarget target,
                   std::shared_ptr<PayloadSource> source)
    : Transmission(loop, clock, host, id, std::move(target)),
      source_(std::move(source)),
      start_(clock.steady_now()) {}

Playback::~Playback() {
    // The source may live on, and its thread has nobody to call any more.
    source_->on_ready(nullptr);
}

std::shared_ptr<Playback> Playback::make(net::Loop& loop, const Clock& clock, CycleHost& host, CycleId id,
                                         SendTarget target, std::shared_ptr<PayloadSource> source) {
    std::shared_ptr<Playback> playback(
        new Playback(loop, clock, host, id, std::move(target), std::move(source)));
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
    if (!pending_) {
        switch (source_->state()) {
            case PayloadSource::State::ready:
                pending_ = source_->next();
                break;
            case PayloadSource::State::waiting:
                return Progress::waiting;
            case PayloadSource::State::ended:
                return Progress::all_sent;
            case PayloadSource::State::failed:
                // Told in the log, like a send that was refused: it is why there is no more.
                host_.cycle_refused(*this, source_->error());
                stop(source_->error());
                return Progress::ended;
        }
    }
    return next_deadline() <= now ? Progress::due : Progress::waiting_for_time;
}

void Playback::payload_sent(SteadyTime now) {
    if (now - next_deadline() > lateness_told) {
        ++late_;
    }
    ++sent_;
    pending_.reset();
}

}  // namespace sockdesk::engine
