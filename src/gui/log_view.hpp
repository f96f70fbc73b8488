// The log on screen: draws the rows that app::LogViewModel says are visible, and turns mouse and keys into
// its moves.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include <imgui.h>

#include "app/local_time.hpp"
#include "app/log_search_model.hpp"
#include "app/log_view_model.hpp"
#include "app/trailer_checks.hpp"
#include "gui/services.hpp"

namespace sockdesk::gui {

/// What the person asked for that is not the widget's to do.
struct LogViewActions {
    bool copy = false;
    /// The context menu was asked for; the selection tells on what.
    bool context_menu = false;
};

class LogView {
public:
    /// Fills what is left of the window, after the models' own updates. `empty_text` is shown where there are no rows.
    /// `checks`: marks what arrived and does not end as it should; null marks nothing.
    LogViewActions draw(app::LogViewModel& model, app::LogSearchModel& search, app::TrailerChecks* checks,
                        bool wrap, const char* empty_text, const Services& services);

    void focus() { focus_next_ = true; }
    bool is_focused() const { return focused_; }
    /// The records that were marked in the last frame, from above.
    const std::vector<RecordIndex>& marked_records() const { return marked_; }

private:
    struct Grid {
        ImVec2 origin;   // of the first cell
        ImVec2 size;     // for cells, without scroll bars
        float cell = 1;  // width
        float line = 1;  // height
        std::size_t rows = 1;
    };

    void handle_keys(app::LogViewModel& model, LogViewActions& actions);
    void handle_mouse(app::LogViewModel& model, LogViewActions& actions, const Grid& grid,
                      const Services& services);
    std::optional<app::TextPosition> hit(const Grid& grid, ImVec2 mouse) const;
    void draw_rows(app::LogViewModel& model, app::LogSearchModel& search, const Grid& grid);
    void draw_row(ImDrawList& draw, const app::VisibleRow& row, const Grid& grid, ImVec2 at,
                  ImU32 color) const;
    void draw_selection(ImDrawList& draw, app::LogViewModel& model, const app::VisibleRow& row,
                        const Grid& grid, ImVec2 at) const;
    void draw_matches(ImDrawList& draw, std::span<const app::LogSearchModel::Highlight> highlights,
                      const app::VisibleRow& row, const Grid& grid, ImVec2 at) const;
    void draw_failures(app::TrailerChecks& checks, const Grid& grid);
    void mark_failure(app::TrailerChecks& checks, RecordIndex record, ImVec2 low, ImVec2 high);
    void vertical_bar(app::LogViewModel& model, app::LogSearchModel& search, ImVec2 at, ImVec2 size);
    void draw_marks(const app::LogViewModel& model, const app::LogSearchModel& search, ImVec2 at,
                    ImVec2 size);
    void tell_place(app::LogViewModel& model);
    void horizontal_bar(ImVec2 at, ImVec2 size, const Grid& grid);
    void newest_button(app::LogViewModel& model, const Grid& grid);

    const std::vector<app::VisibleRow>* rows_ = nullptr;  // of this frame
    std::size_t first_column_ = 0;                        // without wrapping
    std::size_t widest_ = 0;
    float wheel_rest_ = 0;
    float grab_offset_ = 0;  // within the thumb
    bool selecting_ = false;
    bool focused_ = false;
    bool focus_next_ = false;
    std::vector<RecordIndex> marked_;  // by `draw_failures`
    std::vector<bool> marks_;          // of matches, on the scroll bar
    app::LocalTime local_time_;
};

}  // namespace sockdesk::gui
