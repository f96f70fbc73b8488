#include "engine/transmission.hpp"

#include <utility>

namespace sockdesk::engine {

namespace {

/// One turn of the loop sends for at most this long, so that what arrives meanwhile is read.
constexpr std::chrono::nanoseconds max_turn = std::chrono::milliseconds{1};

}  // namespace

Transmission::Transmission(net::Loop& loop, const Clock& clock, CycleHost& host, CycleId id,
                           SendTarget target)
    : clock_(clock), host_(host), id_(id), target_(std::move(target)), timer_(loop, [this] { run(); }) {}

void Transmission::run() {
    if (finished_ || running_) {
        return;  // sending can empty a queue, which calls back here
    }
    running_ = true;
    const Progress progress = advance();
    running_ = false;
    switch (progress) {
        case Progress::waiting_for_time:
            timer_.arm(next_deadline());
            break;
        case Progress::due:
        case Progress::out_of_turn:
            timer_.arm(clock_.steady_now());
            break;
        case Progress::waiting:
            break;
        case Progress::all_sent:
            if (host_.cycle_drained(target_)) {
                finish(std::nullopt);
            }
            break;
        case Progress::ended:
            return;
    }
    host_.batch_end();
}

Transmission::Progress Transmission::advance() {
    const SteadyTime begun = clock_.steady_now();
    SteadyTime now = begun;
    while (true) {
        Progress progress = next(now);
        if (progress == Progress::due) {
            progress = send_due(now);
        }
        if (progress != Progress::due) {
            return progress;
        }
        if (finished_) {
            return Progress::ended;  // the send has cost the connection
        }
        if (now - begun > max_turn) {
            return Progress::out_of_turn;
        }
    }
}

/// `due` when the payload is sent and more can follow. Brings `now` up to date.
Transmission::Progress Transmission::send_due(SteadyTime& now) {
    const Payload& payload = due_payload();
    const std::size_t room = host_.cycle_room(target_, is_as_fast_as_possible());
    // A payload larger than any room goes when nothing else waits.
    if (room == 0 || (payload->size() > room && !host_.cycle_drained(target_))) {
        return Progress::waiting;
    }
    if (auto sent = host_.cycle_send(target_, payload); !sent) {
        host_.cycle_refused(*this, sent.error());
        // What was refused may have cost the connection, and that this one.
        stop(sent.error());
        return Progress::ended;
    }
    payload_sent(now);
    // At each send: one to all clients of a server can take long.
    now = clock_.steady_now();
    return Progress::due;
}

void Transmission::stop(const std::optional<Error>& error) {
    if (!finished_) {
        finish(error);
    }
}

void Transmission::finish(const std::optional<Error>& error) {
    finished_ = true;
    timer_.disarm();
    host_.cycle_finished(*this, error);
}

}  // namespace sockdesk::engine
