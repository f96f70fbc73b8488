// Small pieces that the views are made of.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <imgui.h>

#include "base/bytes.hpp"
#include "engine/event.hpp"

namespace sockdesk::gui {

/// "text###id": the same widget in every language.
std::string labelled(const char* text, const char* id);

/// A card with a title on the left panel. `end_card` whatever `begin_card` did.
void begin_card(const char* title, const char* id);
void end_card();
/// Two radio buttons at the end of the card's title line. True: one was pressed, `chosen` is whether the second.
bool card_choice(const char* first, const char* second, bool second_chosen, bool& chosen);

/// Secondary text above a field.
void field_label(const char* text);
/// Red text below a field, wrapped; nothing when `error` is empty.
void field_error(std::string_view error);

/// Text that came from outside: never a format.
void text(std::string_view text);
/// The beginning of such a text, with what would break the line written as an escape. A row shows no more, however long the text.
std::string one_line(std::string_view text);
void colored_text(ImU32 color, std::string_view text);
/// The beginning of bytes, as hex digits.
std::string short_hex(ByteView bytes);

/// One line of input. `width` 0 is all there is; `error` paints the frame red.
bool input_line(const char* id, std::string& value, const char* hint, float width, bool error,
                ImGuiInputTextFlags flags = 0);

/// Paints a fault in the single-line input that was drawn last, at this byte of its text.
void mark_input_error(const std::string& text, std::size_t position);

/// What is wrong with the value of an input.
struct InputFault {
    bool wrong = false;
    std::size_t position = npos;  ///< byte offset; `npos`: of the value as a whole

    static constexpr std::size_t npos = static_cast<std::size_t>(-1);
    InputFault(bool is_wrong, std::size_t at = npos) : wrong(is_wrong), position(at) {}  // NOLINT
};

/// An input with a list to choose from beside it: (what is put into the input, what the list shows).
using Choices = std::vector<std::pair<std::string, std::string>>;
/// `make_choices` is called when the list is opened.
template <typename MakeChoices>
bool combo_input(const char* id, std::string& value, const char* hint, float width, InputFault fault,
                 MakeChoices&& make_choices);
bool begin_combo_input(const char* id, std::string& value, const char* hint, float width, InputFault fault,
                       bool& opened);
bool combo_choices(std::string& value, const Choices& choices);
void end_combo_input();

/// A box as tall as the text beside it, not as an input.
bool check_box(const char* label, bool* value);
bool radio_button(const char* label, bool active);

/// The accent colour: one such button in each group at most.
bool primary_button(const char* label, ImVec2 size);
/// Looks like text; takes little room.
bool link_button(const char* label);
/// Buttons in a row of which one is pressed. True: `chosen` changed.
bool segmented(const char* id, std::span<const std::string> labels, int& chosen);

ImU32 lamp_color(engine::SessionState state);
void draw_lamp(ImDrawList& draw, ImVec2 center, float radius, engine::SessionState state);

void tooltip(const char* text);

/// Where the window's content ends, as ImGui::SetCursorPosX and ImGui::SameLine count.
inline float right_edge() { return ImGui::GetCursorPosX() + ImGui::GetContentRegionAvail().x; }

// ---- implementation

template <typename MakeChoices>
bool combo_input(const char* id, std::string& value, const char* hint, float width, InputFault fault,
                 MakeChoices&& make_choices) {
    bool opened = false;
    bool changed = begin_combo_input(id, value, hint, width, fault, opened);
    if (opened) changed |= combo_choices(value, make_choices());
    end_combo_input();
    return changed;
}

}  // namespace sockdesk::gui
