// How what is typed into the box is read, what follows it, and what is sent without being typed.
#include <imgui.h>

#include "app/translation.hpp"
#include "gui/session_tab.hpp"
#include "gui/style.hpp"
#include "gui/trailer_dialog.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

using app::Field;
using app::tr;
using app::trc;

namespace {

// At the end of the line, as tall as the box of the row: opens the dialog of what is ticked there.
bool dots_button(const char* id) {
    const std::string label = labelled("...", id);
    const float width = ImGui::CalcTextSize("...").x + 2 * px(6);
    ImGui::SameLine(right_edge() - width);
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, {px(6), 0});
    const bool pressed = ImGui::Button(label.c_str(), {width, 0});
    ImGui::PopStyleVar();
    return pressed;
}

void way_of_writing(SessionTab& tab, app::SendSettings& send) {
    bool hex = false;
    if (card_choice("ASCII###send_ascii", "HEX###send_hex", send.hex, hex)) tab.session.convert_box(hex);
    ImGui::BeginDisabled(send.hex);
    check_box(labelled(tr("Use escape chars"), "escapes").c_str(), &send.escapes);
    ImGui::EndDisabled();
    tooltip("\\r \\n \\t \\\\ \\0 \\xHH \\uHHHH");

    check_box(labelled(tr("Templates {{…}}"), "templates").c_str(), &send.templates);
    tooltip(
        tr("{{…}} in the box becomes bytes at each send:\n"
           "{{counter}}  {{counter:1,step=2,width=4,base=16}}  {{counter,!H}}\n"
           "{{time}}  {{time:unix}}  {{time:ms,<Q}}\n"
           "{{random:16}}  {{random:1..6}}  {{uuid}}\n"
           "{{pack:!H8sb,1,\"test.jpg\",2}}  {{file:PATH}}\n"
           "{{part:body}}…{{/part}} {{len:body,!I}}\n"
           "{{hex:48 65}}  {{text:gbk,你好}}  {{session.local_port}}"));
}

void trailer_row(SessionTab& tab, app::TrailerSettings& trailer) {
    ImGui::SetNextItemAllowOverlap();  // where there is little room, by the button at its end
    check_box(labelled(tr("Append bytes"), "append").c_str(), &trailer.append);
    if (ImGui::IsItemHovered(ImGuiHoveredFlags_ForTooltip)) {
        std::string words = app::trf("A checksum or fixed bytes behind each payload: {}",
                                     trailer_short_name(trailer.trailer));
        if (tab.settings().verify.on)
            words += "\n" + app::trf("What arrives is verified: {}",
                                     trailer_short_name(tab.settings().verify.trailer));
        tooltip(words.c_str());
    }
    if (dots_button("append_set")) tab.trailer_asked = true;
    tooltip(tr("Which bytes are appended"));
}

void file_row(SessionTab& tab, app::FileSettings& file) {
    ImGui::BeginDisabled(tab.session.is_cycling());
    bool on = file.on;
    if (check_box(labelled(tr("Send from file..."), "file").c_str(), &on)) {
        // Which file, is asked each time.
        if (on) {
            tab.file_asked = true;
        } else {
            file.on = false;
        }
    }
    ImGui::EndDisabled();
    tooltip(tr("A file of any size in place of what stands in the box."));
}

void replies_row(SessionTab& tab, app::ReplySettings& replies) {
    bool on = replies.on;
    ImGui::SetNextItemAllowOverlap();
    if (check_box(labelled(tr("Automatic replies"), "replies").c_str(), &on)) {
        // Ticked without a rule it would do nothing.
        if (on && replies.rules.empty()) {
            tab.replies_asked = true;
        } else {
            replies.on = on;
        }
    }
    tooltip(tab.session.reply_trouble().empty() ? tr("Answers what arrives, by rules.")
                                                : tab.session.reply_trouble().c_str());
    if (dots_button("replies_set")) tab.replies_asked = true;
    tooltip(tr("The rules"));
    if (replies.on && !tab.session.reply_trouble().empty()) field_error(tab.session.reply_trouble());
}

