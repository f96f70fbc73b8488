// Which records of a log a view shows, in what portions. A portion (an "item") is what the view formats, caches and
// scrolls by: one record, or, where the bare stream is shown, the pieces of one stream that belong together.
//
// Nothing here goes through the log: a thread of its own decides on the records (query::Selection), a frame asks.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "app/view_selectors.hpp"
#include "capture/log.hpp"
#include "query/filter.hpp"
#include "query/selection.hpp"

namespace sockdesk::app {

/// Position of an item in the view, from 0.
using ItemIndex = std::uint64_t;

class LogIndexModel {
public:
    explicit LogIndexModel(std::shared_ptr<const capture::Log> log);

    /// What is to be shown. Begins anew where something changes; `all` without a filter stores nothing, whatever the
    /// length of the log.
    void show(ShownKinds kinds);
    void set_filter(query::Filter filter);
    ShownKinds kinds() const { return kinds_; }
    const query::Filter& filter() const { return filter_; }
    /// Records below this are not shown.
    void set_first_record(RecordIndex first);
    RecordIndex first_record() const { return first_; }
    /// Another number whenever what is shown begins anew.
    std::uint64_t generation() const { return generation_; }

    /// Takes in what has been decided since the last call; until the next one all answers below stay the same. False:
    /// part of the log has not been decided on yet.
    bool update();
    /// Until all that was published is decided on, for tests. `update` comes after.
    void wait() const;
    /// Records below this are decided on.
    RecordIndex decided() const { return decided_; }

    ItemIndex size() const { return size_; }
    RecordIndex first_record_of(ItemIndex item) const;
    /// One past the last record of the item.
    RecordIndex end_record_of(ItemIndex item) const;
    /// Its records, in order.
    void records_of(ItemIndex item, std::vector<RecordIndex>& records) const;
    /// The item that holds the record or the next one that is shown after it; `size()` if there is none.
    ItemIndex item_of(RecordIndex record) const;

    bool shows(RecordIndex record) const;
    std::optional<RecordIndex> shown_at_or_after(RecordIndex record) const;
    std::optional<RecordIndex> shown_before(RecordIndex record) const;
    /// What would be shown but for the filter.
    std::uint64_t hidden_count() const { return counts_->hidden.load(std::memory_order_relaxed); }
    std::uint64_t shown_count() const;

private:
    void restart();
    bool is_whole_log() const { return selection_ == nullptr; }
    /// Records that are shown: in a stream more than the items' first ones.
    const query::RecordSet& shown() const { return shown_ ? *shown_ : selection_->records(); }
    RecordIndex next_start(ItemIndex item) const;

    std::shared_ptr<const capture::Log> log_;
    ShownKinds kinds_ = ShownKinds::all;
    query::Filter filter_;
    RecordIndex first_ = 0;
    std::uint64_t generation_ = 0;

    std::shared_ptr<FilterCounts> counts_ = std::make_shared<FilterCounts>();
    std::shared_ptr<query::RecordSet> shown_;  // ShownKinds::stream
    std::unique_ptr<query::Selection> selection_;

    RecordIndex decided_ = 0;
    ItemIndex size_ = 0;
};

}  // namespace sockdesk::app
