// 导出…: what of a log goes into which file, and in what format.
#pragma once

#include "gui/log_tab.hpp"

namespace sockdesk::gui {

/// For the row of buttons above the log.
float export_button_width();
void draw_export_button(LogTab& tab);

}  // namespace sockdesk::gui
