// How what is typed into the box is read, and whether it is sent again.
#include <imgui.h>

#include "app/translation.hpp"
#include "gui/session_tab.hpp"
#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

using app::Field;
using app::tr;
using app::trc;

void draw_send_group(SessionTab& tab) {
    begin_card(trc("group", "Send"), "send_settings");
    app::SendSettings& send = tab.session.tab().send;

    if (radio_button("ASCII###send_ascii", !send.hex)) tab.session.convert_box(false);
    ImGui::SameLine();
    if (radio_button("HEX###send_hex", send.hex)) tab.session.convert_box(true);

    ImGui::BeginDisabled(send.hex);
    check_box(labelled(tr("Use escape chars"), "escapes").c_str(), &send.escapes);
    ImGui::EndDisabled();
    tooltip("\\r \\n \\t \\\\ \\0 \\xHH \\uHHHH");

    bool echo = tab.session.tab().session.echo;
    if (check_box(labelled(tr("Echo received data"), "echo").c_str(), &echo)) tab.session.set_echo(echo);
    tooltip(tr("Send back what arrives, to whom it came from."));

    ImGui::BeginDisabled(tab.session.is_cycling());
    const float row = ImGui::GetCursorPosY();
    ImGui::SetCursorPosY(row + ImGui::GetStyle().FramePadding.y);
    check_box(labelled(tr("Cycle"), "cycle").c_str(), &send.cycle);
    ImGui::SameLine();
    ImGui::SetCursorPosY(row);
    const auto errors = tab.session.field_errors();
    const auto error = errors.find(Field::period);
    const float unit = ImGui::CalcTextSize("ms").x + ImGui::GetStyle().ItemInnerSpacing.x;
    push_mono();
    input_line("###period", send.period_ms, "1000", -unit, error != errors.end());
    pop_mono();
    tooltip(
        tr("From one send to the next. Fractions such as 0.5 and units such as 100us are understood; 0 is as "
           "fast "
           "as possible."));
    ImGui::SameLine(0, ImGui::GetStyle().ItemInnerSpacing.x);
    ImGui::SetCursorPosY(row);
    text("ms");
    ImGui::EndDisabled();
    if (error != errors.end()) field_error(error->second);
    end_card();
}

}  // namespace sockdesk::gui
