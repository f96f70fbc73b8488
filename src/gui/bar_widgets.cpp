#include "gui/bar_widgets.hpp"

#include <algorithm>

#include <imgui_internal.h>

#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {
namespace {

float icon_size() { return px(12); }

void draw_icon(ImDrawList& draw, Icon icon, ImVec2 middle, ImU32 color) {
    const float size = icon_size();
    const float line = std::max(1.0F, px(1.4F));
    if (icon == Icon::search) {
        const float radius = size * 0.34F;
        const ImVec2 lens{middle.x - size * 0.1F, middle.y - size * 0.1F};
        draw.AddCircle(lens, radius, color, 0, line);
        draw.AddLine({lens.x + radius * 0.72F, lens.y + radius * 0.72F},
                     {middle.x + size * 0.46F, middle.y + size * 0.46F}, color, line * 1.2F);
        return;
    }
    const float half = size * 0.46F;
    const ImVec2 funnel[] = {
        {middle.x - half, middle.y - half * 0.85F},        {middle.x + half, middle.y - half * 0.85F},
        {middle.x + half * 0.22F, middle.y + half * 0.1F}, {middle.x + half * 0.22F, middle.y + half},
        {middle.x - half * 0.22F, middle.y + half * 0.7F}, {middle.x - half * 0.22F, middle.y + half * 0.1F}};
    draw.AddPolyline(funnel, 6, color, ImDrawFlags_Closed, line);
}

std::string_view shown_part(const std::string& label) {
    return std::string_view(label).substr(0, std::min(label.find("###"), label.size()));
}

}  // namespace

float icon_button_width(const std::string& label) {
    const std::string_view shown = shown_part(label);
    const float text =
        shown.empty() ? 0 : ImGui::CalcTextSize(shown.data(), shown.data() + shown.size()).x + px(5);
    return text + icon_size() + 2 * ImGui::GetStyle().FramePadding.x;
}

bool icon_button(const std::string& label, Icon icon, bool active) {
    const std::string_view shown = shown_part(label);
    const std::string id = label.substr(shown.size());
    if (active) ImGui::PushStyleColor(ImGuiCol_Button, ImGui::GetStyleColorVec4(ImGuiCol_Header));
    const bool pressed = ImGui::Button(id.c_str(), {icon_button_width(label), 0});
    if (active) ImGui::PopStyleColor();
    const ImVec2 low = ImGui::GetItemRectMin();
    const ImVec2 high = ImGui::GetItemRectMax();
    const ImU32 color = ImGui::GetColorU32(active ? ImGuiCol_TextLink : ImGuiCol_Text);
    const ImGuiStyle& style = ImGui::GetStyle();
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    draw.AddText({low.x + style.FramePadding.x, low.y + style.FramePadding.y}, color, shown.data(),
                 shown.data() + shown.size());
    draw_icon(draw, icon, {high.x - style.FramePadding.x - icon_size() / 2, (low.y + high.y) / 2}, color);
    return pressed;
}

void bar_icon(Icon icon) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    draw_icon(*ImGui::GetWindowDrawList(), icon,
              {at.x + px(4) + icon_size() / 2, at.y + ImGui::GetFrameHeight() / 2}, palette().muted);
    ImGui::Dummy({icon_size() + px(8), ImGui::GetFrameHeight()});
    ImGui::SameLine(0, px(4));
}

bool close_button(const char* id) {
    const float size = ImGui::GetFrameHeight();
    ImGui::PushStyleColor(ImGuiCol_Button, IM_COL32_BLACK_TRANS);
    ImGui::PushStyleColor(ImGuiCol_Border, IM_COL32_BLACK_TRANS);
    const bool pressed = ImGui::Button(id, {size, size});
    ImGui::PopStyleColor(2);
    const ImVec2 low = ImGui::GetItemRectMin();
    const ImVec2 middle{low.x + size / 2, low.y + size / 2};
    const float arm = px(4);
    const ImU32 color = ImGui::IsItemHovered() ? ImGui::GetColorU32(ImGuiCol_Text) : palette().muted;
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    draw.AddLine({middle.x - arm, middle.y - arm}, {middle.x + arm, middle.y + arm}, color, px(1.4F));
    draw.AddLine({middle.x - arm, middle.y + arm}, {middle.x + arm, middle.y - arm}, color, px(1.4F));
    return pressed;
}

bool toggle_button(const char* label, bool active) {
    if (active) {
        ImGui::PushStyleColor(ImGuiCol_Button, ImGui::GetStyleColorVec4(ImGuiCol_Header));
        ImGui::PushStyleColor(ImGuiCol_ButtonHovered, ImGui::GetStyleColorVec4(ImGuiCol_Header));
        ImGui::PushStyleColor(ImGuiCol_Text, ImGui::GetStyleColorVec4(ImGuiCol_TextLink));
    }
    const bool pressed = ImGui::Button(label);
    if (active) ImGui::PopStyleColor(3);
    return pressed;
}

void fitted_text(ImU32 color, std::string_view shown, float width) {
    const ImVec2 size = ImGui::CalcTextSize(shown.data(), shown.data() + shown.size());
    if (size.x <= width) {
        colored_text(color, shown);
        return;
    }
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float base = ImGui::GetCurrentWindow()->DC.CurrLineTextBaseOffset;
    ImGui::Dummy({std::max(1.0F, width), ImGui::GetTextLineHeight()});
    ImGui::PushStyleColor(ImGuiCol_Text, color);
    const ImVec2 low{at.x, at.y + base};
    ImGui::RenderTextEllipsis(ImGui::GetWindowDrawList(), low, {at.x + width, low.y + size.y}, at.x + width,
                              shown.data(), shown.data() + shown.size(), &size);
    ImGui::PopStyleColor();
    tooltip(std::string(shown).c_str());
}

}  // namespace sockdesk::gui
