// 工具 → 设置…: what the program may take of memory and disk.
#pragma once

#include "app/workspace.hpp"

namespace sockdesk::gui {

class SettingsDialog {
public:
    void open(const app::StorageSettings& now);
    /// True: `settings` has been changed.
    bool draw(app::StorageSettings& settings);

private:
    bool open_next_ = false;
    app::StorageSettings draft_;
};

}  // namespace sockdesk::gui
