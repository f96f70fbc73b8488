#include "gui/export_dialog.hpp"

#include <imgui.h>

#include "app/translation.hpp"
#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

using app::tr;

float export_button_width() {
    return ImGui::CalcTextSize(tr("Export...")).x + 2 * ImGui::GetStyle().FramePadding.x;
}

void draw_export_button(LogTab& tab) {
    if (ImGui::Button(labelled(tr("Export..."), "export").c_str())) tab.export_asked = true;
    tooltip(tr("Write the log, or part of it, to a file (Ctrl+E)."));
}

}  // namespace sockdesk::gui
