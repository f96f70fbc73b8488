#include "capture/saver.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "capture/background_thread.hpp"
#include "capture/pcapng.hpp"
#include "capture/save_file.hpp"

namespace sockdesk::capture {

namespace {

/// How long new data is gathered before it is written: half of what is promised.
constexpr std::chrono::milliseconds gathering{100};
/// Unless so much is there already: memory that it lies in is wanted back, under a flood soon. Looked for so often.
constexpr std::size_t burst_bytes = Segment::capacity_bytes;
constexpr std::chrono::milliseconds glance{10};

constexpr int niceness = 10;

}  // namespace

struct Saver::State {
    State(std::shared_ptr<Log> saved_log, SaveFile opened, RecordIndex first,
          std::function<void(const Error&)> tell)
        : log(std::move(saved_log)),
          file(std::move(opened)),
          first_record(first),
          on_error(std::move(tell)),
          hold(std::in_place, log->table_, Access::sequential, SegmentTable::Hold::Keeps::everything_after),
          saved(first) {
        if (auto opened_again = file.stored_file()) {
            stored_file = std::move(*opened_again);
            promise.emplace(log->table_);
        }
        // What is not wanted need not be kept. Nothing is released since the hold was made, so this is still
        // there.
        if (first != 0 && log->table_.count() != 0) {
            hold->keep_from(log->table_.find(std::max(first - 1, log->table_.first_available())));
        }
    }

    const std::shared_ptr<Log> log;
    SaveFile file;
    const RecordIndex first_record;
    const std::function<void(const Error&)> on_error;

    /// So that what is in the file need not stay in memory. Null where the file cannot be read.
    std::shared_ptr<const StoredFile> stored_file;
    std::optional<SegmentTable::StoringPromise> promise;

    // The saver's thread only: what is written next. Held from the beginning, so that it is not recycled
    // before.
    std::optional<SegmentTable::Hold> hold;
    bool located = false;
    SegmentTable::Position position = 0;
    Segment* segment = nullptr;  ///< null: the log had not come to `position` yet
    std::uint32_t offset = 0;
    /// Where the segment begins in the file, if all of it is there.
    std::optional<std::uint64_t> segment_at;

    std::atomic<RecordIndex> saved;
    std::atomic<bool> stopping{false};
    std::atomic<bool> flushing{false};

    std::mutex mutex;
    std::condition_variable changed;
    std::uint64_t done_bytes = 0;  ///< of the log: nothing before them is left to write
    std::optional<Error> failure;

    std::thread thread;

