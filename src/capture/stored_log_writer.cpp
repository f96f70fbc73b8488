#include "capture/stored_log_writer.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace sockdesk::capture {

namespace {

/// Between two looks whether there is memory again. The reader of a file is in no hurry, and other logs, which
/// are, have the pool's only callback.
constexpr std::chrono::milliseconds retry_interval{5};

}  // namespace

struct StoredLogWriter::State {
    std::shared_ptr<Log> log;
    std::shared_ptr<const StoredFile> file;
    Segment* segment = nullptr;  ///< owned by the log's table
    SegmentTable::Position position = 0;
    std::uint64_t file_offset = 0;  ///< of `segment`
    RecordIndex first_record = 0;   ///< of `segment`
    std::uint64_t first_byte = 0;
    Timestamp last_time{};

    void publish();
};

void StoredLogWriter::State::publish() {
    Log& to = *log;
    // In the order that LogWriter explains.
    segment->published_records.store(segment->written_records, std::memory_order_release);
    segment->published_bytes.store(segment->written_bytes, std::memory_order_release);
    to.table_.publish();
    to.published_.store(first_record + segment->written_records, std::memory_order_release);
    to.published_bytes_.store(first_byte + segment->written_bytes, std::memory_order_seq_cst);
    to.doorbell_.ring_if_waited_for();
}

StoredLogWriter::StoredLogWriter(std::shared_ptr<Log> log, std::shared_ptr<const StoredFile> file)
    : state_(std::make_unique<State>()) {
    state_->log = std::move(log);
    state_->file = std::move(file);
}

StoredLogWriter::~StoredLogWriter() {
    if (state_->segment != nullptr) state_->publish();
}

Segment* StoredLogWriter::begin_segment(std::uint64_t file_offset, const std::atomic<bool>& stop) {
    State& state = *state_;
    Log& log = *state.log;
    std::unique_ptr<Segment> fresh;
    while (!(fresh = log.pool_.take(Patience::can_wait))) {
        if (stop.load()) return nullptr;
        std::this_thread::sleep_for(retry_interval);
    }
    Segment* const complete = state.segment;
    if (complete != nullptr) {
        state.publish();
        state.first_record += complete->written_records;
        state.first_byte += complete->written_bytes;
    }
    state.segment = fresh.get();
    log.table_.append(std::move(fresh), {state.first_record, state.first_byte, state.last_time});
    if (complete != nullptr) {
        // The segment can leave memory as soon as the one after it is seen; where it lies must be known before.
        log.table_.stored(state.position, state.file, state.file_offset);
        ++state.position;
        state.publish();
    }
    state.file_offset = file_offset;
    return state.segment;
}

void StoredLogWriter::publish(Timestamp last_time) {
    if (state_->segment == nullptr) return;
    state_->last_time = std::max(state_->last_time, last_time);
    state_->publish();
}

}  // namespace sockdesk::capture
