// 数据日志: the title row with the choice of view, the log itself, its context menu and what can be copied
// from it.
#include <array>
#include <optional>

#include <imgui.h>

#include "app/copy_formats.hpp"
#include "app/translation.hpp"
#include "codec/encoding.hpp"
#include "gui/log_tab.hpp"
#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

using app::PayloadView;
using app::tr;

namespace {

// A clipboard is no place for gigabytes: other programs take it whole into memory. And an X server ends the program
// that hands over more than fits one request, some 16 MiB less a header.
constexpr std::size_t max_copied_bytes = std::size_t{4} << 20;
constexpr std::size_t max_copied_payloads = 100'000;

void tell_truncated(LogTab& tab) {
    tab.set_notice(
        {true, tr("Copy: the selection is larger than 4 MiB; only its beginning was copied. Save the "
                  "log to a file to keep all of it.")});
}

void copy_payloads(LogTab& tab, app::CopyFormat format) {
    const auto [records, all] = tab.log.selected_payloads(max_copied_payloads);
    capture::LogReader reader(tab.source);
    std::string copied;
    bool complete = all;
    for (const RecordIndex index : records) {
        const ByteView payload = reader.record(index).payload;
        const std::string piece = app::copy_as(format, payload);
        if (copied.size() + piece.size() + 1 > max_copied_bytes) {
            complete = false;
            break;
        }
        if (!copied.empty()) copied += '\n';
        copied += piece;
    }
    ImGui::SetClipboardText(copied.c_str());
    if (!complete) tell_truncated(tab);
}

struct FirstPayload {
    Bytes bytes;
    Endpoint remote;
};

std::optional<FirstPayload> first_payload(LogTab& tab) {
    const auto [records, all] = tab.log.selected_payloads(1);
    if (records.empty()) return {};
    capture::LogReader reader(tab.source);
    const capture::RecordView record = reader.record(records.front());
    return FirstPayload{Bytes(record.payload.begin(), record.payload.end()), record.remote};
}

void context_menu(LogTab& tab) {
    if (!ImGui::BeginPopup("log_menu")) return;
    const auto payload = first_payload(tab);
    const auto item = [](const char* text, const char* id, const char* keys = nullptr, bool enabled = true) {
        return ImGui::MenuItem(labelled(text, id).c_str(), keys, false, enabled);
    };
    if (item(tr("Copy as text"), "copy_text", "Ctrl+C")) copy_selection(tab);
    if (item(tr("Copy as hex"), "copy_hex", nullptr, payload.has_value()))
        copy_payloads(tab, app::CopyFormat::hex);
    if (item(tr("Copy as C array"), "copy_c", nullptr, payload.has_value()))
        copy_payloads(tab, app::CopyFormat::c_array);
    if (item(tr("Copy as Python bytes"), "copy_python", nullptr, payload.has_value())) {
        copy_payloads(tab, app::CopyFormat::python_bytes);
    }
    if (app::SessionModel* session = tab.live()) {
        ImGui::Separator();
        if (item(tr("Send again"), "send_again", nullptr, payload.has_value()))
            session->send_bytes(payload->bytes);
        if (session->tab().session.protocol != engine::Protocol::tcp_client) {
            const std::string label =
                payload ? app::trf("Reply to {}", payload->remote.to_string()) : tr("Reply to this address");
            if (item(label.c_str(), "reply", nullptr, payload.has_value())) {
                session->reply_to(payload->remote);
                tab.focus_box = true;
            }
        }
    }
    ImGui::Separator();
    if (item(tr("Select all"), "select_all", "Ctrl+A")) tab.log.select_all();
    ImGui::EndPopup();
}

void view_choice(app::ViewSettings& view) {
    const std::array<std::string, 3> labels = {labelled(tr("Text"), "as_text"), "HEX###as_hex",
                                               labelled(tr("Side by side"), "as_both")};
    float width = px(1);
    for (const std::string& label : labels) {
        width += ImGui::CalcTextSize(label.c_str(), nullptr, true).x + 2 * ImGui::GetStyle().FramePadding.x -
                 px(1);
    }
    ImGui::SameLine(right_edge() - width);
    int chosen = static_cast<int>(view.view);
    if (segmented("view", labels, chosen)) view.view = static_cast<PayloadView>(chosen);
}

}  // namespace

void copy_selection(LogTab& tab) {
    if (!tab.log.has_selection()) return;
    const app::CopiedText copied = tab.log.selected_text(max_copied_bytes);
    ImGui::SetClipboardText(copied.text.c_str());
    if (!copied.complete) tell_truncated(tab);
}

void draw_log_panel(LogTab& tab, const Services& services, float height) {
    app::ViewSettings& view = tab.settings();
    ImGui::BeginChild("log_panel", {0, height}, ImGuiChildFlags_None, ImGuiWindowFlags_NoScrollbar);
    ImGui::AlignTextToFramePadding();
    text(tr("Data log"));
    view_choice(view);

    app::LogFormat format = tab.log.format();
    // While a name is being typed that no encoding has, the log stays as it was.
    if (auto encoding = codec::Encoding::find(view.encoding)) format.encoding = *encoding;
    format.view = view.view;
    format.log_mode = view.log_mode;
    tab.log.set_format(format);
    tab.log.set_hide_received(view.hide_received);
    tab.log.allow_following(view.auto_scroll);

    const LogViewActions actions = tab.view.draw(tab.log, view.wrap, tab.empty_text(), services);
    if (actions.copy) copy_selection(tab);
    if (actions.context_menu) ImGui::OpenPopup("log_menu");
    context_menu(tab);
    ImGui::EndChild();
}

}  // namespace sockdesk::gui
