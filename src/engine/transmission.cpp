#include "engine/transmission.hpp"

#include <algorithm>
#include <utility>

namespace sockdesk::engine {

namespace {

/// One turn of the loop sends for at most this long, so that what arrives meanwhile is read.
constexpr std::chrono::nanoseconds max_turn = std::chrono::milliseconds{1};

/// Together with one payload more, less than a log that is ready takes without fail.
constexpr std::size_t max_batch_bytes = std::size_t{256} << 10;

/// What a queue may charge for a payload beyond its bytes.
constexpr std::size_t queue_overhead_bytes = 64;

}  // namespace

Transmission::Transmission(net::Loop& loop, const Clock& clock, CycleHost& host, CycleId id,
                           std::vector<SendTarget> targets, std::shared_ptr<CycleProgress> progress)
    : clock_(clock),
      host_(host),
      id_(id),
      targets_(std::move(targets)),
      progress_(progress ? std::move(progress) : std::make_shared<CycleProgress>()),
      maker_(clock, host.random()),
      timer_(loop, [this] { run(); }) {}

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
            if (drained()) {
                finish(std::nullopt);
            }
            break;
        case Progress::failed:
        case Progress::ended:
            return;
    }
    host_.batch_end();
}

bool Transmission::drained() const {
    return std::all_of(targets_.begin(), targets_.end(),
                       [this](const SendTarget& target) { return host_.cycle_drained(target); });
}

Transmission::Progress Transmission::advance() {
    const SteadyTime begun = clock_.steady_now();
    SteadyTime now = begun;
    while (true) {
        const Progress progress = send_due(now);
        if (progress != Progress::due) {
            return progress;
        }
        if (finished_) {
            return Progress::ended;  // the send has cost the connection
        }
        // At each send: one to all clients of a server can take long.
        now = clock_.steady_now();
        if (now - begun > max_turn) {
            return Progress::out_of_turn;
        }
    }
}

/// `due` when something is sent and more can follow.
Transmission::Progress Transmission::send_due(SteadyTime now) {
    const Progress progress = next(now);
    if (progress == Progress::failed) {
        // Told in the log, like a send that was refused: it is why there is no more. But first, what there was goes out.
        return drained() ? refused(failure()) : Progress::waiting;
    }
    if (progress != Progress::due) {
        return progress;
    }
    const SendTarget& target = due_target();
    const SendRoute route = host_.cycle_route(target, is_as_fast_as_possible());
    if (route.room_bytes == 0) {
        return Progress::waiting;
    }
    if (route.to_each && due_payload().recipe() != nullptr) {
        return send_to_each(target, route, now);
    }
    if (!gather(target, route, now)) {
        return Progress::waiting;
    }
    std::size_t accepted = 0;
    const auto sent = host_.cycle_send(target, batch_, accepted);
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < accepted; ++i) {
        bytes += batch_[i]->size();
    }
    count(accepted, bytes);
    batch_.clear();
    if (!sent) {
        return refused(sent.error());
    }
    return Progress::due;
}

Transmission::Progress Transmission::send_to_each(const SendTarget& target, const SendRoute& route,
                                                  SteadyTime now) {
    const Outgoing& what = due_payload();
    if (!finds_room(most_bytes(what), target, route)) {
        return Progress::waiting;
    }
    const std::uint64_t counter = due_counter();
    std::size_t bytes = 0;
    const auto make = [&](const SendEnds& ends) {
        Payload payload = maker_.make(what, ends, counter);
        bytes = payload->size();
        return payload;
    };
    handed_over(now);
    // By reference, as a copy of what it refers to would take memory at each send.
    if (const auto sent = host_.cycle_send_to_each(target, std::ref(make)); !sent) {
        return refused(sent.error());
    }
    count(1, bytes);
    return Progress::due;
}

/// A payload larger than any room goes when nothing else waits.
bool Transmission::finds_room(std::size_t bytes, const SendTarget& target, const SendRoute& route) const {
    return bytes <= route.room_bytes || host_.cycle_drained(target);
}

/// Into `batch_` what is due for the same target and finds room; false if nothing does.
bool Transmission::gather(const SendTarget& target, const SendRoute& route, SteadyTime now) {
    std::optional<SendEnds> ends;  // of what is made; what is fixed does not ask
    std::size_t bytes = 0;
    const std::size_t most = std::min(route.room_bytes, max_batch_bytes);
    do {
        const Outgoing& what = due_payload();
        const std::size_t size = most_bytes(what);
        if (bytes + size > most) {
            if (!batch_.empty()) {
                break;
            }
            if (!finds_room(size, target, route)) {
                return false;
            }
        }
        if (what.recipe() != nullptr && !ends) {
            ends = host_.cycle_ends(target);
        }
        batch_.push_back(maker_.make(what, ends ? *ends : SendEnds{}, due_counter()));
        bytes += batch_.back()->size() + queue_overhead_bytes;
        handed_over(now);
    } while (batch_.size() < route.at_once && next(now) == Progress::due && due_target() == target);
    return true;
}

void Transmission::count(std::size_t payloads, std::size_t bytes) {
    if (payloads == 0) {
        return;
    }
    taken(payloads, *progress_);
    progress_->missed_rounds.store(missed_rounds(), std::memory_order_relaxed);
    progress_->payload_bytes.fetch_add(bytes, std::memory_order_relaxed);
    // The last: who has seen it sees the others.
    progress_->payloads.fetch_add(payloads, std::memory_order_release);
}

Transmission::Progress Transmission::refused(const Error& error) {
    host_.cycle_refused(*this, error);
    // What was refused may have cost the connection, and that this one.
    stop(error);
    return Progress::ended;
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
