// Colours and measures of the whole window: two themes, one accent.
#pragma once

#include <imgui.h>

#include "app/workspace.hpp"
#include "gui/services.hpp"

namespace sockdesk::gui {

/// Colours that Dear ImGui has no place for.
struct Palette {
    ImU32 accent;
    ImU32 on_accent;
    ImU32 muted;  ///< secondary text
    ImU32 error;
    ImU32 sent;      ///< header of what we sent
    ImU32 received;  ///< header of what arrived
    ImU32 event;
    ImU32 selection;
    ImU32 match;          ///< what a search found
    ImU32 current_match;  ///< the one that it is at
    ImU32 match_mark;
    ImU32 paper;  ///< behind log and inputs
    ImU32 border;
    ImU32 lamp_closed;
    ImU32 lamp_opening;
    ImU32 lamp_open;
    ImU32 lamp_failed;
};

const Palette& palette();

/// What the style depends on.
struct StyleKey {
    app::Theme theme;
    int font_size;
    float scale;  ///< of the screen

    friend bool operator==(const StyleKey&, const StyleKey&) = default;
};

/// Sets Dear ImGui's style for theme, font size and screen.
void apply_style(const StyleKey& key, const Services& services);

/// The monospace face at a size at which Latin and Chinese characters are 1:2 in whole pixels.
void push_mono();
void pop_mono();

/// A length in units of a 96 dpi screen, in pixels.
float px(float length);
/// Height of the text around it.
float em();

}  // namespace sockdesk::gui
