#include "gui/splitter.hpp"

#include <imgui.h>

#include "gui/style.hpp"

namespace sockdesk::gui {
namespace {

ImGuiCol color_of_state(bool active, bool hovered) {
    return active ? ImGuiCol_SeparatorActive : hovered ? ImGuiCol_SeparatorHovered : ImGuiCol_Separator;
}

// True: it is being dragged.
bool handle(const char* id, ImVec2 size, ImGuiMouseCursor cursor, bool upright) {
    ImGui::InvisibleButton(id, size);
    const bool active = ImGui::IsItemActive();
    const bool hovered = ImGui::IsItemHovered();
    if (hovered || active) ImGui::SetMouseCursor(cursor);
    ImVec2 low = ImGui::GetItemRectMin();
    ImVec2 high = ImGui::GetItemRectMax();
    if (upright) {
        low.x = high.x = (low.x + high.x) / 2;
    } else {
        low.y = high.y = (low.y + high.y) / 2;
    }
    ImGui::GetWindowDrawList()->AddLine(low, high, ImGui::GetColorU32(color_of_state(active, hovered)),
                                        px(1));
    return active;
}

}  // namespace

float horizontal_splitter(const char* id, float thickness) {
    return handle(id, {-1, thickness}, ImGuiMouseCursor_ResizeNS, false) ? ImGui::GetIO().MouseDelta.y : 0.0F;
}

float vertical_splitter(const char* id, float thickness, float height) {
    return handle(id, {thickness, height}, ImGuiMouseCursor_ResizeEW, true) ? ImGui::GetIO().MouseDelta.x
                                                                            : 0.0F;
}

}  // namespace sockdesk::gui
