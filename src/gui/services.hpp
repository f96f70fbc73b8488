// What the window system does for the views. The views know no window system; tests give them another.
#pragma once

#include <functional>
#include <string>

#include "base/clock.hpp"

struct ImFont;

namespace sockdesk::gui {

struct Services {
    std::function<void(const std::string&)> set_title = [](const std::string&) {};
    /// A frame that much later, if none is drawn sooner for another reason.
    std::function<void(SteadyTime::duration)> request_frame = [](SteadyTime::duration) {};
    /// A frame soon. Any thread; must not block.
    std::function<void()> wake = [] {};
    /// Pixels of this screen for one of a 96 dpi screen.
    std::function<float()> content_scale = [] { return 1.0F; };
    /// The person asked to leave.
    std::function<void()> quit = [] {};

    ImFont* ui_font = nullptr;    ///< none: Dear ImGui's own
    ImFont* mono_font = nullptr;  ///< Latin and Chinese in a 1:2 grid
    bool has_chinese_font = true;
};

}  // namespace sockdesk::gui
