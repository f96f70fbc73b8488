#include "gui/go_to_bar.hpp"

#include <imgui.h>

#include "app/go_to.hpp"
#include "app/translation.hpp"
#include "gui/amounts.hpp"
#include "gui/bar_widgets.hpp"
#include "gui/log_tab.hpp"
#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

using app::tr;
using app::trf;

void GoToBar::open() {
    open_ = true;
    focus_next_ = true;
    error_.reset();
}

void GoToBar::close(LogTab& tab) {
    open_ = false;
    tab.view.focus();
}

bool GoToBar::go(LogTab& tab) {
    const RecordCount published = tab.source->published();
    const auto wanted = app::parse_go_to(text_, tab.log.begin_time(), published);
    if (!wanted) {
        error_ = wanted.error();
        return false;
    }
    RecordIndex record = 0;
    if (const auto* time = std::get_if<Timestamp>(&*wanted)) {
        capture::LogReader reader(tab.source);
        record = reader.first_not_before(*time);
        if (record >= published) {
            error_ = Error{ErrorKind::not_found, tr("The log ends before that."), {}, Error::no_position};
            return false;
        }
    } else {
        record = std::get<RecordIndex>(*wanted);
    }
    tab.log.go_to(record);
    const app::LogIndexModel& index = tab.log.index();
    if (record < index.decided() && !index.shows(record)) {
        tab.set_notice({false, trf("Record {} is not shown at the moment; this is the nearest one that is.",
                                   grouped(record + 1))});
    }
    return true;
}

void GoToBar::draw(LogTab& tab) {
    if (!open_) return;
    ImGui::PushID("go_to_bar");
    ImGui::AlignTextToFramePadding();
    text(tr("Go to"));
    ImGui::SameLine();
    const std::string before = text_;
    if (focus_next_) ImGui::SetKeyboardFocusHere();
    focus_next_ = false;
    const float width = std::min(em() * 14, ImGui::GetContentRegionAvail().x * 0.5F);
    if (input_line("###go_to", text_, tr("1234 or 10:00:05"), width, error_.has_value())) error_.reset();
    const bool ended = ImGui::IsItemDeactivated();
    if (ended && ImGui::IsKeyPressed(ImGuiKey_Escape, false)) {
        text_ = before;
        close(tab);
    } else if (ended && (ImGui::IsKeyPressed(ImGuiKey_Enter, false) ||
                         ImGui::IsKeyPressed(ImGuiKey_KeypadEnter, false))) {
        if (go(tab)) {
            close(tab);
        } else {
            focus_next_ = true;
        }
    }
    if (error_ && error_->position != Error::no_position) mark_input_error(text_, error_->position);
    ImGui::SameLine();
    const float close_at = right_edge() - ImGui::GetFrameHeight();
    const float room = close_at - ImGui::GetCursorPosX() - ImGui::GetStyle().ItemSpacing.x;
    ImGui::AlignTextToFramePadding();
    if (error_) {
        fitted_text(palette().error, error_->message, room);
    } else {
        fitted_text(palette().muted, tr("A record's number or a time; Enter goes there."), room);
    }
    ImGui::SameLine(close_at);
    if (close_button("###go_to_close")) close(tab);
    ImGui::PopID();
}

}  // namespace sockdesk::gui
