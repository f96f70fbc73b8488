// The edges of the log on screen: scroll bars, and the way back to the newest record.
#include <algorithm>

#include "app/translation.hpp"
#include "gui/amounts.hpp"
#include "gui/log_view.hpp"
#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

void LogView::vertical_bar(app::LogViewModel& model, app::LogSearchModel& search, ImVec2 at, ImVec2 size) {
    const double share = model.visible_share();
    const double place = model.fraction();
    const bool everything = share >= 1.0 && place >= 1.0;
    const float thumb =
        std::clamp(size.y * static_cast<float>(share), px(28), std::max(px(28), size.y * 0.95F));
    const float range = std::max(1.0F, size.y - thumb);
    ImGui::SetCursorScreenPos(at);
    ImGui::InvisibleButton("###log_scroll", {std::max(1.0F, size.x), std::max(1.0F, size.y)});
    if (search.is_active()) draw_marks(model, search, at, size);
    if (everything) return;
    const float mouse = ImGui::GetIO().MousePos.y - at.y;
    const float top = range * static_cast<float>(place);
    if (ImGui::IsItemActivated()) {
        // A click beside the thumb brings it there; one on it takes hold where it was hit.
        grab_offset_ = mouse >= top && mouse <= top + thumb ? mouse - top : thumb / 2;
    }
    if (ImGui::IsItemActive()) {
        model.scroll_to_fraction(static_cast<double>((mouse - grab_offset_) / range));
        tell_place(model);
    }
    const ImGuiCol color = ImGui::IsItemActive()    ? ImGuiCol_ScrollbarGrabActive
                           : ImGui::IsItemHovered() ? ImGuiCol_ScrollbarGrabHovered
                                                    : ImGuiCol_ScrollbarGrab;
    ImGui::GetWindowDrawList()->AddRectFilled({at.x + px(3), at.y + top + px(2)},
                                              {at.x + size.x - px(3), at.y + top + thumb - px(2)},
                                              ImGui::GetColorU32(color), px(3));
}

void LogView::draw_marks(const app::LogViewModel& model, const app::LogSearchModel& search, ImVec2 at,
                         ImVec2 size) {
    const float step = std::max(1.0F, px(2));
    marks_.resize(static_cast<std::size_t>(std::max(1.0F, size.y / step)));
    search.fill_marks(model, marks_);
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    for (std::size_t i = 0; i < marks_.size(); ++i) {
        if (!marks_[i]) continue;
        const float y = at.y + static_cast<float>(i) * step;
        draw.AddRectFilled({at.x + size.x - px(4), y}, {at.x + size.x - px(1), y + step},
                           palette().match_mark);
    }
}

// While the bar is dragged: where that is.
void LogView::tell_place(app::LogViewModel& model) {
    if (rows_->empty()) return;
    const RecordIndex record = rows_->front().item->first;
    std::string place = "#" + grouped(record + 1) + "  ";
    local_time_.append_log_time(model.time_of(record), place);
    ImGui::SetTooltip("%s", place.c_str());
}

void LogView::horizontal_bar(ImVec2 at, ImVec2 size, const Grid& grid) {
    const auto fitting = static_cast<std::size_t>(grid.size.x / grid.cell);
    const std::size_t all = std::max(widest_, first_column_ + 1);
    ImGui::SetCursorScreenPos(at);
    ImGui::InvisibleButton("###log_scroll_columns", {std::max(1.0F, size.x), std::max(1.0F, size.y)});
    if (all <= fitting && first_column_ == 0) return;
    const auto last = static_cast<float>(all > fitting ? all - fitting : first_column_);
    const float thumb = std::clamp(size.x * static_cast<float>(fitting) / static_cast<float>(all + fitting),
                                   px(28), std::max(px(28), size.x));
    const float range = std::max(1.0F, size.x - thumb);
    if (ImGui::IsItemActive()) {
        const float place = (ImGui::GetIO().MousePos.x - at.x - thumb / 2) / range;
        first_column_ = static_cast<std::size_t>(std::clamp(place, 0.0F, 1.0F) * last);
    }
    const float left = last > 0 ? range * std::min(1.0F, static_cast<float>(first_column_) / last) : 0;
    ImGui::GetWindowDrawList()->AddRectFilled({at.x + left + px(2), at.y + px(3)},
                                              {at.x + left + thumb - px(2), at.y + size.y - px(3)},
                                              ImGui::GetColorU32(ImGuiCol_ScrollbarGrab), px(3));
}

void LogView::newest_button(app::LogViewModel& model, const Grid& grid) {
    if (model.is_following() || model.fraction() >= 1.0) return;
    pop_mono();
    const std::string label = labelled(app::tr("Newest"), "log_newest");
    const ImVec2 text = ImGui::CalcTextSize(label.c_str(), nullptr, true);
    const ImVec2 size{text.x + px(42), ImGui::GetFrameHeight()};
    ImGui::SetCursorScreenPos(
        {grid.origin.x + grid.size.x - size.x - px(6), grid.origin.y + grid.size.y - size.y - px(6)});
    ImGui::PushStyleVar(ImGuiStyleVar_ButtonTextAlign, {0.8F, 0.5F});
    if (ImGui::Button(label.c_str(), size)) model.scroll_to_end();
    ImGui::PopStyleVar();
    const ImVec2 low = ImGui::GetItemRectMin();
    const ImVec2 middle{low.x + px(16), low.y + size.y / 2};
    ImGui::GetWindowDrawList()->AddTriangleFilled({middle.x - px(5), middle.y - px(3)},
                                                  {middle.x + px(5), middle.y - px(3)},
                                                  {middle.x, middle.y + px(4)}, palette().accent);
    push_mono();
}

}  // namespace sockdesk::gui
