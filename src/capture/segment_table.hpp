// Which segments a log consists of. Grows at the end by its one writer, shrinks at the front when records are
// released, and is looked through by any number of threads meanwhile. A segment that is complete may leave memory
// when the pool is short; it then lies in a file and is read back when somebody moves to it.
//
// The slots are one array of fixed place, so that a reader never meets one that moves; it is address space
// until it is used.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "capture/segment.hpp"
#include "capture/segment_pool.hpp"
#include "capture/stored_file.hpp"

namespace sockdesk::capture {

/// How a reader will move, which matters where a part of the log is on disk only.
enum class Access : std::uint8_t {
    random,      ///< what is looked at is kept in memory for the next look, by whomever
    sequential,  ///< goes through the log once: pushes nothing else out of memory
};

class SegmentTable final : private SegmentHolder {
public:
    using Position = std::uint32_t;  ///< of a segment in the log, from 0

    /// 4 TiB of log.
    static constexpr Position max_segments = Position{1} << 19;

    explicit SegmentTable(SegmentPool& pool);
    ~SegmentTable();
    SegmentTable(const SegmentTable&) = delete;
    SegmentTable& operator=(const SegmentTable&) = delete;

    // ---- the writer

    struct Beginning {
        RecordIndex record = 0;
        std::uint64_t byte = 0;  ///< in the whole log
        Timestamp time{};        ///< no record of the segment is older
    };
    /// Links a segment at the end, which completes the one before; others see it after `publish`.
    void append(std::unique_ptr<Segment> segment, const Beginning& beginning);
    void publish();
    Position linked() const { return linked_; }
    Segment* linked_segment(Position position) { return slots_[position].segment; }

    // ---- everyone

    Position count() const { return published_.load(std::memory_order_acquire); }
    RecordIndex first_record(Position position) const { return slots_[position].beginning.record; }
    std::uint64_t first_byte(Position position) const { return slots_[position].beginning.byte; }
    Timestamp first_time(Position position) const { return slots_[position].beginning.time; }

    /// The segment that holds `record`, or would when it is beyond the last one. The table must not be empty.
    Position find(RecordIndex record) const;
    /// The last segment that begins before `time`, or the first one.
    Position find(Timestamp time) const;

    /// Recycles the segments whose records are all below `record`, in order, up to the first that is held, or
    /// the last of the log. What is held now goes when it is let go.
    void release_before(RecordIndex record);

    /// The first record that has not been recycled.
    RecordIndex first_available() const { return first_available_.load(std::memory_order_acquire); }

    /// The complete segment at `position` lies in that file from `offset` on, and will stay there.
    void stored(Position position, std::shared_ptr<const StoredFile> file, std::uint64_t offset);

    /// As long as one exists, segments are going to be reported by `stored`: they are not written elsewhere just because
    /// it takes a moment.
    class StoringPromise {
    public:
        explicit StoringPromise(SegmentTable& table);
        ~StoringPromise();
        StoringPromise(const StoringPromise&) = delete;
        StoringPromise& operator=(const StoringPromise&) = delete;

    private:
        SegmentTable& table_;
    };

    /// Keeps the segment that a reader is at in memory, and for a saver everything after it from being recycled.
    class Hold {
    public:
        enum class Keeps : std::uint8_t { segment, everything_after };

        /// Holds nothing yet; with `everything_after`, from the table's first segment on.
        explicit Hold(SegmentTable& table, Access access, Keeps keeps = Keeps::segment);
        ~Hold();
        Hold(const Hold&) = delete;
        Hold& operator=(const Hold&) = delete;

        /// Lets go of the place held before. Null when that segment has been recycled, or could not be read back (see
        /// `error`). The position must be below `count()`, or equal to it (then null). May read from disk.
        Segment* move_to(Position position);

        /// With `everything_after`: what is before `position` is not needed. Reads nothing.
        void keep_from(Position position);

        /// Why the last `move_to` gave none, where it is not that there is none.
        const std::optional<Error>& error() const { return error_; }

    private:
        friend class SegmentTable;
        static constexpr Position nothing = std::numeric_limits<Position>::max();

        SegmentTable& table_;
        const Access access_;
        const Keeps keeps_;
        Position keeps_from_ = nothing;
        Position pinned_ = nothing;
        std::unique_ptr<Segment> own_;  ///< sequential: a copy of one that is not in memory
        std::optional<Error> error_;
    };

private:
    /// Where a segment lies when it is not in memory, or need not be.
    struct Place {
        std::uint32_t file;  ///< in `files_`, from 1; 0: nowhere
        std::uint64_t offset;
    };

    struct Slot {
        Beginning beginning;
        // What follows is changed and read under the mutex once the segment after it is published.
        Segment* segment;  ///< owned; null: elsewhere, or recycled
        std::uint32_t bytes;
        std::uint32_t records;
        Place blocks;
        Place index;
        std::uint64_t last_used;
        std::uint32_t pins;  ///< readers, and whoever moves it between memory and disk
        bool loading;
    };

    using Lock = std::unique_lock<std::mutex>;

    /// What nobody needs any more, to be given back when the mutex is no longer held.
    struct Released {
        struct Extent {
            std::uint64_t offset = 0;
            std::uint64_t bytes = 0;
        };
        std::vector<std::unique_ptr<Segment>> segments;
        std::shared_ptr<const StoredFile> file;
        std::vector<Extent> extents;
    };

    // SegmentHolder
    Idle longest_idle() override;
    Result<std::unique_ptr<Segment>> let_go() override;
    Result<std::unique_ptr<Segment>> let_go(Lock& lock);

    void absorb_locked();
    std::optional<Position> idle_locked(bool& soon) const;
    Result<void> store(Position position, Lock& lock);
    Result<std::shared_ptr<const StoredFile>> spill_file();
    std::uint32_t file_number_locked(const std::shared_ptr<const StoredFile>& file);
    Segment* bring_back(Position position, Lock& lock, std::optional<Error>& error);
    Result<void> read_back(const Slot& slot, Segment& into, Lock& lock);
    void release_locked(Released& out);
    void give_back(Released released);

    SegmentPool& pool_;
    Slot* slots_ = nullptr;
    Position linked_ = 0;  ///< the writer's
    std::atomic<Position> published_{0};

    // The mutex is never the writer's while it receives: it is taken when a reader goes from one segment to another. Never
    // held over disk access, nor while the pool is called.
    mutable std::mutex mutex_;
    std::condition_variable loaded_;
    std::vector<Hold*> keepers_;  ///< holds that keep everything after
    std::uint32_t promises_ = 0;
    std::vector<Position> in_memory_;  ///< of those below `absorbed_`
    Position absorbed_ = 0;
    Position first_ = 0;              ///< the first that has not been recycled
    RecordIndex release_wanted_ = 0;  ///< the furthest that was asked for
    std::atomic<RecordIndex> first_available_{0};

    std::vector<std::shared_ptr<const StoredFile>> files_;
    std::uint32_t spill_ = 0;  ///< the nameless one, as in `Place::file`

    // The pool's thread's.
    std::shared_ptr<const StoredFile> spill_file_;
    std::uint64_t spill_end_ = 0;
};

}  // namespace sockdesk::capture
