#include "app/log_index_model.hpp"

#include <algorithm>
#include <utility>

namespace sockdesk::app {

LogIndexModel::LogIndexModel(std::shared_ptr<const capture::Log> log) : log_(std::move(log)) {}

void LogIndexModel::show(ShownKinds kinds) {
    if (kinds == kinds_) return;
    kinds_ = kinds;
    restart();
}

void LogIndexModel::set_filter(query::Filter filter) {
    filter_ = std::move(filter);
    restart();
}

void LogIndexModel::set_first_record(RecordIndex first) {
    first_ = first;
    restart();
}

void LogIndexModel::restart() {
    ++generation_;
    selection_.reset();
    shown_.reset();
    counts_ = std::make_shared<FilterCounts>();
    decided_ = first_ = std::max(first_, log_->first_available());
    size_ = 0;
    if (kinds_ == ShownKinds::all && filter_.passes_everything()) return;
    std::unique_ptr<query::Selector> selector;
    if (kinds_ == ShownKinds::stream) {
        shown_ = std::make_shared<query::RecordSet>(first_);
        selector = make_item_start_selector(filter_, shown_, counts_);
    } else {
        selector = make_view_selector(kinds_, filter_, counts_);
    }
    selection_ = std::make_unique<query::Selection>(log_, std::move(selector), first_);
}

bool LogIndexModel::update() {
    const RecordCount published = log_->published();
    if (is_whole_log()) {
        decided_ = std::max(published, first_);
        size_ = decided_ - first_;
        return true;
    }
    decided_ = std::max(first_, selection_->records().decided());
    size_ = selection_->records().rank(decided_);
    return decided_ >= published;
}

void LogIndexModel::wait() const {
    if (selection_) selection_->wait();
}

std::uint64_t LogIndexModel::shown_count() const {
    return is_whole_log() ? size_ : counts_->shown.load(std::memory_order_relaxed);
}

RecordIndex LogIndexModel::first_record_of(ItemIndex item) const {
    return is_whole_log() ? first_ + item : selection_->records().nth(item);
}

RecordIndex LogIndexModel::next_start(ItemIndex item) const {
    return item + 1 < size_ ? selection_->records().nth(item + 1) : decided_;
}

RecordIndex LogIndexModel::end_record_of(ItemIndex item) const {
    const RecordIndex first = first_record_of(item);
    if (!shown_) return first + 1;
    return shown_->before(next_start(item)).value_or(first) + 1;
}

void LogIndexModel::records_of(ItemIndex item, std::vector<RecordIndex>& records) const {
    records.clear();
    const RecordIndex first = first_record_of(item);
    records.push_back(first);
    if (!shown_) return;
    const RecordIndex end = next_start(item);
    for (auto next = shown_->at_or_after(first + 1); next && *next < end;
         next = shown_->at_or_after(*next + 1)) {
        records.push_back(*next);
    }
}

ItemIndex LogIndexModel::item_of(RecordIndex record) const {
    if (is_whole_log()) return std::min(size_, record - std::min(record, first_));
    const RecordIndex limited = std::clamp(record, first_, decided_);
    const query::RecordSet& starts = selection_->records();
    const ItemIndex at_or_after = std::min(size_, starts.rank(limited));
    if (!shown_ || limited >= decided_ || at_or_after == 0) return at_or_after;
    if (at_or_after < size_ && starts.nth(at_or_after) == limited) return at_or_after;
    // Within the item before, unless nothing of it comes any more.
    const auto next = shown_->at_or_after(limited);
    return next && *next < next_start(at_or_after - 1) ? at_or_after - 1 : at_or_after;
}

bool LogIndexModel::shows(RecordIndex record) const {
    if (record < first_ || record >= decided_) return false;
    return is_whole_log() || shown().contains(record);
}

std::optional<RecordIndex> LogIndexModel::shown_at_or_after(RecordIndex record) const {
    record = std::max(record, first_);
    if (record >= decided_) return {};
    if (is_whole_log()) return record;
    const auto found = shown().at_or_after(record);
    return found && *found < decided_ ? found : std::nullopt;
}

std::optional<RecordIndex> LogIndexModel::shown_before(RecordIndex record) const {
    record = std::min(record, decided_);
    if (record <= first_) return {};
    return is_whole_log() ? record - 1 : shown().before(record);
}

}  // namespace sockdesk::app
