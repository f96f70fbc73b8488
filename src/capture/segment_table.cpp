#include "capture/segment_table.hpp"

#include <algorithm>
#include <new>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include <sys/mman.h>

namespace sockdesk::capture {

namespace {

Result<void> no_memory() {
    return fail(
        ErrorKind::too_large,
        "read a part of the log back: the machine has no memory left; close something and look again");
}

}  // namespace

SegmentTable::SegmentTable(SegmentPool& pool) : pool_(pool) {
    static_assert(std::is_trivially_copyable_v<Slot>, "the array begins as zeroed memory");
    void* memory = mmap(nullptr, sizeof(Slot) * max_segments, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    slots_ = static_cast<Slot*>(memory);
    pool_.add_holder(*this);
}

SegmentTable::~SegmentTable() {
    pool_.remove_holder(*this);
    for (Position i = first_; i < linked_; ++i) {
        if (slots_[i].segment != nullptr) pool_.recycle(std::unique_ptr<Segment>(slots_[i].segment));
    }
    munmap(slots_, sizeof(Slot) * max_segments);
}

// ---- the writer

void SegmentTable::append(std::unique_ptr<Segment> segment, const Beginning& beginning) {
    if (linked_ == max_segments) throw std::length_error("a log cannot be longer than 4 TiB");
    segment->first_record = beginning.record;
    if (linked_ > 0) {
        Slot& complete = slots_[linked_ - 1];
        complete.bytes = complete.segment->written_bytes;
        complete.records = complete.segment->written_records;
    }
    slots_[linked_].beginning = beginning;
    slots_[linked_].segment = segment.release();
    ++linked_;
}

void SegmentTable::publish() {
    if (published_.load(std::memory_order_relaxed) == linked_) return;
    published_.store(linked_, std::memory_order_release);
    pool_.poke();  // the one before can go now
}

// ---- everyone

SegmentTable::Position SegmentTable::find(RecordIndex record) const {
    const Slot* const begin = slots_;
    const Slot* const after =
        std::upper_bound(begin, begin + count(), record,
                         [](RecordIndex wanted, const Slot& slot) { return wanted < slot.beginning.record; });
    return after == begin ? 0 : static_cast<Position>(after - begin - 1);
}

SegmentTable::Position SegmentTable::find(Timestamp time) const {
    const Slot* const begin = slots_;
    const Slot* const after =
        std::lower_bound(begin, begin + count(), time,
                         [](const Slot& slot, Timestamp wanted) { return slot.beginning.time < wanted; });
    return after == begin ? 0 : static_cast<Position>(after - begin - 1);
}

void SegmentTable::release_before(RecordIndex record) {
    Released released;
    {
        const std::lock_guard lock(mutex_);
        release_wanted_ = std::max(release_wanted_, record);
        release_locked(released);
    }
    give_back(std::move(released));
}

void SegmentTable::release_locked(Released& out) {
    const Position count = this->count();
    Position end = count;
    for (const Hold* hold : keepers_) end = std::min(end, hold->keeps_from_);
    // The last one is the writer's, and its end is not known.
    while (first_ < end && first_ + 1 < count && slots_[first_ + 1].beginning.record <= release_wanted_ &&
           slots_[first_].pins == 0) {
        Slot& slot = slots_[first_];
        if (slot.segment != nullptr) {
            std::erase(in_memory_, first_);
            out.segments.emplace_back(std::exchange(slot.segment, nullptr));
        }
        if (slot.index.file != 0) {
            // The blocks lie behind the index, if they do not lie in another file.
            const bool both = slot.blocks.file == slot.index.file;
            out.file = files_[slot.index.file - 1];
            out.extents.push_back(
                {slot.index.offset, slot.records * sizeof(IndexEntry) + (both ? slot.bytes : 0)});
        }
        ++first_;
        absorbed_ = std::max(absorbed_, first_);
        first_available_.store(slots_[first_].beginning.record, std::memory_order_release);
    }
}

void SegmentTable::give_back(Released released) {
    for (auto& segment : released.segments) pool_.recycle(std::move(segment));
    for (const auto& extent : released.extents) released.file->discard(extent.offset, extent.bytes);
}

// ---- leaving memory

/// Enters what the writer has completed since the last time among those that can leave.
void SegmentTable::absorb_locked() {
    const Position count = this->count();
    for (; absorbed_ + 1 < count; ++absorbed_) {
        slots_[absorbed_].last_used = pool_.tick();
        in_memory_.push_back(absorbed_);
    }
}

std::optional<SegmentTable::Position> SegmentTable::idle_locked(bool& soon) const {
    std::optional<Position> best;
    for (const Position position : in_memory_) {
        const Slot& slot = slots_[position];
        if (slot.pins != 0) continue;
        if (slot.blocks.file == 0 && promises_ > 0) {
            soon = true;
            continue;
        }
        if (!best || slot.last_used < slots_[*best].last_used) best = position;
    }
    return best;
}

SegmentHolder::Idle SegmentTable::longest_idle() {
    if (pool_.spill_folder().empty()) return {};  // the index has nowhere to go
    const std::lock_guard lock(mutex_);
    absorb_locked();
    bool soon = false;
    if (const auto position = idle_locked(soon)) return {Outlook::ready, slots_[*position].last_used};
    return {soon ? Outlook::soon : Outlook::none, 0};
}

Result<std::unique_ptr<Segment>> SegmentTable::let_go() {
    Released released;
    Result<std::unique_ptr<Segment>> given = nullptr;
    {
        Lock lock(mutex_);
        given = let_go(lock);
        // It was pinned for a moment, which may have been in the way of a release.
        release_locked(released);
    }
    give_back(std::move(released));
    return given;
}

Result<std::unique_ptr<Segment>> SegmentTable::let_go(Lock& lock) {
    bool soon = false;
    const auto position = idle_locked(soon);
    if (!position) return nullptr;
    Slot& slot = slots_[*position];
    if (slot.blocks.file == 0 || slot.index.file == 0) {
        ++slot.pins;
        auto result = store(*position, lock);
        --slot.pins;
        if (!result) return tl::unexpected(result.error());
        if (slot.pins != 0) return nullptr;
    }
    std::erase(in_memory_, *position);
    return std::unique_ptr<Segment>(std::exchange(slot.segment, nullptr));
}

/// Writes what of the segment lies in no file yet to the nameless one. Pinned meanwhile.
Result<void> SegmentTable::store(Position position, Lock& lock) {
    Slot& slot = slots_[position];
    const bool blocks_too = slot.blocks.file == 0;
    const Segment& segment = *slot.segment;
    const std::size_t bytes = slot.bytes;
    const std::size_t index_bytes = slot.records * sizeof(IndexEntry);
    lock.unlock();

    const std::uint64_t index_at = spill_end_;
    const std::uint64_t blocks_at = index_at + index_bytes;
    Result<void> result;
    auto file = spill_file();
    if (!file) {
        result = tl::unexpected(file.error());
    } else {
        result = (*file)->write(index_at, segment.index(), index_bytes);
        if (result && blocks_too) result = (*file)->write(blocks_at, segment.bytes(), bytes);
    }
    lock.lock();
    if (!result) return result;
    const std::uint32_t number = file_number_locked(*file);
    spill_ = number;
    slot.index = {number, index_at};
    if (blocks_too) slot.blocks = {number, blocks_at};
    // At a page, so that what is discarded gives its disk blocks back.
    constexpr std::uint64_t page = 4096;
    spill_end_ = (blocks_at + (blocks_too ? bytes : 0) + page - 1) / page * page;
    return {};
}

Result<std::shared_ptr<const StoredFile>> SegmentTable::spill_file() {
    if (!spill_file_) {
        auto made = StoredFile::make_nameless(pool_.spill_folder());
        if (!made) return made;
        spill_file_ = std::move(*made);
    }
    return spill_file_;
}

std::uint32_t SegmentTable::file_number_locked(const std::shared_ptr<const StoredFile>& file) {
    auto found = std::find(files_.begin(), files_.end(), file);
    if (found == files_.end()) found = files_.insert(files_.end(), file);
    return static_cast<std::uint32_t>(found - files_.begin() + 1);
}

void SegmentTable::stored(Position position, std::shared_ptr<const StoredFile> file, std::uint64_t offset) {
    {
        const std::lock_guard lock(mutex_);
        Slot& slot = slots_[position];
        if (slot.blocks.file != 0) return;
        slot.blocks = {file_number_locked(file), offset};
    }
    pool_.poke();
}

SegmentTable::StoringPromise::StoringPromise(SegmentTable& table) : table_(table) {
    const std::lock_guard lock(table_.mutex_);
    ++table_.promises_;
}

SegmentTable::StoringPromise::~StoringPromise() {
    {
        const std::lock_guard lock(table_.mutex_);
        --table_.promises_;
    }
    table_.pool_.poke();
}

// ---- coming back

Result<void> SegmentTable::read_back(const Slot& slot, Segment& into, Lock& lock) {
    const Slot copy = slot;
    const auto blocks = files_[copy.blocks.file - 1];
    const auto index = files_[copy.index.file - 1];
    lock.unlock();
    auto result = blocks->read(copy.blocks.offset, into.bytes(), copy.bytes);
    if (result) result = index->read(copy.index.offset, into.index(), copy.records * sizeof(IndexEntry));
    into.first_record = copy.beginning.record;
    into.written_bytes = copy.bytes;
    into.written_records = copy.records;
    into.published_bytes.store(copy.bytes, std::memory_order_release);
    into.published_records.store(copy.records, std::memory_order_release);
    lock.lock();
    return result;
}

/// Pinned by the caller.
Segment* SegmentTable::bring_back(Position position, Lock& lock, std::optional<Error>& error) {
    Slot& slot = slots_[position];
    loaded_.wait(lock, [&] { return !slot.loading; });
    if (slot.segment != nullptr) return slot.segment;
    slot.loading = true;
    lock.unlock();
    std::unique_ptr<Segment> segment;
    try {
        segment = pool_.take_over_budget();
    } catch (const std::bad_alloc&) {
        segment.reset();
    }
    lock.lock();
    const auto result = segment ? read_back(slot, *segment, lock) : no_memory();
    slot.loading = false;
    loaded_.notify_all();
    if (!result) {
        error = result.error();
        lock.unlock();
        pool_.recycle(std::move(segment));
        lock.lock();
        return nullptr;
    }
    slot.segment = segment.release();
    in_memory_.push_back(position);
    return slot.segment;
}

SegmentTable::Hold::Hold(SegmentTable& table, Access access, Keeps keeps)
    : table_(table), access_(access), keeps_(keeps) {
    if (keeps_ == Keeps::segment) return;
    const std::lock_guard lock(table_.mutex_);
    keeps_from_ = table_.first_;
    table_.keepers_.push_back(this);
}

SegmentTable::Hold::~Hold() {
    Released released;
    bool unpinned = false;
    {
        const std::lock_guard lock(table_.mutex_);
        if (keeps_ == Keeps::everything_after) std::erase(table_.keepers_, this);
        if (pinned_ != nothing) unpinned = --table_.slots_[pinned_].pins == 0;
        table_.release_locked(released);
    }
    table_.give_back(std::move(released));
    if (unpinned) table_.pool_.poke();
}

void SegmentTable::Hold::keep_from(Position position) {
    Released released;
    {
        const std::lock_guard lock(table_.mutex_);
        keeps_from_ = std::max(position, table_.first_);
        table_.release_locked(released);
    }
    table_.give_back(std::move(released));
}

Segment* SegmentTable::Hold::move_to(Position position) {
    Released released;
    Segment* segment = nullptr;
    bool unpinned = false;
    error_.reset();
    {
        Lock lock(table_.mutex_);
        if (pinned_ != nothing) {
            unpinned = --table_.slots_[pinned_].pins == 0;
            pinned_ = nothing;
        }
        const bool recycled = position < table_.first_;
        if (keeps_ == Keeps::everything_after) keeps_from_ = recycled ? nothing : position;
        if (!recycled && position < table_.count()) {
            Slot& slot = table_.slots_[position];
            // Pinned before it is read back: nobody may recycle it meanwhile.
            ++slot.pins;
            pinned_ = position;
            slot.last_used = table_.pool_.tick();
            segment = slot.segment;
            if (segment == nullptr && access_ == Access::random) {
                segment = table_.bring_back(position, lock, error_);
            } else if (segment == nullptr) {
                if (!own_) own_ = std::make_unique<Segment>();
                const auto result = table_.read_back(slot, *own_, lock);
                if (result) {
                    segment = own_.get();
                } else {
                    error_ = result.error();
                }
            }
        }
        table_.release_locked(released);
    }
    table_.give_back(std::move(released));
    if (unpinned) table_.pool_.poke();
    return segment;
}

}  // namespace sockdesk::capture
