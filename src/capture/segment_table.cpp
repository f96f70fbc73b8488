#include "capture/segment_table.hpp"

#include <algorithm>
#include <new>
#include <stdexcept>
#include <type_traits>

#include <sys/mman.h>

namespace sockdesk::capture {

SegmentTable::SegmentTable(SegmentPool& pool) : pool_(pool) {
    static_assert(std::is_trivial_v<Slot>, "the array begins as zeroed memory");
    void* memory = mmap(nullptr, sizeof(Slot) * max_segments, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    slots_ = static_cast<Slot*>(memory);
}

SegmentTable::~SegmentTable() {
    for (Position i = first_; i < linked_; ++i) pool_.recycle(std::unique_ptr<Segment>(slots_[i].segment));
    munmap(slots_, sizeof(Slot) * max_segments);
}

void SegmentTable::append(std::unique_ptr<Segment> segment, RecordIndex first_record,
                          std::uint64_t first_byte) {
    if (linked_ == max_segments) throw std::length_error("a log cannot be longer than 4 TiB");
    segment->first_record = first_record;
    slots_[linked_] = {first_record, first_byte, segment.release()};
    ++linked_;
}

SegmentTable::Position SegmentTable::find(RecordIndex record) const {
    const Slot* const begin = slots_;
    const Slot* const after =
        std::upper_bound(begin, begin + count(), record,
                         [](RecordIndex wanted, const Slot& slot) { return wanted < slot.first_record; });
    return after == begin ? 0 : static_cast<Position>(after - begin - 1);
}

void SegmentTable::release_before(RecordIndex record) {
    std::vector<std::unique_ptr<Segment>> released;
    {
        const std::lock_guard lock(mutex_);
        release_wanted_ = std::max(release_wanted_, record);
        release_locked(released);
    }
    recycle(std::move(released));
}

void SegmentTable::release_locked(std::vector<std::unique_ptr<Segment>>& out) {
    const Position count = this->count();
    Position end = count;
    for (const Hold* hold : holds_) end = std::min(end, hold->from_);
    // The last one is the writer's, and its end is not known.
    while (first_ < end && first_ + 1 < count && slots_[first_ + 1].first_record <= release_wanted_) {
        out.emplace_back(slots_[first_].segment);
        slots_[first_].segment = nullptr;
        ++first_;
        first_available_.store(slots_[first_].first_record, std::memory_order_release);
    }
}

void SegmentTable::recycle(std::vector<std::unique_ptr<Segment>> segments) {
    for (auto& segment : segments) pool_.recycle(std::move(segment));
}

SegmentTable::Hold::Hold(SegmentTable& table, bool everything) : table_(table) {
    const std::lock_guard lock(table_.mutex_);
    if (everything) from_ = table_.first_;
    table_.holds_.push_back(this);
}

SegmentTable::Hold::~Hold() {
    std::vector<std::unique_ptr<Segment>> released;
    {
        const std::lock_guard lock(table_.mutex_);
        std::erase(table_.holds_, this);
        table_.release_locked(released);
    }
    table_.recycle(std::move(released));
}

Segment* SegmentTable::Hold::move_to(Position position) {
    std::vector<std::unique_ptr<Segment>> released;
    Segment* segment = nullptr;
    {
        const std::lock_guard lock(table_.mutex_);
        from_ = position < table_.first_ ? nothing : position;
        if (from_ < table_.count()) segment = table_.slots_[from_].segment;
        table_.release_locked(released);
    }
    table_.recycle(std::move(released));
    return segment;
}

}  // namespace sockdesk::capture
