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

class LogViewModel {
public:
    /// Rows are never longer, even without wrapping: a payload of 64 KiB in hex is one line of 200,000 cells.
    static constexpr std::size_t unwrapped_columns = 4096;

    explicit LogViewModel(std::shared_ptr<const capture::Log> log);

    const LogFormat& format() const { return format_; }
    void set_format(const LogFormat& format);
    void set_hide_received(bool hide);
    void set_protocol(RecordIndex from, engine::Protocol protocol) {
        formatter_.set_protocol(from, protocol);
    }
    /// Shows nothing of what is in the log now. The log itself, and what is saved of it, stays.
    void clear();

    /// Once a frame. False: part of the log has not been looked at yet; draw again soon.
    bool update();
    bool is_empty() const { return index_.size() == 0; }
    ItemIndex item_count() const { return index_.size(); }

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
    void clear_selection();
    /// The selected bytes of an item's text; empty where nothing of it is selected.
    std::pair<std::size_t, std::size_t> selected_range(const LogItem& item) const;
    CopiedText selected_text(std::size_t limit);
    /// The payload records that the selection touches, at most `limit`, and whether these are all.
    std::pair<std::vector<RecordIndex>, bool> selected_payloads(std::size_t limit);
    /// The payload that a person looks at: that of the place clicked last; where nothing was clicked, the newest one shown.
    /// None where there is none, or an event was clicked.
    std::optional<RecordIndex> payload_in_front();

    std::uint64_t formatted_records() const { return formatter_.formatted_records(); }

private:
    struct Position {
        ItemIndex item = 0;
        std::size_t row = 0;
        friend auto operator<=>(const Position&, const Position&) = default;
    };

    LogIndexModel::Mode index_mode() const;
    const LogItem& item(ItemIndex index);
    LogItem format_item(ItemIndex index);
    void reset_cache();
    void trim_cache();
    template <typename Change>
    void keep_place(Change&& change);
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

    Position top_;
    bool following_ = true;
    bool following_allowed_ = true;
    std::size_t columns_ = 80;
    std::size_t page_rows_ = 25;
    std::vector<VisibleRow> visible_;
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
};

}  // namespace sockdesk::app
