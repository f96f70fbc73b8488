// 搜索: what is looked for in the log, how many there are, and on to the next one.
#pragma once

#include <string>

#include "app/search_query.hpp"

namespace sockdesk::gui {

struct LogTab;

class SearchBar {
public:
    /// Shows the bar and puts the caret into it. `text`, if there is any, is what to look for.
    void open(std::string text = {});
    void close(LogTab& tab);
    bool is_open() const { return open_; }
    /// Before the log is drawn in the same frame; nothing while it is closed.
    void draw(LogTab& tab);
    /// F3 and Shift+F3, also while the bar is closed.
    void step(LogTab& tab, bool forward);

private:
    void draw_input(LogTab& tab, float width);
    void draw_result(const LogTab& tab, float width) const;
    void look(LogTab& tab) const;

    bool open_ = false;
    bool focus_next_ = false;
    std::string text_;
    app::SearchKind kind_ = app::SearchKind::text;
    bool match_case_ = false;
};

}  // namespace sockdesk::gui
