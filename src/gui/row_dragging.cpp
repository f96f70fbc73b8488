#include "gui/row_dragging.hpp"

#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

void drag_row(const char* kind, std::uint64_t key, std::string_view label) {
    if (!ImGui::BeginDragDropSource(ImGuiDragDropFlags_SourceNoDisableHover)) return;
    ImGui::SetDragDropPayload(kind, &key, sizeof key);
    text(one_line(label));
    ImGui::EndDragDropSource();
}

std::optional<DroppedRow> drop_on_row(const char* kind, ImVec2 low, ImVec2 high, DropPlaces places) {
    if (!ImGui::BeginDragDropTarget()) return {};
    std::optional<DroppedRow> dropped;
    constexpr ImGuiDragDropFlags flags =
        ImGuiDragDropFlags_AcceptBeforeDelivery | ImGuiDragDropFlags_AcceptNoDrawDefaultRect;
    if (const ImGuiPayload* payload = ImGui::AcceptDragDropPayload(kind, flags)) {
        const bool behind = places == DropPlaces::behind || ImGui::GetMousePos().y > (low.y + high.y) / 2;
        const float y = behind ? high.y : low.y;
        ImGui::GetWindowDrawList()->AddLine({low.x, y}, {high.x, y}, palette().accent, px(2));
        if (payload->IsDelivery())
            dropped = DroppedRow{*static_cast<const std::uint64_t*>(payload->Data), behind};
    }
    ImGui::EndDragDropTarget();
    return dropped;
}

}  // namespace sockdesk::gui
