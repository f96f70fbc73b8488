#include "app/log_view_model.hpp"

#include <algorithm>

#include "app/cell_width.hpp"

namespace sockdesk::app {
namespace {

constexpr std::size_t max_cached_items = 2'000;
constexpr std::size_t max_cached_bytes = std::size_t{16} << 20;

std::size_t weight(const LogItem& item) { return item.text.size() + item.rows.size() * sizeof(LogRow) + 128; }

}  // namespace

LogViewModel::LogViewModel(std::shared_ptr<const capture::Log> log)
    : log_(log), reader_(log), index_(log), formatter_(log) {
    formatter_.set_format(format_);
}

// Runs `change`, which may alter what items there are, and stays at the record that was on top.
template <typename Change>
void LogViewModel::keep_place(Change&& change) {
    if (following_) forget_place();
    if (!place_ && top_.item < index_.size()) {
        Place place{index_.first_record_of(top_.item), 0, false};
        const auto cached = cache_.find(place.record);
        if (top_.row > 0 && cached != cache_.end() && !cached->second.item->rows.empty()) {
            place.share =
                static_cast<double>(top_.row) / static_cast<double>(cached->second.item->rows.size());
        }
        place_ = place;
    }
    place_pending_ = place_.has_value();
    change();
    complete_ = index_.update();
    reset_cache();
    resolve_place();
}

// As near as what is decided on so far allows.
void LogViewModel::resolve_place() {
    if (!place_pending_) return;
    top_ = {index_.item_of(place_->record), 0};
    if (!complete_ && index_.decided() <= place_->record) return;
    place_pending_ = false;
    if (top_.item >= index_.size()) return;
    if (place_->centered) {
        top_ = moved(top_, -static_cast<std::int64_t>(page_rows_ / 3));
    } else if (place_->share > 0 && index_.shows(place_->record)) {
        const auto rows = static_cast<double>(item(top_.item).rows.size());
        top_.row = static_cast<std::size_t>(place_->share * rows + 0.5);
    }
}

ShownKinds LogViewModel::shown_kinds() const {
    if (!format_.log_mode) return hide_received_ ? ShownKinds::errors : ShownKinds::stream;
    if (hide_received_) return ShownKinds::without_received;
    return has_server_ ? ShownKinds::once : ShownKinds::all;
}

void LogViewModel::set_format(const LogFormat& format) {
    if (format == format_) return;
    keep_place([&] {
        format_ = format;
        formatter_.set_format(format);
        index_.show(shown_kinds());
    });
    clear_selection();
}

void LogViewModel::set_hide_received(bool hide) {
    if (hide == hide_received_) return;
    keep_place([&] {
        hide_received_ = hide;
        index_.show(shown_kinds());
    });
    clear_selection();
}

void LogViewModel::set_protocol(RecordIndex from, engine::Protocol protocol) {
    formatter_.set_protocol(from, protocol);
    if (protocol != engine::Protocol::tcp_server || has_server_) return;
    has_server_ = true;
    keep_place([&] { index_.show(shown_kinds()); });
}

void LogViewModel::set_filter(query::Filter filter) {
    keep_place([&] { index_.set_filter(std::move(filter)); });
    // The items of a stream are other ones now.
    if (!format_.log_mode) clear_selection();
}

void LogViewModel::clear() {
    index_.set_first_record(log_->published());
    complete_ = index_.update();
    reset_cache();
    clear_selection();
    top_ = {};
    forget_place();
    following_ = following_allowed_;
}

bool LogViewModel::update() {
    ++frame_;
    published_ = log_->published();
    complete_ = index_.update();
    trim_cache();
    resolve_place();
    return complete_;
}

double LogViewModel::looked_at() const {
    const RecordIndex first = index_.first_record();
    const RecordCount published = log_->published();
    if (published <= first) return 1.0;
    return std::min(1.0,
                    static_cast<double>(index_.decided() - first) / static_cast<double>(published - first));
}

Timestamp LogViewModel::begin_time() {
    const RecordIndex first = log_->first_available();
    if (!begin_time_ && log_->published() > first) begin_time_ = reader_.record(first).time;
    return begin_time_.value_or(Timestamp{});
}

std::optional<RecordIndex> LogViewModel::top_record() const {
    if (!visible_.empty()) return visible_.front().item->first;
    if (top_.item < index_.size()) return index_.first_record_of(top_.item);
    return {};
}

std::optional<RecordIndex> LogViewModel::caret_record() const {
    return caret_ ? std::optional(caret_->record) : std::nullopt;
}

const LogItem* LogViewModel::item_holding(RecordIndex record) {
    return index_.shows(record) ? &item(index_.item_of(record)) : nullptr;
}

std::optional<RecordIndex> LogViewModel::record_at(double fraction) const {
    if (index_.size() == 0) return {};
    const auto item =
        static_cast<ItemIndex>(std::clamp(fraction, 0.0, 1.0) * static_cast<double>(index_.size()));
    return index_.first_record_of(std::min(item, index_.size() - 1));
}

double LogViewModel::fraction_of(RecordIndex record) const {
    if (index_.size() == 0) return 0;
    return static_cast<double>(index_.item_of(record)) / static_cast<double>(index_.size());
}

void LogViewModel::reset_cache() {
    visible_.clear();
    cache_.clear();
    cached_bytes_ = 0;
}

void LogViewModel::trim_cache() {
    if (cache_.size() <= max_cached_items && cached_bytes_ <= max_cached_bytes) return;
    visible_.clear();
    // What the last frame drew stays, since this one most likely draws it again.
    for (auto entry = cache_.begin(); entry != cache_.end();) {
        if (entry->second.used_in + 1 >= frame_) {
            ++entry;
            continue;
        }
        cached_bytes_ -= weight(*entry->second.item);
        entry = cache_.erase(entry);
    }
}

LogItem LogViewModel::format_item(ItemIndex index) {
    std::optional<RecordIndex> previous;
    if (!format_.log_mode && index > 0) previous = index_.first_record_of(index - 1);
    index_.records_of(index, records_);
    return formatter_.format(records_, previous);
}

const LogItem& LogViewModel::item(ItemIndex index) {
    Cached& cached = cache_[index_.first_record_of(index)];
    const bool outdated = cached.item && (cached.item->end != index_.end_record_of(index) ||
                                          (cached.item->may_change && cached.published != published_));
    if (!cached.item || outdated) {
        if (cached.item) cached_bytes_ -= weight(*cached.item);
        LogItem fresh = format_item(index);
        lay_out(fresh, columns_);
        // Assigned in place: rows drawn earlier in this frame may point to the item.
        if (cached.item) {
            *cached.item = std::move(fresh);
        } else {
            cached.item = std::make_unique<LogItem>(std::move(fresh));
        }
        cached.published = published_;
        cached_bytes_ += weight(*cached.item);
    } else if (cached.item->columns != columns_) {
        cached_bytes_ -= weight(*cached.item);
        lay_out(*cached.item, columns_);
        cached_bytes_ += weight(*cached.item);
    }
    cached.used_in = frame_;
    return *cached.item;
}

LogViewModel::Position LogViewModel::end_position() {
    std::size_t left = page_rows_;
    for (ItemIndex index = index_.size(); index > 0;) {
        --index;
        const std::size_t rows = item(index).rows.size();
        if (rows >= left) return {index, rows - left};
        left -= rows;
    }
    return {};
}

LogViewModel::Position LogViewModel::moved(Position from, std::int64_t rows) {
    if (index_.size() == 0) return {};
    from.item = std::min(from.item, index_.size() - 1);
    for (; rows < 0;) {
        const auto step = std::min<std::uint64_t>(static_cast<std::uint64_t>(-rows), from.row);
        from.row -= step;
        rows += static_cast<std::int64_t>(step);
        if (rows == 0) break;
        if (from.item == 0) return {};
        --from.item;
        const std::size_t count = item(from.item).rows.size();
        if (count == 0) continue;
        from.row = count - 1;
        ++rows;
    }
    while (rows > 0) {
        const std::size_t count = item(from.item).rows.size();
        const std::size_t left = count > from.row ? count - from.row - 1 : 0;
        const auto step = std::min<std::uint64_t>(static_cast<std::uint64_t>(rows), left);
        from.row += step;
        rows -= static_cast<std::int64_t>(step);
        if (rows == 0) break;
        if (from.item + 1 >= index_.size()) break;
        ++from.item;
        from.row = 0;
        if (!item(from.item).rows.empty()) --rows;
    }
    return from;
}

void LogViewModel::clamp() {
    const Position end = end_position();
    if (following_ || top_ > end) top_ = end;
}

const std::vector<VisibleRow>& LogViewModel::visible_rows(std::size_t columns, std::size_t rows) {
    columns_ = std::max<std::size_t>(columns, 8);
    page_rows_ = std::max<std::size_t>(rows, 1);
    visible_.clear();
    if (index_.size() == 0) return visible_;
    clamp();
    top_.row = std::min(top_.row, std::max<std::size_t>(item(top_.item).rows.size(), 1) - 1);
    std::size_t row = top_.row;
    for (ItemIndex index = top_.item; index < index_.size() && visible_.size() < page_rows_;
         ++index, row = 0) {
        const LogItem& shown = item(index);
        for (; row < shown.rows.size() && visible_.size() < page_rows_; ++row)
            visible_.push_back({&shown, row});
    }
    return visible_;
}

void LogViewModel::scroll(std::int64_t rows) {
    if (index_.size() == 0 || rows == 0) return;
    forget_place();
    if (rows < 0) {
        following_ = false;
        top_ = moved(top_, rows);
        const Position end = end_position();
        if (top_ >= end) top_ = moved(end, rows);  // fewer rows than a page: there is nowhere to go
        if (end == Position{}) following_ = following_allowed_;
        return;
    }
    top_ = moved(top_, rows);
    if (top_ >= end_position()) scroll_to_end();
}

std::size_t LogViewModel::row_of(const LogItem& where, std::size_t text_offset) const {
    const auto after =
        std::upper_bound(where.rows.begin(), where.rows.end(), text_offset,
                         [](std::size_t offset, const LogRow& row) { return offset < row.begin; });
    return after == where.rows.begin() ? 0 : static_cast<std::size_t>(after - where.rows.begin()) - 1;
}

void LogViewModel::reveal(RecordIndex record, std::size_t text_offset) {
    following_ = false;
    forget_place();
    if (!complete_ && index_.decided() <= record) {
        place_ = Place{record, 0, true};
        place_pending_ = true;
        resolve_place();
        return;
    }
    const ItemIndex index = index_.item_of(record);
    if (index >= index_.size()) {
        top_ = index_.size() > 0 ? end_position() : Position{};
        return;
    }
    const LogItem& shown = item(index);
    const std::size_t row = record >= shown.first ? row_of(shown, text_offset) : 0;
    // What is in view well inside the page stays where it is.
    for (std::size_t i = 1; i + 2 < visible_.size(); ++i) {
        if (visible_[i].item == &shown && visible_[i].row == row) return;
    }
    top_ = moved({index, row}, -static_cast<std::int64_t>(page_rows_ / 3));
}

void LogViewModel::go_to(RecordIndex record) {
    reveal(record);
    if (!place_pending_) select_item(record);
}

void LogViewModel::make_visible(Position position) {
    if (position < top_) {
        following_ = false;
        forget_place();
        top_ = position;
    } else if (position > moved(top_, static_cast<std::int64_t>(page_rows_) - 1)) {
        forget_place();
        top_ = moved(position, 1 - static_cast<std::int64_t>(page_rows_));
    }
}

void LogViewModel::scroll_to_start() {
    following_ = false;
    forget_place();
    top_ = {};
}

void LogViewModel::scroll_to_end() {
    forget_place();
    following_ = following_allowed_;
    top_ = index_.size() > 0 ? end_position() : Position{};
}

void LogViewModel::scroll_to_fraction(double fraction) {
    if (index_.size() == 0) return;
    if (fraction >= 1.0) return scroll_to_end();
    following_ = false;
    forget_place();
    const Position end = end_position();
    // Items count alike, whatever their rows; within one, its rows do.
    const double range = static_cast<double>(end.item) +
                         static_cast<double>(end.row) /
                             static_cast<double>(std::max<std::size_t>(item(end.item).rows.size(), 1));
    const double place = std::max(fraction, 0.0) * range;
    top_.item = std::min<ItemIndex>(static_cast<ItemIndex>(place), index_.size() - 1);
    const double rest = place - static_cast<double>(top_.item);
    top_.row = static_cast<std::size_t>(rest * static_cast<double>(item(top_.item).rows.size()));
}

double LogViewModel::fraction() {
    if (index_.size() == 0) return 1.0;
    const auto place = [&](Position at) {
        const std::size_t rows = std::max<std::size_t>(item(at.item).rows.size(), 1);
        return static_cast<double>(at.item) + static_cast<double>(at.row) / static_cast<double>(rows);
    };
    const Position end = end_position();
    if (end == Position{}) return 1.0;
    return std::clamp(place(std::min(top_, end)) / place(end), 0.0, 1.0);
}

double LogViewModel::visible_share() const {
    if (visible_.empty() || index_.size() == 0) return 1.0;
    // Items in view against items in all; where one fills the page, what part of it is seen.
    double items = 0;
    for (const VisibleRow& row : visible_) items += 1.0 / static_cast<double>(row.item->rows.size());
    constexpr double rounding = 1e-9;  // many small parts do not add up to exactly all
    const double share = items / static_cast<double>(index_.size());
    return share > 1.0 - rounding ? 1.0 : share;
}

void LogViewModel::set_following(bool following) {
    following_ = following && following_allowed_;
    if (following_) scroll_to_end();
}

void LogViewModel::allow_following(bool allowed) {
    if (allowed == following_allowed_) return;
    following_allowed_ = allowed;
    following_ = allowed;
}

}  // namespace sockdesk::app
