// A line between two parts of the window that can be dragged.
#pragma once

namespace sockdesk::gui {

/// How far it was dragged in this frame, down is positive. Takes the whole width and `thickness` of the height.
float horizontal_splitter(const char* id, float thickness);
/// Between two side by side; right is positive.
float vertical_splitter(const char* id, float thickness, float height);

}  // namespace sockdesk::gui
