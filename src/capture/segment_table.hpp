// Which segments a log consists of. Grows at the end by its one writer, shrinks at the front when records are
// released, and is looked through by any number of threads meanwhile.
//
// The slots are one array of fixed place, so that a reader never meets one that moves; it is address space
// until it is used. What a slot says of its segment stays when the segment itself is gone, so the table also
// serves a log whose older segments are elsewhere.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <vector>

#include "base/ids.hpp"
#include "capture/segment.hpp"
#include "capture/segment_pool.hpp"

namespace sockdesk::capture {

class SegmentTable {
public:
    using Position = std::uint32_t;  ///< of a segment in the log, from 0

    /// 4 TiB of log.
    static constexpr Position max_segments = Position{1} << 19;

    explicit SegmentTable(SegmentPool& pool);
    ~SegmentTable();
    SegmentTable(const SegmentTable&) = delete;
    SegmentTable& operator=(const SegmentTable&) = delete;

    // ---- the writer

    /// Links a segment at the end; others see it after `publish`. `first_byte` is its place in the whole log.
    void append(std::unique_ptr<Segment> segment, RecordIndex first_record, std::uint64_t first_byte);
    void publish() { published_.store(linked_, std::memory_order_release); }
    Position linked() const { return linked_; }
    Segment* linked_segment(Position position) { return slots_[position].segment; }

    // ---- everyone

    Position count() const { return published_.load(std::memory_order_acquire); }
    RecordIndex first_record(Position position) const { return slots_[position].first_record; }
    std::uint64_t first_byte(Position position) const { return slots_[position].first_byte; }

    /// The segment that holds `record`, or would when it is beyond the last one. The table must not be empty.
    Position find(RecordIndex record) const;

    /// Recycles the segments whose records are all below `record`, in order, up to the first that is held, or
    /// the last of the log. What is held now goes when it is let go.
    void release_before(RecordIndex record);

    /// The first record that has not been recycled.
    RecordIndex first_available() const { return first_available_.load(std::memory_order_acquire); }

    /// Keeps one segment and all after it from being recycled. One for every reader and saver.
    class Hold {
    public:
        /// Holds nothing yet; from the table's first segment on if `everything`.
        explicit Hold(SegmentTable& table, bool everything = false);
        ~Hold();
        Hold(const Hold&) = delete;
        Hold& operator=(const Hold&) = delete;

        /// Lets go of the place held before. Null, and nothing held, when that segment has been recycled. The
        /// position must be below `count()`, or equal to it (then null: a segment to come is held).
        Segment* move_to(Position position);

    private:
        friend class SegmentTable;
        static constexpr Position nothing = std::numeric_limits<Position>::max();

        SegmentTable& table_;
        Position from_ = nothing;
    };

private:
    struct Slot {
        RecordIndex first_record;
        std::uint64_t first_byte;
        Segment* segment;  ///< owned; after publishing, changed and read by others under the mutex
    };

    void release_locked(std::vector<std::unique_ptr<Segment>>& out);
    void recycle(std::vector<std::unique_ptr<Segment>> segments);

    SegmentPool& pool_;
    Slot* slots_ = nullptr;
    Position linked_ = 0;  ///< the writer's
    std::atomic<Position> published_{0};

    // The mutex is never the writer's: it is taken when a reader goes from one segment to another.
    std::mutex mutex_;
    std::vector<Hold*> holds_;
    Position first_ = 0;              ///< the first that has not been recycled
    RecordIndex release_wanted_ = 0;  ///< the furthest that was asked for
    std::atomic<RecordIndex> first_available_{0};
};

}  // namespace sockdesk::capture