void cycle_row(SessionTab& tab, app::SendSettings& send) {
    // A file has an interval of its own.
    ImGui::BeginDisabled(tab.session.is_cycling() || send.file.on);
    const float row = ImGui::GetCursorPosY();
    ImGui::SetCursorPosY(row + ImGui::GetStyle().FramePadding.y);
    check_box(labelled(tr("Cycle"), "cycle").c_str(), &send.cycle);
    ImGui::SameLine();
    ImGui::SetCursorPosY(row);
    const auto errors = tab.session.field_errors();
    const auto wrong = errors.find(Field::period);
    const bool more_wrong = errors.contains(Field::cycle);
    std::string& often = send.pace.by_rate ? send.pace.rate : send.period_ms;
    // A unit that was typed needs no other behind it.
    const bool bare = often.find_first_not_of("0123456789. ") == std::string::npos;
    const char* unit = send.pace.by_rate ? "/s" : "ms";
    const float gap = ImGui::GetStyle().ItemInnerSpacing.x;
    const float dots = ImGui::CalcTextSize("...").x + 2 * px(6);
    push_mono();
    input_line("###period", often, send.pace.by_rate ? "100" : "1000",
               -(ImGui::CalcTextSize("ms").x + gap + dots + 2 * gap), wrong != errors.end());
    pop_mono();
    tooltip(send.pace.by_rate
                ? tr("Payloads a second, such as 200, 50k/s or 1.5M/s.")
                : tr("From one send to the next. Fractions such as 0.5 and units such as 100us are "
                     "understood; 0 is as fast as possible."));
    ImGui::SameLine(0, gap);
    ImGui::SetCursorPosY(row);
    if (bare) text(unit);
    ImGui::SetCursorPosY(row + ImGui::GetStyle().FramePadding.y);
    if (dots_button("cycle_set")) tab.cycle_asked = true;
    tooltip(tr("How often, how many at once and how many in all"));
    ImGui::EndDisabled();
    if (wrong != errors.end()) field_error(wrong->second);
    if (more_wrong) field_error(errors.at(Field::cycle));
}

// 快捷指令 历史发送: they stay down while their panel is open.
void side_buttons(SessionTab& tab) {
    const float gap = ImGui::GetStyle().ItemSpacing.x;
    const float width = (ImGui::GetContentRegionAvail().x - gap) / 2;
    const auto button = [&](const char* words, const char* id, app::SidePage page, const char* tip) {
        const bool active = tab.side_shown == page;
        if (active) {
            ImGui::PushStyleColor(ImGuiCol_Button, ImGui::GetStyleColorVec4(ImGuiCol_Header));
            ImGui::PushStyleColor(ImGuiCol_Text, ImGui::GetStyleColorVec4(ImGuiCol_TextLink));
        }
        if (ImGui::Button(labelled(words, id).c_str(), {width, 0})) tab.side_asked = page;
        if (active) ImGui::PopStyleColor(2);
        tooltip(tip);
    };
    button(tr("Shortcuts"), "shortcuts", app::SidePage::shortcuts, tr("Canned payloads (Ctrl+K)"));
    ImGui::SameLine();
    button(tr("History"), "history", app::SidePage::history, tr("What was sent before (Ctrl+H)"));
}

}  // namespace

void draw_send_group(SessionTab& tab) {
    begin_card(trc("group", "Send"), "send_settings");
    app::TabState& fields = tab.session.tab();
    way_of_writing(tab, fields.send);
    trailer_row(tab, fields.send.trailer);
    file_row(tab, fields.send.file);
    replies_row(tab, fields.replies);
    cycle_row(tab, fields.send);
    side_buttons(tab);
    end_card();
    tab.session.update_replies();
}

}  // namespace sockdesk::gui
