#include "gui/payload_mark.hpp"

#include <algorithm>
#include <string_view>

#include <imgui_internal.h>

#include "gui/style.hpp"

namespace sockdesk::gui {
namespace {

struct Place {
    std::size_t line = 0;
    std::size_t begin = 0;  // of the line, in bytes
};

Place place_of(std::string_view text, std::size_t offset) {
    Place place;
    for (std::size_t i = 0; i < std::min(offset, text.size()); ++i) {
        if (text[i] == '\n') place = {place.line + 1, i + 1};
    }
    return place;
}

// Dear ImGui scrolls a multi-line input in a child window of its own, which is where the mark has to be
// drawn.
ImGuiWindow* input_window(ImGuiID id) {
    ImGuiWindow* parent = ImGui::GetCurrentWindow();
    for (ImGuiWindow* window : parent->DC.ChildWindows) {
        if (window->ChildId == id) return window;
    }
    return nullptr;
}

}  // namespace

void mark_fault(ImGuiID id, const std::string& text, std::size_t offset) {
    ImGuiWindow* window = input_window(id);
    if (window == nullptr) return;
    const ImGuiInputTextState* state = ImGui::GetInputTextState(id);
    const float scroll_x = state != nullptr ? state->Scroll.x : 0.0F;
    const Place place = place_of(text, offset);
    const char* line = text.data() + place.begin;
    const char* fault = text.data() + std::min(offset, text.size());
    const char* after = fault;
    if (after < text.data() + text.size() && *after != '\n') {
        ++after;
        while (after < text.data() + text.size() && (static_cast<unsigned char>(*after) & 0xC0U) == 0x80U)
            ++after;
    }
    const float left = ImGui::CalcTextSize(line, fault).x;
    const float width = std::max(ImGui::CalcTextSize(fault, after).x, ImGui::CalcTextSize("0").x);
    const ImVec2 padding = ImGui::GetStyle().FramePadding;
    const float height = ImGui::GetFontSize();
    const ImVec2 at{window->Pos.x + padding.x + left - scroll_x,
                    window->Pos.y + padding.y + static_cast<float>(place.line) * height - window->Scroll.y};
    ImDrawList& draw = *window->DrawList;
    draw.PushClipRect(window->InnerRect.Min, window->InnerRect.Max, false);
    const ImVec4 red = ImGui::ColorConvertU32ToFloat4(palette().error);
    draw.AddRectFilled(at, {at.x + width, at.y + height}, ImGui::GetColorU32({red.x, red.y, red.z, 0.22F}),
                       px(2));
    draw.AddRectFilled({at.x, at.y + height - px(2)}, {at.x + width, at.y + height}, palette().error);
    draw.PopClipRect();
}

}  // namespace sockdesk::gui
