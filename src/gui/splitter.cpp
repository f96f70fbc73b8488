#include "gui/splitter.hpp"

#include <imgui.h>

#include "gui/style.hpp"

namespace sockdesk::gui {

float horizontal_splitter(const char* id, float thickness) {
    ImGui::InvisibleButton(id, {-1, thickness});
    const bool active = ImGui::IsItemActive();
    const bool hovered = ImGui::IsItemHovered();
    if (hovered || active) ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeNS);
    const ImVec2 low = ImGui::GetItemRectMin();
    const ImVec2 high = ImGui::GetItemRectMax();
    const float middle = (low.y + high.y) / 2;
    const ImGuiCol color = active    ? ImGuiCol_SeparatorActive
                           : hovered ? ImGuiCol_SeparatorHovered
                                     : ImGuiCol_Separator;
    ImGui::GetWindowDrawList()->AddLine({low.x, middle}, {high.x, middle}, ImGui::GetColorU32(color), px(1));
    return active ? ImGui::GetIO().MouseDelta.y : 0.0F;
}

}  // namespace sockdesk::gui
