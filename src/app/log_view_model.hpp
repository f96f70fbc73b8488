// The log of a tab as a view shows it: position, rows, selection. It knows no toolkit and no pixels; the
// position is an item and a row within it, never a distance from the top of the whole, so its cost depends on
// what is visible alone.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/log_index_model.hpp"
#include "app/log_item.hpp"
#include "query/filter.hpp"

namespace sockdesk::app {

/// A place in the text of an item. Survives re-wrapping and what is appended to the log, but not another
/// format.
struct TextPosition {
    RecordIndex record = 0;  ///< the item's first record
    std::size_t offset = 0;
    friend auto operator<=>(const TextPosition&, const TextPosition&) = default;
};

struct VisibleRow {
    const LogItem* item = nullptr;
    std::size_t row = 0;
    const LogRow& extent() const { return item->rows[row]; }
};

struct CopiedText {
    std::string text;
    bool complete = true;  ///< false: the limit was reached; `text` ends before the selection does
};

/// How much of a selection is looked at: it may be the whole of a log that is mostly on disk.
struct PayloadLimits {
    std::size_t payloads = 100'000;
    std::size_t bytes = std::size_t{4} << 20;  ///< of the payloads together
    std::size_t records = 100'000;             ///< looked at, events and copies to further clients included
    std::size_t bytes_read = std::size_t{64} << 20;  ///< of all payloads that were looked at
};

struct SelectedPayloads {
    std::vector<RecordIndex> records;
    enum class End : std::uint8_t { complete, too_many_records, too_many_bytes };
    End end = End::complete;
};

class LogViewModel {
public:
    /// Rows are never longer, even without wrapping: a payload of 64 KiB in hex is one line of 200,000 cells.
    static constexpr std::size_t unwrapped_columns = 4096;

    explicit LogViewModel(std::shared_ptr<const capture::Log> log);

    const LogFormat& format() const { return format_; }
    void set_format(const LogFormat& format);
    void set_hide_received(bool hide);
    void set_protocol(RecordIndex from, engine::Protocol protocol);
    /// Shows nothing of what is in the log now. The log itself, and what is saved of it, stays.
    void clear();

    /// Hides without deleting.
    void set_filter(query::Filter filter);
    const query::Filter& filter() const { return index_.filter(); }
    bool has_filter() const { return !index_.filter().passes_everything(); }
    /// Records that the filter hides, and those that are shown, as far as they have been looked at.
    std::uint64_t hidden_count() const { return index_.hidden_count(); }
    std::uint64_t shown_count() const { return index_.shown_count(); }

    /// Once a frame. False: part of the log has not been looked at yet; draw again soon.
    bool update();
    bool is_complete() const { return complete_; }
    /// How much of the log has been looked at, 0 to 1.
    double looked_at() const;
    /// Until all of it has, for tests; `update` comes after.
    void wait() const { index_.wait(); }
    bool is_empty() const { return index_.size() == 0; }
    ItemIndex item_count() const { return index_.size(); }
    const capture::Log& log() const { return *log_; }
    /// When the log begins; the epoch while it is empty.
    Timestamp begin_time();
    Timestamp time_of(RecordIndex record) { return reader_.record(record).time; }

    // ---- which records are shown, as of the last update
    const LogIndexModel& index() const { return index_; }
    /// The record on top of the page; none in an empty view.
    std::optional<RecordIndex> top_record() const;
    /// The record that the caret of the selection is in.
    std::optional<RecordIndex> caret_record() const;
    /// The item that holds the record; null where it is not shown. Valid until the next update.
    const LogItem* item_holding(RecordIndex record);
    /// The record at this fraction of the whole, for a hint while the scroll bar is dragged.
    std::optional<RecordIndex> record_at(double fraction) const;
    /// Where on the scroll bar, 0 to 1.
    double fraction_of(RecordIndex record) const;

    // ---- position
    /// What fits into `rows` rows of `columns` cells. Valid until the next call.
    const std::vector<VisibleRow>& visible_rows(std::size_t columns, std::size_t rows);
    /// What the last call of `visible_rows` gave, as long as nothing moved since.
    const std::vector<VisibleRow>& shown_rows() const { return visible_; }
    /// Up is negative. Scrolling up ends following; reaching the end begins it again.
    void scroll(std::int64_t rows);
    void scroll_pages(int pages) {
        scroll(static_cast<std::int64_t>(pages) *
               static_cast<std::int64_t>(page_rows_ > 1 ? page_rows_ - 1 : 1));
    }
    /// Brings a place of an item's text into view, with something around it, and stops following. A record that is
    /// not shown gives way to the next one that is; where that is not known yet, the view goes there when it is.
    void reveal(RecordIndex record, std::size_t text_offset = 0);
    /// The same with the record selected.
    void go_to(RecordIndex record);
    void scroll_to_start();
    void scroll_to_end();
    /// 0 is the start, 1 the end.
    void scroll_to_fraction(double fraction);
    double fraction();
    /// How much of the whole is visible, 0 to 1.
    double visible_share() const;
    bool is_following() const { return following_; }
    void set_following(bool following);
    /// False: new records never move the view.
    void allow_following(bool allowed);

