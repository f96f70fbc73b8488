// Rows of a list that are put into another order with the mouse.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <imgui.h>

namespace sockdesk::gui {

struct DroppedRow {
    std::uint64_t dragged = 0;
    bool behind = false;  ///< of the row that it was dropped on, or before it
};

/// The row that was drawn last can be dragged. `kind` says which lists it can be dropped on, `key` which row it is, `label` is shown at the mouse.
void drag_row(const char* kind, std::uint64_t key, std::string_view label);

enum class DropPlaces { before_and_behind, behind };

/// Rows of `kind` can be dropped on the row that was drawn last, which is between `low` and `high`; a line shows where they would come to stand.
std::optional<DroppedRow> drop_on_row(const char* kind, ImVec2 low, ImVec2 high,
                                      DropPlaces places = DropPlaces::before_and_behind);

}  // namespace sockdesk::gui
