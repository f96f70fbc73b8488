#include "app/replay_source.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <limits>
#include <mutex>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "capture/event_text.hpp"

namespace sockdesk::app {

namespace {

/// What may wait to be sent: some milliseconds of a fast network, and little beside the log itself.
constexpr std::size_t look_ahead_bytes = std::size_t{1} << 20;
constexpr std::size_t look_ahead_payloads = 4096;

/// The thread hands over so many at a time, so that the loop is not woken for each.
constexpr std::size_t batch_payloads = 64;
constexpr std::size_t batch_bytes = look_ahead_bytes / 8;

}  // namespace

std::chrono::nanoseconds replay_time(std::chrono::nanoseconds recorded, ReplaySpeed speed) {
    if (recorded.count() <= 0 || !(speed > 0)) return std::chrono::nanoseconds{0};
    // A double holds whole nanoseconds of a hundred days only: what needs no arithmetic gets none.
    if (speed == 1) return recorded;
    const double scaled = static_cast<double>(recorded.count()) / speed;
    constexpr auto most = std::numeric_limits<std::int64_t>::max() / 2;
    if (!(scaled < static_cast<double>(most))) return std::chrono::nanoseconds{most};
    return std::chrono::nanoseconds{static_cast<std::int64_t>(scaled)};
}

struct ReplaySource::Reading {
    const std::shared_ptr<const capture::Log> log;
    const ReplayFlow flow;
    const Timestamp begin;
    const ReplaySpeed speed;
    const capture::Access access;

    mutable std::mutex mutex;  // guards what follows, up to the thread
    std::condition_variable room;
    std::deque<engine::TimedPayload> ahead;
    std::size_t ahead_bytes = 0;
    bool ended = false;
    bool stopping = false;
    std::optional<Error> error;
    std::function<void()> ready;

    std::thread thread;

    Reading(std::shared_ptr<const capture::Log> the_log, ReplayFlow the_flow, Timestamp the_begin,
            ReplaySpeed the_speed, capture::Access the_access)
        : log(std::move(the_log)),
          flow(std::move(the_flow)),
          begin(the_begin),
          speed(the_speed),
          access(the_access) {
        thread = std::thread([this] { run(); });
    }

    bool is_full() const { return ahead_bytes >= look_ahead_bytes || ahead.size() >= look_ahead_payloads; }

    /// False: the source is being destroyed.
    bool hand_over(std::vector<engine::TimedPayload>& batch) {
        std::unique_lock lock(mutex);
        room.wait(lock, [this] { return stopping || !is_full(); });
        if (stopping) return false;
        const bool was_empty = ahead.empty();
        for (engine::TimedPayload& each : batch) {
            ahead_bytes += each.payload->size();
            ahead.push_back(std::move(each));
        }
        batch.clear();
        if (was_empty && !ahead.empty() && ready) ready();
        return true;
    }

    void end_with(std::optional<Error> why) {
        const std::lock_guard lock(mutex);
        error = std::move(why);
        ended = true;
        if (ready) ready();
    }

    void run() {
        capture::LogReader reader(log, access);
        std::vector<engine::TimedPayload> batch;
        std::size_t bytes = 0;
        std::chrono::nanoseconds latest{0};
        RecordIndex index = flow.first;
        for (std::size_t i = 0; i < flow.records(); ++i) {
            if (i != 0) index += flow.steps[i - 1];
            const capture::RecordView record = reader.record(index);
            if (record.kind != capture::RecordKind::payload) {
                if (hand_over(batch)) end_with(unreadable(record));
                return;
            }
            latest = std::max(latest, replay_time(record.time - begin, speed));
            batch.push_back({latest, engine::make_payload({record.payload.begin(), record.payload.end()})});
            bytes += record.payload.size();
            if (batch.size() < batch_payloads && bytes < batch_bytes) continue;
            if (!hand_over(batch)) return;
            bytes = 0;
        }
        if (hand_over(batch)) end_with(std::nullopt);
    }

    /// A payload when the plan was made, and now what the reader tells instead.
    static Error unreadable(const capture::RecordView& record) {
        return Error{ErrorKind::system,
                     fmt::format("replay record {}: {}", record.index + 1,
                                 capture::describe(capture::decode_event(record))),
                     {},
                     Error::no_position};
    }
};

ReplaySource::ReplaySource(std::shared_ptr<const capture::Log> log, ReplayFlow flow, Timestamp begin,
                           ReplaySpeed speed, bool alone)
    : reading_(std::make_unique<Reading>(std::move(log), std::move(flow), begin, speed,
                                         alone ? capture::Access::sequential : capture::Access::random)) {}

ReplaySource::~ReplaySource() {
    {
        const std::lock_guard lock(reading_->mutex);
        reading_->stopping = true;
    }
    reading_->room.notify_all();
    reading_->thread.join();
}

engine::PayloadSource::State ReplaySource::state() {
    const std::lock_guard lock(reading_->mutex);
    if (!reading_->ahead.empty()) return State::ready;
    if (!reading_->ended) return State::waiting;
    return reading_->error ? State::failed : State::ended;
}

engine::TimedPayload ReplaySource::next() {
    engine::TimedPayload first;
    bool was_full = false;
    {
        const std::lock_guard lock(reading_->mutex);
        was_full = reading_->is_full();
        first = std::move(reading_->ahead.front());
        reading_->ahead.pop_front();
        reading_->ahead_bytes -= first.payload->size();
    }
    if (was_full) reading_->room.notify_one();
    return first;
}

Error ReplaySource::error() const {
    const std::lock_guard lock(reading_->mutex);
    return reading_->error.value_or(Error{});
}

void ReplaySource::on_ready(std::function<void()> ready) {
    const std::lock_guard lock(reading_->mutex);
    reading_->ready = std::move(ready);
}

}  // namespace sockdesk::app
