#include "app/replay_source.hpp"

#include <algorithm>
#include <limits>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "app/look_ahead.hpp"
#include "capture/event_text.hpp"

namespace sockdesk::app {

namespace {

/// The thread hands over so many at a time, so that the loop is not woken for each.
constexpr std::size_t batch_payloads = 64;
constexpr std::size_t batch_bytes = std::size_t{128} << 10;

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

    LookAhead ahead;
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

    void run() {
        capture::LogReader reader(log, access);
        std::vector<LookAhead::Item> batch;
        std::size_t bytes = 0;
        std::chrono::nanoseconds latest{0};
        RecordIndex index = flow.first;
        for (std::size_t i = 0; i < flow.records(); ++i) {
            if (i != 0) index += flow.steps[i - 1];
            const capture::RecordView record = reader.record(index);
            if (record.kind != capture::RecordKind::payload) {
                if (ahead.give(batch)) ahead.end(unreadable(record));
                return;
            }
            latest = std::max(latest, replay_time(record.time - begin, speed));
            batch.push_back({{latest, engine::make_payload({record.payload.begin(), record.payload.end()})}});
            bytes += record.payload.size();
            if (batch.size() < batch_payloads && bytes < batch_bytes) continue;
            if (!ahead.give(batch)) return;
            bytes = 0;
        }
        if (ahead.give(batch)) ahead.end(std::nullopt);
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
    reading_->ahead.stop();
    reading_->thread.join();
}

engine::PayloadSource::State ReplaySource::state() { return reading_->ahead.state(); }

engine::TimedPayload ReplaySource::next() { return reading_->ahead.take().payload; }

Error ReplaySource::error() const { return reading_->ahead.error(); }

void ReplaySource::on_ready(std::function<void()> ready) { reading_->ahead.on_ready(std::move(ready)); }

}  // namespace sockdesk::app
