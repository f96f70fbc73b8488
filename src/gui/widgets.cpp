#include "gui/widgets.hpp"

#include <algorithm>

#include <imgui_internal.h>
#include <imgui_stdlib.h>

#include "codec/escapes.hpp"
#include "codec/hex.hpp"
#include "gui/style.hpp"

namespace sockdesk::gui {

std::string labelled(const char* text, const char* id) { return std::string(text) + "###" + id; }

void begin_card(const char* title, const char* id) {
    ImGui::PushStyleColor(ImGuiCol_ChildBg, ImGui::GetStyleColorVec4(ImGuiCol_PopupBg));
    ImGui::BeginChild(id, {0, 0},
                      ImGuiChildFlags_Borders | ImGuiChildFlags_AutoResizeY | ImGuiChildFlags_NavFlattened);
    ImGui::PopStyleColor();
    // A stroke of the accent colour, as tall as the letters, leads the title.
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float height = ImGui::GetTextLineHeight();
    ImGui::GetWindowDrawList()->AddRectFilled(
        {at.x, at.y + height * 0.2F}, {at.x + px(3), at.y + height * 0.84F}, palette().accent, px(1.5F));
    ImGui::SetCursorPosX(ImGui::GetCursorPosX() + px(9));
    ImGui::TextUnformatted(title);
    // Closer than elsewhere: three cards fit beside a log on a screen of 800 lines.
    ImGui::PushStyleVarY(ImGuiStyleVar_ItemSpacing, px(4));
}

void end_card() {
    ImGui::PopStyleVar();
    ImGui::EndChild();
}

bool card_choice(const char* first, const char* second, bool second_chosen, bool& chosen) {
    const ImGuiStyle& style = ImGui::GetStyle();
    const auto width_of = [&](const char* label) {
        return ImGui::GetTextLineHeight() + style.ItemInnerSpacing.x +
               ImGui::CalcTextSize(label, nullptr, true).x;
    };
    ImGui::SameLine();
    const float width = width_of(first) + style.ItemSpacing.x + width_of(second);
    ImGui::SetCursorPosX(std::max(ImGui::GetCursorPosX(), right_edge() - width));
    bool pressed = false;
    if (radio_button(first, !second_chosen)) {
        pressed = true;
        chosen = false;
    }
    ImGui::SameLine();
    if (radio_button(second, second_chosen)) {
        pressed = true;
        chosen = true;
    }
    return pressed;
}

std::string one_line(std::string_view text) {
    constexpr std::size_t most_bytes = 300;
    if (text.size() > most_bytes) {
        std::size_t size = most_bytes;
        while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
        text = text.substr(0, size);
    }
    return codec::escape_controls(text);
}

void text(std::string_view text) { ImGui::TextUnformatted(text.data(), text.data() + text.size()); }

void colored_text(ImU32 color, std::string_view shown) {
    ImGui::PushStyleColor(ImGuiCol_Text, color);
    text(shown);
    ImGui::PopStyleColor();
}

std::string short_hex(ByteView bytes) {
    constexpr std::size_t most_bytes = 16;
    std::string shown = codec::format_hex(bytes.first(std::min(bytes.size(), most_bytes)));
    if (shown.ends_with(' ')) shown.pop_back();
    if (bytes.size() > most_bytes) shown += "…";
    return shown;
}

void field_label(const char* label) {
    ImGui::PushStyleVarY(ImGuiStyleVar_ItemSpacing, px(2));
    colored_text(palette().muted, label);
    ImGui::PopStyleVar();
}

void field_error(std::string_view error) {
    if (error.empty()) return;
    ImGui::PushTextWrapPos(0.0F);
    colored_text(palette().error, error);
    ImGui::PopTextWrapPos();
}

bool input_line(const char* id, std::string& value, const char* hint, float width, bool error,
                ImGuiInputTextFlags flags) {
    ImGui::SetNextItemWidth(width != 0 ? width : -1.0F);
    if (error) ImGui::PushStyleColor(ImGuiCol_Border, palette().error);
    // Clicking into a field selects nothing and leaves the list beside it alone; Escape undoes, as
    // everywhere.
    const bool changed = ImGui::InputTextWithHint(id, hint, &value, flags);
    if (error) ImGui::PopStyleColor();
    return changed;
}

void mark_input_error(const std::string& text, std::size_t position) {
    const ImGuiInputTextState* state = ImGui::GetInputTextState(ImGui::GetItemID());
    const float scroll = state != nullptr ? state->Scroll.x : 0.0F;
    const char* fault = text.data() + std::min(position, text.size());
    const char* end = text.data() + text.size();
    const char* after = fault;
    if (after < end) {
        ++after;
        while (after < end && (static_cast<unsigned char>(*after) & 0xC0U) == 0x80U) ++after;
    }
    const ImVec2 low = ImGui::GetItemRectMin();
    const ImVec2 high = ImGui::GetItemRectMax();
    const ImVec2 padding = ImGui::GetStyle().FramePadding;
    const float left = low.x + padding.x + ImGui::CalcTextSize(text.data(), fault).x - scroll;
    const float width = std::max(ImGui::CalcTextSize(fault, after).x, ImGui::CalcTextSize("0").x);
    const float bottom = high.y - padding.y;
    const ImVec4 red = ImGui::ColorConvertU32ToFloat4(palette().error);
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    draw.PushClipRect({low.x + px(2), low.y}, {high.x - px(2), high.y}, true);
    draw.AddRectFilled({left, low.y + padding.y}, {left + width, bottom},
                       ImGui::GetColorU32({red.x, red.y, red.z, 0.22F}), px(2));
    draw.AddRectFilled({left, bottom - px(2)}, {left + width, bottom}, palette().error);
    draw.PopClipRect();
}

bool begin_combo_input(const char* id, std::string& value, const char* hint, float width, InputFault fault,
                       bool& opened) {
    ImGui::PushID(id);
    const float arrow = ImGui::GetFrameHeight();
    const float whole = width != 0 ? width : ImGui::GetContentRegionAvail().x;
    const ImVec2 start = ImGui::GetCursorScreenPos();
    push_mono();
    const float mono_height = ImGui::GetFrameHeight();
    ImGui::PushStyleVarY(ImGuiStyleVar_FramePadding,
                         ImGui::GetStyle().FramePadding.y + (arrow - mono_height) / 2);
    const bool changed = input_line("##text", value, hint, whole - arrow, fault.wrong);
    if (fault.wrong && fault.position != InputFault::npos) mark_input_error(value, fault.position);
    ImGui::PopStyleVar();
    pop_mono();
    ImGui::SameLine(0, 0);
    if (ImGui::ArrowButton("##list", ImGuiDir_Down)) ImGui::OpenPopup("##choices");
    // Dear ImGui leaves a pop-up where it is put, inside the window or not: so below where there is more room, above otherwise.
    const float below = ImGui::GetIO().DisplaySize.y - (start.y + arrow) - px(8);
    const float above = start.y - px(8);
    const float wanted = ImGui::GetTextLineHeightWithSpacing() * 14;
    const bool down = below >= wanted || below >= above;
    ImGui::SetNextWindowPos({start.x, down ? start.y + arrow + px(2) : start.y - px(2)}, ImGuiCond_Always,
                            {0, down ? 0.0F : 1.0F});
    ImGui::SetNextWindowSizeConstraints({whole, 0},
                                        {FLT_MAX, std::min(wanted, std::max(px(60), down ? below : above))});
    opened = ImGui::BeginPopup("##choices");
    return changed;
}

bool combo_choices(std::string& value, const Choices& choices) {
    bool changed = false;
    int index = 0;
    for (const auto& [chosen, shown] : choices) {
        // Drawn over the item rather than as its label, in which "##" would end what is shown.
        ImGui::PushID(index++);
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const float width = ImGui::CalcTextSize(shown.c_str(), shown.c_str() + shown.size()).x;
        if (ImGui::Selectable(("##" + chosen).c_str(), chosen == value, 0,
                              {std::max(width, ImGui::GetContentRegionAvail().x), 0})) {
            value = chosen;
            changed = true;
        }
        ImGui::GetWindowDrawList()->AddText(at, ImGui::GetColorU32(ImGuiCol_Text), shown.c_str(),
                                            shown.c_str() + shown.size());
        ImGui::PopID();
    }
    ImGui::EndPopup();
    return changed;
}

void end_combo_input() { ImGui::PopID(); }

bool check_box(const char* label, bool* value) {
    ImGui::PushStyleVarY(ImGuiStyleVar_FramePadding, 0);
    const bool changed = ImGui::Checkbox(label, value);
    ImGui::PopStyleVar();
    return changed;
}

bool radio_button(const char* label, bool active) {
    ImGui::PushStyleVarY(ImGuiStyleVar_FramePadding, 0);
    const bool pressed = ImGui::RadioButton(label, active);
    ImGui::PopStyleVar();
    return pressed;
}

bool primary_button(const char* label, ImVec2 size) {
    const ImVec4 accent = ImGui::ColorConvertU32ToFloat4(palette().accent);
    const auto shade = [&](float f) { return ImVec4(accent.x * f, accent.y * f, accent.z * f, 1.0F); };
    ImGui::PushStyleColor(ImGuiCol_Button, accent);
    ImGui::PushStyleColor(ImGuiCol_ButtonHovered, shade(0.9F));
    ImGui::PushStyleColor(ImGuiCol_ButtonActive, shade(0.8F));
    ImGui::PushStyleColor(ImGuiCol_Border, accent);
    ImGui::PushStyleColor(ImGuiCol_Text, palette().on_accent);
    const bool pressed = ImGui::Button(label, size);
    ImGui::PopStyleColor(5);
    return pressed;
}

bool link_button(const char* label) {
    ImGui::PushStyleColor(ImGuiCol_Button, IM_COL32_BLACK_TRANS);
    ImGui::PushStyleColor(ImGuiCol_Border, IM_COL32_BLACK_TRANS);
    ImGui::PushStyleColor(ImGuiCol_Text, ImGui::GetStyleColorVec4(ImGuiCol_TextLink));
    const bool pressed = ImGui::Button(label);
    ImGui::PopStyleColor(3);
    return pressed;
}

bool segmented(const char* id, std::span<const std::string> labels, int& chosen) {
    bool changed = false;
    ImGui::PushID(id);
    ImGui::PushStyleVarX(ImGuiStyleVar_ItemSpacing, -px(1));
    for (int i = 0; i < static_cast<int>(labels.size()); ++i) {
        if (i > 0) ImGui::SameLine();
        const bool is_chosen = i == chosen;
        if (is_chosen) {
            ImGui::PushStyleColor(ImGuiCol_Button, ImGui::GetStyleColorVec4(ImGuiCol_Header));
            ImGui::PushStyleColor(ImGuiCol_ButtonHovered, ImGui::GetStyleColorVec4(ImGuiCol_Header));
            ImGui::PushStyleColor(ImGuiCol_Text, ImGui::GetStyleColorVec4(ImGuiCol_TextLink));
        }
        if (ImGui::Button(labels[static_cast<std::size_t>(i)].c_str()) && !is_chosen) {
            chosen = i;
            changed = true;
        }
        if (is_chosen) ImGui::PopStyleColor(3);
    }
    ImGui::PopStyleVar();
    ImGui::PopID();
    return changed;
}

ImU32 lamp_color(engine::SessionState state) {
    switch (state) {
        case engine::SessionState::opening:
            return palette().lamp_opening;
        case engine::SessionState::open:
            return palette().lamp_open;
        case engine::SessionState::failed:
            return palette().lamp_failed;
        case engine::SessionState::closed:
            break;
    }
    return palette().lamp_closed;
}

void draw_lamp(ImDrawList& draw, ImVec2 center, float radius, engine::SessionState state) {
    // A ring when closed, as ○ and ● tell apart without colour.
    if (state == engine::SessionState::closed) {
        draw.AddCircle(center, radius - px(0.5F), lamp_color(state), 0, px(1.5F));
    } else {
        draw.AddCircleFilled(center, radius, lamp_color(state));
    }
}

void tooltip(const char* shown) {
    if (ImGui::IsItemHovered(ImGuiHoveredFlags_ForTooltip | ImGuiHoveredFlags_AllowWhenDisabled) &&
        ImGui::BeginTooltip()) {
        ImGui::PushTextWrapPos(em() * 24);
        text(shown);
        ImGui::PopTextWrapPos();
        ImGui::EndTooltip();
    }
}

}  // namespace sockdesk::gui
