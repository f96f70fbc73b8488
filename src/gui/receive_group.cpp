// How what arrives is shown and kept.
#include <imgui.h>

#include "app/message_translation.hpp"
#include "app/translation.hpp"
#include "codec/encoding.hpp"
#include "gui/session_tab.hpp"
#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

using app::PayloadView;
using app::tr;
using app::trc;

namespace {

void encoding_field(app::ViewSettings& view) {
    const auto encoding = codec::Encoding::find(view.encoding);
    combo_input("encoding", view.encoding, tr("encoding"), 0, !encoding, [] {
        Choices choices;
        for (const std::string_view name : codec::common_encodings()) choices.emplace_back(name, name);
        return choices;
    });
    // The sentence names the nearest encodings.
    if (!encoding) field_error(app::trf("Unknown encoding. {}", app::tr_message(encoding.error().message)));
}

void save_row(SessionTab& tab) {
    bool saving = tab.session.is_saving();
    if (check_box(labelled(tr("Save to file..."), "save").c_str(), &saving)) {
        if (saving) {
            tab.save_asked = true;
        } else {
            tab.session.stop_saving();
        }
    }
    if (tab.session.is_saving()) {
        const std::string& path = tab.session.tab().view.save_path;
        tooltip(path.c_str());
    }
}

}  // namespace

void draw_receive_group(SessionTab& tab) {
    begin_card(tr("Receive"), "receive");
    app::ViewSettings& view = tab.session.tab().view;

    bool hex = false;
    if (card_choice("ASCII###view_ascii", "HEX###view_hex", view.view == PayloadView::hex, hex))
        view.view = hex ? PayloadView::hex : PayloadView::text;
    ImGui::AlignTextToFramePadding();
    text(tr("Encoding"));
    ImGui::SameLine();
    encoding_field(view);

    check_box(labelled(tr("Log display mode"), "log_mode").c_str(), &view.log_mode);
    tooltip(tr("On: time, direction and address before each payload. Off: the bare stream of what arrives."));
    check_box(labelled(tr("Auto linefeed"), "wrap").c_str(), &view.wrap);
    check_box(labelled(tr("Hide received data"), "hide").c_str(), &view.hide_received);
    tooltip(tr("Counters and the file being saved go on."));
    save_row(tab);
    check_box(labelled(tr("AutoScroll"), "auto_scroll").c_str(), &view.auto_scroll);
    const std::string clear = labelled(trc("receive", "Clear"), "clear_received");
    const float width =
        ImGui::CalcTextSize(clear.c_str(), nullptr, true).x + 2 * ImGui::GetStyle().FramePadding.x;
    ImGui::SameLine(right_edge() - width);
    ImGui::PushStyleVarY(ImGuiStyleVar_FramePadding, 0);
    const bool cleared = link_button(clear.c_str());
    ImGui::PopStyleVar();
    if (cleared) tab.clear_log();
    tooltip(tr("Empty the log view (Ctrl+L). What is being saved is not touched."));
    end_card();
}

}  // namespace sockdesk::gui
