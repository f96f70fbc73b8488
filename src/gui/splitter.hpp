// A line between two parts of the window, one above the other, that can be dragged.
#pragma once

namespace sockdesk::gui {

/// How far it was dragged in this frame, down is positive. Takes the whole width and `thickness` of the height.
float horizontal_splitter(const char* id, float thickness);

}  // namespace sockdesk::gui
