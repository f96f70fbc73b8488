#include "engine/cycle.hpp"

#include <utility>

namespace sockdesk::engine {

namespace {

/// One turn of the loop sends for at most this long, so that what arrives meanwhile is read.
constexpr std::chrono::nanoseconds max_turn = std::chrono::milliseconds{1};

}  // namespace

Cycle::Cycle(net::Loop& loop, const Clock& clock, CycleHost& host, CycleId id, CyclePlan plan)
    : clock_(clock),
      host_(host),
      id_(id),
      plan_(std::move(plan)),
      schedule_(clock.steady_now(), plan_.period, plan_.rounds),
      timer_(loop, [this] { run(); }) {}

void Cycle::run() {
    if (finished_ || running_) {
        return;  // sending can empty a queue, which calls back here
    }
    running_ = true;
    const Progress progress = advance();
    running_ = false;
    switch (progress) {
        case Progress::waiting_for_time:
            timer_.arm(schedule_.next_deadline());
            break;
        case Progress::out_of_turn:
            timer_.arm(clock_.steady_now());
            break;
        case Progress::waiting_for_room:
            break;  // `run` is called when there is some
        case Progress::all_sent:
            if (host_.cycle_drained(plan_.target)) {
                finish(std::nullopt);
            }
            break;
        case Progress::ended:
            return;
    }
    host_.batch_end();
}

Cycle::Progress Cycle::advance() {
    const SteadyTime begun = clock_.steady_now();
    SteadyTime now = begun;
    const bool fast = plan_.period.count() == 0;
    while (true) {
        if (!in_round_) {
            if (schedule_.done() || plan_.payloads.empty()) {
                return Progress::all_sent;
            }
            if (!schedule_.take(now)) {
                return Progress::waiting_for_time;
            }
            in_round_ = true;
            next_payload_ = 0;
        }
        const Payload& payload = plan_.payloads[next_payload_];
        const std::size_t room = host_.cycle_room(plan_.target, fast);
        // A payload larger than any room goes when nothing else waits.
        if (room == 0 || (payload->size() > room && !host_.cycle_drained(plan_.target))) {
            return Progress::waiting_for_room;
        }
        if (auto sent = host_.cycle_send(plan_.target, payload); !sent) {
            host_.cycle_refused(*this, sent.error());
            finish(sent.error());
            return Progress::ended;
        }
        if (++next_payload_ == plan_.payloads.size()) {
            in_round_ = false;
            ++rounds_;
        }
        // At each send: one to all clients of a server can take long.
        now = clock_.steady_now();
        if (finished_) {
            return Progress::ended;  // the send has cost the connection
        }
        if (now - begun > max_turn) {
            return Progress::out_of_turn;
        }
    }
}

void Cycle::stop(const std::optional<Error>& error) {
    if (!finished_) {
        finish(error);
    }
}

void Cycle::finish(const std::optional<Error>& error) {
    finished_ = true;
    timer_.disarm();
    host_.cycle_finished(*this, error);
}

}  // namespace sockdesk::engine