    void run();
    Result<bool> locate();
    Result<void> write_until(std::uint64_t target);
    Result<void> write_segment(std::uint32_t end);
    void hurry(std::atomic<bool>& why);
};

void Saver::State::run() {
    std::uint64_t done = 0;
    while (true) {
        log->doorbell_.wait([&] {
            return stopping.load(std::memory_order_seq_cst) || flushing.load(std::memory_order_seq_cst) ||
                   log->published_bytes_.load(std::memory_order_seq_cst) != done;
        });
        {
            std::unique_lock lock(mutex);
            for (auto waited = glance; waited <= gathering; waited += glance) {
                const auto at_once = [&] {
                    return stopping.load() || flushing.load() || log->published_bytes() - done >= burst_bytes;
                };
                if (changed.wait_for(lock, glance, at_once)) break;
            }
        }
        // These are looked at before the bytes: what was published before either was set is written now.
        const bool last = stopping.load();
        flushing.store(false);
        const std::uint64_t target = log->published_bytes_.load(std::memory_order_seq_cst);
        Result<void> result = write_until(target);
        if (!result) {
            hold.reset();  // the log may give the rest back: it will not be saved
            promise.reset();
            {
                const std::lock_guard lock(mutex);
                failure = result.error();
            }
            changed.notify_all();
            if (on_error) on_error(result.error());
            return;
        }
        done = target;
        {
            const std::lock_guard lock(mutex);
            done_bytes = done;
        }
        changed.notify_all();
        if (last) return;
    }
}

/// Finds where writing begins: behind the record before the first one wanted, so that the handshake of a
/// connection is not cut off its first record. False while that record is still to come.
Result<bool> Saver::State::locate() {
    if (located) return true;
    const SegmentTable& table = log->table_;
    if (log->published() < first_record || table.count() == 0) return false;
    located = true;

    // What this hold has kept since it was made begins here, whatever is released meanwhile.
    const RecordIndex available = table.first_available();
    position = table.find(first_record > available ? first_record - 1 : available);
    segment = hold->move_to(position);
    if (segment == nullptr) return tl::unexpected(*hold->error());
    const RecordIndex first_here = table.first_record(position);
    if (first_record > first_here) {
        const std::uint32_t at = segment->index()[first_record - 1 - first_here].block_offset;
        const auto block =
            pcapng::read_block(ByteView(segment->bytes(), Segment::capacity_bytes).subspan(at));
        offset = at + static_cast<std::uint32_t>(block ? block->size : 0);
    } else if (position == 0) {
        // The log's own section start is in the file already.
        offset = static_cast<std::uint32_t>(pcapng::section_start(log->name()).size());
        segment_at = file.size() - offset;
    } else {
        segment_at = file.size();
    }
    return true;
}

/// Writes what was published up to `target` bytes of the log: not until nothing is left, which under a flood
/// that is faster than the disk would be never.
Result<void> Saver::State::write_until(std::uint64_t target) {
    const auto there = locate();
    if (!there) return tl::unexpected(there.error());
    if (!*there) return {};
    while (true) {
        // The count first: when there is a segment after this one, this one's bytes are final.
        const SegmentTable::Position count = log->table_.count();
        const std::uint32_t end = segment->published_bytes.load(std::memory_order_acquire);
        if (auto result = write_segment(end); !result) return result;
        if (position + 1 < count && segment_at && stored_file) {
            log->table_.stored(position, stored_file, *segment_at);
        }
        if (position + 1 >= count || log->table_.first_byte(position + 1) >= target) return {};
        segment = hold->move_to(++position);
        if (segment == nullptr) return tl::unexpected(*hold->error());
        offset = 0;
        segment_at = file.size();
    }
}

Result<void> Saver::State::write_segment(std::uint32_t end) {
    Result<void> result;
    if (offset < end) {
        std::size_t written = 0;
        result = file.append({segment->bytes() + offset, end - offset}, written);
        offset += static_cast<std::uint32_t>(written);
    }
    // Records that are published by now may lie behind what was written.
    std::uint32_t records = segment->published_records.load(std::memory_order_acquire);
    while (records > 0 && segment->index()[records - 1].block_offset >= offset) --records;
    saved.store(log->table_.first_record(position) + records, std::memory_order_release);
    return result;
}

/// Sets a flag that the thread looks at in both of its waits.
void Saver::State::hurry(std::atomic<bool>& why) {
    {
        const std::lock_guard lock(mutex);
        why.store(true, std::memory_order_seq_cst);
    }
    changed.notify_all();
    log->doorbell_.ring();
}

Result<std::unique_ptr<Saver>> Saver::start(std::shared_ptr<Log> log, SaveOptions options,
                                            std::function<void(const Error&)> on_error) {
    auto file = SaveFile::open(std::move(options.path), options.mode);
    if (!file) return tl::unexpected(file.error());
    const Bytes start = pcapng::section_start(log->name());
    std::size_t written = 0;
    if (auto result = file->append(start, written); !result) return tl::unexpected(result.error());

    auto state =
        std::make_unique<State>(std::move(log), std::move(*file), options.first_record, std::move(on_error));
    state->thread = start_background_thread("sockdesk-saver", niceness, [at = state.get()] { at->run(); });
    return std::unique_ptr<Saver>(new Saver(std::move(state)));
}

Saver::Saver(std::unique_ptr<State> state) : state_(std::move(state)) {}

Saver::~Saver() {
    state_->hurry(state_->stopping);
    state_->thread.join();
}

Result<void> Saver::flush() {
    const std::uint64_t target = state_->log->published_bytes_.load(std::memory_order_seq_cst);
    state_->hurry(state_->flushing);
    std::unique_lock lock(state_->mutex);
    state_->changed.wait(lock, [&] { return state_->failure || state_->done_bytes >= target; });
    if (state_->failure) return tl::unexpected(*state_->failure);
    return {};
}

RecordIndex Saver::saved() const { return state_->saved.load(std::memory_order_acquire); }

}  // namespace sockdesk::capture
