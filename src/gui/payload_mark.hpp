// Where in a text of several lines a fault is.
#pragma once

#include <cstddef>
#include <string>

#include <imgui.h>

namespace sockdesk::gui {

/// Over the input `id` that was drawn last in this window with the font that is in use, and that holds `text`; `offset` in bytes.
void mark_fault(ImGuiID id, const std::string& text, std::size_t offset);

}  // namespace sockdesk::gui
