// What the slim bars above the log are made of: search, filter, go to.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <imgui.h>

namespace sockdesk::gui {

enum class Icon { search, filter };

/// A button with an icon behind its words, pressed in where `active`; `label` as "text###id", without text the icon alone.
bool icon_button(const std::string& label, Icon icon, bool active);
float icon_button_width(const std::string& label);

/// An icon as tall as text, where the cursor is, and on with the line.
void bar_icon(Icon icon);
/// A small × without a frame.
bool close_button(const char* id);
/// A button that stays down. True: clicked.
bool toggle_button(const char* label, bool active);

/// One line, cut with … where it ends beyond `width`; the tooltip has all of it.
void fitted_text(ImU32 color, std::string_view text, float width);

}  // namespace sockdesk::gui
