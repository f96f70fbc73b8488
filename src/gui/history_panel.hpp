// 历史发送: what was sent by hand, newest first. A click puts it into the box, a double click sends it.
#pragma once

#include <optional>
#include <string>

#include "app/send_history.hpp"
#include "app/shortcut.hpp"
#include "gui/picker_list.hpp"
#include "gui/session_tab.hpp"

namespace sockdesk::gui {

class HistoryPanel {
public:
    explicit HistoryPanel(app::SendHistory& history) : history_(history) {}

    /// Fills the window it is called in. Gives what is to become a shortcut.
    std::optional<app::Shortcut> draw(SessionTab& tab);
    void focus_search() { focus_search_ = true; }

private:
    void draw_row(const app::SentPayload& entry, ImVec2 low, ImVec2 high) const;
    std::optional<app::Shortcut> draw_row_menu(SessionTab& tab);
    void put(SessionTab& tab, std::size_t row);

    app::SendHistory& history_;
    app::HistoryList list_;
    PickerList picker_;
    std::string query_;
    std::string shown_query_;  ///< that of the frame before
    bool focus_search_ = false;
    bool clearing_ = false;  ///< asked for, not confirmed yet
};

}  // namespace sockdesk::gui