    // ---- selection
    bool has_selection() const { return anchor_ && caret_ && *anchor_ != *caret_; }
    void select_from(TextPosition position);
    void select_to(TextPosition position);
    void select_word(TextPosition position);
    void select_item(RecordIndex record);
    void select_all();
    /// Moves the end of the selection, or of one that begins on top of the page, and brings it into view.
    enum class CaretMove : std::uint8_t {
        left,
        right,
        up,
        down,
        page_up,
        page_down,
        row_start,
        row_end,
        log_start,
        log_end
    };
    void extend_selection(CaretMove move);
    void clear_selection();
    /// The selected bytes of an item's text; empty where nothing of it is selected.
    std::pair<std::size_t, std::size_t> selected_range(const LogItem& item) const;
    CopiedText selected_text(std::size_t limit);
    /// From the first record that the selection touches to one past the last one; empty without a selection.
    std::pair<RecordIndex, RecordIndex> selected_records() const;
    /// The payload records that the selection touches, until a limit is reached.
    SelectedPayloads selected_payloads(const PayloadLimits& limits);
    /// The payload that a person looks at: that of the place clicked last; where nothing was clicked, the newest one shown.
    /// None where there is none, or an event was clicked.
    std::optional<RecordIndex> payload_in_front();
    /// Keeps this payload in front whatever arrives, until another place is clicked: selects it, if nothing was clicked yet.
    void keep_in_front(RecordIndex record);

    std::uint64_t formatted_records() const { return formatter_.formatted_records(); }

private:
    struct Position {
        ItemIndex item = 0;
        std::size_t row = 0;
        friend auto operator<=>(const Position&, const Position&) = default;
    };

    /// A place to come back to when what is shown changes.
    struct Place {
        RecordIndex record = 0;
        double share = 0;  ///< of the item's rows that are above
        bool centered = false;
    };

    ShownKinds shown_kinds() const;
    const LogItem& item(ItemIndex index);
    LogItem format_item(ItemIndex index);
    void reset_cache();
    void trim_cache();
    template <typename Change>
    void keep_place(Change&& change);
    void resolve_place();
    void forget_place() {
        place_.reset();
        place_pending_ = false;
    }
    std::size_t row_of(const LogItem& item, std::size_t text_offset) const;
    void make_visible(Position position);
    Position position_of(TextPosition place);
    TextPosition place_at(Position position, std::size_t column);
    /// The position at which the last row of the log is the last row of the page.
    Position end_position();
    Position moved(Position from, std::int64_t rows);
    void clamp();

    std::shared_ptr<const capture::Log> log_;
    capture::LogReader reader_;
    LogIndexModel index_;
    LogItemFormatter formatter_;
    LogFormat format_;
    bool hide_received_ = false;
    bool has_server_ = false;  ///< one send may be many records
    bool complete_ = true;
    std::optional<Timestamp> begin_time_;

    Position top_;
    /// Where the person was before what is shown changed, until they go somewhere else: a filter that is being typed,
    /// or taken back, leads away from it and back again.
    std::optional<Place> place_;
    bool place_pending_ = false;  ///< `top_` belongs there once that much is decided on
    bool following_ = true;
    bool following_allowed_ = true;
    std::size_t columns_ = 80;
    std::size_t page_rows_ = 25;
    std::vector<VisibleRow> visible_;
    std::vector<RecordIndex> records_;  ///< of the item being formatted
    RecordCount published_ = 0;

    struct Cached {
        std::unique_ptr<LogItem> item;
        std::uint64_t used_in = 0;  // frame
        RecordCount published = 0;  // when it was formatted
    };
    std::unordered_map<RecordIndex, Cached> cache_;
    std::size_t cached_bytes_ = 0;
    std::uint64_t frame_ = 0;

    std::optional<TextPosition> anchor_;
    std::optional<TextPosition> caret_;
    std::optional<std::size_t> caret_column_;  ///< that up and down keep to

    /// The newest payload shown, as far as was looked for it.
    struct Newest {
        std::uint64_t generation = 0;  ///< of the index
        RecordIndex looked_at = 0;     ///< records below this need no other look
        std::optional<RecordIndex> payload;
    };
    Newest newest_;
    std::optional<RecordIndex> newest_payload();
    /// Which record of its item the caret was set for; holds while the caret is there.
    struct Kept {
        TextPosition caret;
        RecordIndex record = 0;
    };
    std::optional<Kept> kept_;
};

}  // namespace sockdesk::app
