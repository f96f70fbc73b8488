// 循环周期设置: how often a cycle sends, how many at once and how many in all.
#pragma once

#include <cstdint>

#include "gui/session_tab.hpp"

namespace sockdesk::gui {

class CycleDialog {
public:
    void open(const SessionTab& tab);
    /// Belongs to the tab it was opened for.
    void draw(SessionTab& tab);

private:
    void draw_pace();
    void draw_buttons(SessionTab& tab);

    std::uint32_t tab_ = 0;
    bool open_next_ = false;
    app::SendSettings draft_;  ///< of which the cycle alone counts
};

}  // namespace sockdesk::gui
