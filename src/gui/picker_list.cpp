#include "gui/picker_list.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <imgui_internal.h>

#include "gui/style.hpp"

namespace sockdesk::gui {

float PickerList::row_height() { return ImGui::GetTextLineHeight() + px(8); }

bool PickerList::move_by_keys(std::size_t count, std::size_t page) {
    if (count == 0 || ImGui::GetIO().KeyMods != ImGuiMod_None) return false;
    const std::size_t last = count - 1;
    const std::size_t at = cursor_.value_or(0);
    std::optional<std::size_t> to;
    if (ImGui::IsKeyPressed(ImGuiKey_DownArrow)) to = cursor_ ? std::min(at + 1, last) : 0;
    if (ImGui::IsKeyPressed(ImGuiKey_UpArrow)) to = at > 0 ? at - 1 : 0;
    if (ImGui::IsKeyPressed(ImGuiKey_PageDown)) to = std::min(at + page, last);
    if (ImGui::IsKeyPressed(ImGuiKey_PageUp)) to = at > page ? at - page : 0;
    if (ImGui::IsKeyPressed(ImGuiKey_Home)) to = 0;
    if (ImGui::IsKeyPressed(ImGuiKey_End)) to = last;
    if (!to) return false;
    set_cursor(to);
    return true;
}

void PickerList::follow(std::size_t count, const KeyOf& key_of) {
    if (!cursor_) return;
    if (count == 0) return cursor_.reset();
    if (key_ && !(*cursor_ < count && key_of(*cursor_) == *key_)) {
        for (std::size_t row = 0; row < count; ++row) {
            if (key_of(row) != *key_) continue;
            cursor_ = row;
            return;
        }
    }
    cursor_ = std::min(*cursor_, count - 1);
    key_ = key_of(*cursor_);
}

PickerList::Actions PickerList::draw(const char* id, float height, std::size_t count, const KeyOf& key_of,
                                     const DrawRow& draw_row) {
    Actions actions;
    follow(count, key_of);
    ImGui::PushStyleColor(ImGuiCol_ChildBg, palette().paper);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(2), px(2)});
    if (focus_) ImGui::SetNextWindowFocus();
    focus_ = false;
    ImGui::BeginChild(id, {0, height}, ImGuiChildFlags_Borders,
                      ImGuiWindowFlags_NoNavInputs | ImGuiWindowFlags_NoMove);
    ImGui::PopStyleVar();
    ImGui::PopStyleColor();
    ImGui::PushStyleVarY(ImGuiStyleVar_ItemSpacing, 0);
    const float row = row_height();
    actions.has_focus =
        ImGui::IsWindowFocused() && ImGui::GetTopMostPopupModal() == nullptr && !ImGui::GetIO().WantTextInput;
    const auto page = static_cast<std::size_t>(std::max(1.0F, ImGui::GetWindowHeight() / row - 1));
    if (actions.has_focus && move_by_keys(count, page)) actions.pressed = cursor_;
    if (actions.has_focus && cursor_ && ImGui::GetIO().KeyMods == ImGuiMod_None &&
        (ImGui::IsKeyPressed(ImGuiKey_Enter, false) || ImGui::IsKeyPressed(ImGuiKey_KeypadEnter, false)))
        actions.activated = cursor_;
    if (cursor_ && show_cursor_) {
        const float top = static_cast<float>(*cursor_) * row;
        const float room = ImGui::GetWindowHeight() - 2 * px(2);
        if (top < ImGui::GetScrollY()) ImGui::SetScrollY(top);
        if (top + row > ImGui::GetScrollY() + room) ImGui::SetScrollY(top + row - room);
        show_cursor_ = false;
    }
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(count), row);
    while (clipper.Step()) {
        for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
            const auto index = static_cast<std::size_t>(i);
            ImGui::PushID(i);
            const ImVec2 low = ImGui::GetCursorScreenPos();
            const ImVec2 high{low.x + ImGui::GetContentRegionAvail().x, low.y + row};
            const bool hovered = ImGui::IsWindowHovered() && ImGui::IsMouseHoveringRect(low, high);
            if (cursor_ == index) {
                draw.AddRectFilled(low, high, ImGui::GetColorU32(ImGuiCol_Header), px(4));
                if (actions.has_focus) draw.AddRect(low, high, ImGui::GetColorU32(ImGuiCol_NavCursor), px(4));
            } else if (hovered) {
                draw.AddRectFilled(low, high, ImGui::GetColorU32(ImGuiCol_HeaderHovered), px(4));
            }
            ImGui::PushItemFlag(ImGuiItemFlags_NoNav, true);
            ImGui::SetNextItemAllowOverlap();
            ImGui::InvisibleButton(fmt::format("###{}_{}", id, i).c_str(),
                                   {std::max(1.0F, high.x - low.x), row});
            if (ImGui::IsItemActivated()) {
                set_cursor(index, false);
                actions.pressed = index;
            }
            if (ImGui::IsItemHovered() && ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left))
                actions.activated = index;
            if (ImGui::IsItemHovered() && ImGui::IsMouseReleased(ImGuiMouseButton_Right)) {
                set_cursor(index, false);
                actions.menu = index;
            }
            draw_row(index, low, high, hovered);
            ImGui::PopItemFlag();
            ImGui::SetCursorScreenPos({low.x, high.y});
            ImGui::PopID();
        }
    }
    // What is placed over the last row must not make the content longer; the clipper has counted all of it.
    ImGui::Dummy({0, 0});
    ImGui::PopStyleVar();
    // A drag near an edge takes the list along.
    if (ImGui::GetDragDropPayload() != nullptr &&
        ImGui::IsWindowHovered(ImGuiHoveredFlags_AllowWhenBlockedByActiveItem)) {
        const float y = ImGui::GetMousePos().y - ImGui::GetWindowPos().y;
        const bool up = y < row && ImGui::GetScrollY() > 0;
        const bool down = y > ImGui::GetWindowHeight() - row && ImGui::GetScrollY() < ImGui::GetScrollMaxY();
        if (up) ImGui::SetScrollY(ImGui::GetScrollY() - row / 3);
        if (down) ImGui::SetScrollY(ImGui::GetScrollY() + row / 3);
        // Also while the mouse rests there.
        actions.scrolling = up || down;
    }
    ImGui::EndChild();
    follow(count, key_of);
    return actions;
}

}  // namespace sockdesk::gui
