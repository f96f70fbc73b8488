// Questions that stand in front of everything else.
#pragma once

#include <string>

#include "gui/session_tab.hpp"

namespace sockdesk::gui {

/// 接收保存到文件...: where to, and what about a file that is not empty.
class SaveDialog {
public:
    void open(const SessionTab& tab);
    /// Belongs to the tab it was opened for.
    void draw(SessionTab& tab);

private:
    void draw_path(SessionTab& tab);
    void draw_question(SessionTab& tab);
    void start(SessionTab& tab, capture::SaveMode mode);

    std::uint32_t tab_ = 0;
    bool open_next_ = false;
    bool asking_ = false;  ///< the file is not empty: append, overwrite or cancel
    std::string path_;
    std::string error_;
};

class HelpDialog {
public:
    void open_keys() { keys_ = true; }
    void open_about() { about_ = true; }
    void draw();

private:
    bool keys_ = false;
    bool about_ = false;
};

}  // namespace sockdesk::gui
