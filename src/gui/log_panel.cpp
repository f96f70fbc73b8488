// 数据日志: the title row with the choice of view, the log itself, its context menu and what can be copied
// from it.
#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <vector>

#include <imgui.h>
#include <imgui_internal.h>

#include "app/copy_formats.hpp"
#include "app/translation.hpp"
#include "codec/encoding.hpp"
#include "codec/escapes.hpp"
#include "codec/hex.hpp"
#include "gui/amounts.hpp"
#include "gui/bar_widgets.hpp"
#include "gui/export_dialog.hpp"
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
constexpr std::size_t max_copied_records = 100'000;

void tell_truncated(LogTab& tab) {
    tab.set_notice(
        {true, tr("Copy: the selection is larger than 4 MiB; only its beginning was copied. Save the "
                  "log to a file to keep all of it.")});
}

void copy_payloads(LogTab& tab, app::CopyFormat format) {
    using End = app::SelectedPayloads::End;
    app::PayloadLimits limits;
    limits.payloads = limits.records = max_copied_records;
    limits.bytes = max_copied_bytes;  // no format takes less than a character for a byte
    const app::SelectedPayloads selected = tab.log.selected_payloads(limits);
    capture::LogReader reader(tab.source);
    std::string copied;
    End end = selected.end;
    for (const RecordIndex index : selected.records) {
        const ByteView payload = reader.record(index).payload;
        const std::string piece = app::copy_as(format, payload);
        if (copied.size() + piece.size() + 1 > max_copied_bytes) {
            end = End::too_many_bytes;
            break;
        }
        if (!copied.empty()) copied += '\n';
        copied += piece;
    }
    ImGui::SetClipboardText(copied.c_str());
    if (end == End::too_many_bytes) tell_truncated(tab);
    if (end == End::too_many_records) {
        tab.set_notice(
            {true,
             tr("Copy: the selection holds more than 100,000 records; only its beginning was copied. Save "
                "the log to a file to keep all of it.")});
    }
}

std::optional<MenuPayload> first_payload(LogTab& tab) {
    app::PayloadLimits limits;
    limits.payloads = 1;
    const app::SelectedPayloads selected = tab.log.selected_payloads(limits);
    if (selected.records.empty()) return {};
    capture::LogReader reader(tab.source);
    const capture::RecordView record = reader.record(selected.records.front());
    return MenuPayload{Bytes(record.payload.begin(), record.payload.end()), record.remote};
}

// As text where that gives these bytes back and can be seen, as hex otherwise.
app::Shortcut shortcut_of(const Bytes& bytes, const std::string& encoding_name) {
    app::Shortcut shortcut;
    if (const auto encoding = codec::Encoding::find(encoding_name)) {
        std::string text = codec::decode_all(*encoding, bytes);
        const auto back = codec::encode(*encoding, text);
        if (back && *back == bytes && codec::escape_controls(text, codec::Keep::line_breaks) == text &&
            text.find('\r') == std::string::npos) {
            shortcut.payload = std::move(text);
            return shortcut;
        }
        // Line ends of a protocol, and little else that is not text.
        text = codec::escape_payload(*encoding, bytes);
        if (text.find("\\x") == std::string::npos && text.find("\\u") == std::string::npos) {
            shortcut.payload = std::move(text);
            shortcut.escapes = true;
            return shortcut;
        }
    }
    shortcut.hex = true;
    shortcut.payload = codec::format_hex(bytes);
    if (shortcut.payload.ends_with(' ')) shortcut.payload.pop_back();
    return shortcut;
}

void context_menu(LogTab& tab) {
    if (!ImGui::BeginPopup("log_menu")) return;
    // Once: the selection may be the whole log.
    if (ImGui::IsWindowAppearing()) tab.menu_payload = first_payload(tab);
    const auto& payload = tab.menu_payload;
    const auto item = [](const char* text, const char* id, const char* keys = nullptr, bool enabled = true) {
        return ImGui::MenuItem(labelled(text, id).c_str(), keys, false, enabled);
    };
    if (const auto record = tab.log.caret_record()) {
        colored_text(palette().muted, "#" + grouped(*record + 1));
        ImGui::Separator();
    }
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
    if (item(tr("Add to shortcuts..."), "to_shortcuts", nullptr, payload.has_value()))
        tab.new_shortcut = shortcut_of(payload->bytes, tab.settings().encoding);
    ImGui::Separator();
    const std::string by_address = payload ? app::trf("Filter by {}", payload->remote.to_string())
                                           : std::string(tr("Filter by this address"));
    if (item(by_address.c_str(), "filter_address", nullptr, payload.has_value()))
        tab.tools.filter_bar.apply(tab, app::LogFilterModel::of_peer(payload->remote));
    if (item(tr("Select all"), "select_all", "Ctrl+A")) tab.log.select_all();
    ImGui::EndPopup();
}

// [文本|HEX|对照] [搜索 ⌕] [过滤 ▽] [导出…]
void view_buttons(LogTab& tab, app::ViewSettings& view) {
    const std::array<std::string, 3> labels = {labelled(tr("Text"), "as_text"), "HEX###as_hex",
                                               labelled(tr("Side by side"), "as_both")};
    const ImGuiStyle& style = ImGui::GetStyle();
    float width = px(1);
    for (const std::string& label : labels)
        width += ImGui::CalcTextSize(label.c_str(), nullptr, true).x + 2 * style.FramePadding.x - px(1);
    std::string search = labelled(tr("Search"), "search_button");
    std::string filter = labelled(tr("Filter"), "filter_button");
    const auto whole = [&] {
        return width + icon_button_width(search) + icon_button_width(filter) + export_button_width() +
               3 * style.ItemSpacing.x;
    };
    if (whole() > ImGui::GetContentRegionAvail().x - ImGui::CalcTextSize(tr("Data log")).x - em()) {
        search = "###search_button";
        filter = "###filter_button";
    }
    ImGui::SameLine(right_edge() - whole());
    int chosen = static_cast<int>(view.view);
    if (segmented("view", labels, chosen)) view.view = static_cast<PayloadView>(chosen);

    LogTools& tools = tab.tools;
    ImGui::SameLine();
    if (icon_button(search, Icon::search, tools.search_bar.is_open()))
        tools.search_bar.is_open() ? tools.search_bar.close(tab) : open_search(tab);
    tooltip(tr("Search the log (Ctrl+F)"));
    ImGui::SameLine();
    if (icon_button(filter, Icon::filter, tools.filter_bar.is_open(tab)))
        tools.filter_bar.is_open(tab) ? tools.filter_bar.close(tab) : tools.filter_bar.open();
    tooltip(tr("Show only some of the records (Ctrl+Shift+F)"));
    ImGui::SameLine();
    draw_export_button(tab);
}

void handle_keys(LogTab& tab) {
    // A dialog that asks something is not to be typed past.
    if (ImGui::GetTopMostPopupModal() != nullptr) return;
    const auto pressed = [](ImGuiKeyChord chord, ImGuiInputFlags repeat = ImGuiInputFlags_None) {
        return ImGui::Shortcut(chord, ImGuiInputFlags_RouteGlobal | repeat);
    };
    if (pressed(ImGuiMod_Ctrl | ImGuiKey_F)) open_search(tab);
    if (pressed(ImGuiMod_Ctrl | ImGuiMod_Shift | ImGuiKey_F)) tab.tools.filter_bar.open();
    if (pressed(ImGuiMod_Ctrl | ImGuiKey_G)) tab.tools.go_to_bar.open();
    if (pressed(ImGuiKey_F3, ImGuiInputFlags_Repeat)) tab.tools.search_bar.step(tab, true);
    if (pressed(ImGuiMod_Shift | ImGuiKey_F3, ImGuiInputFlags_Repeat)) tab.tools.search_bar.step(tab, false);
}

// What is there, but not shown, is told apart from what is not there.
std::string empty_text(LogTab& tab) {
    if (!tab.log.is_complete())
        return app::trf("Looking through the log... {} %", static_cast<int>(tab.log.looked_at() * 100));
    if (const std::uint64_t hidden = tab.log.hidden_count(); hidden > 0)
        return app::trf("The filter hides all {} records. Clear it to see them.", grouped(hidden));
    return tab.empty_text();
}

}  // namespace

app::TrailerChecks* LogTab::checks() {
    const app::VerifySettings& verify = settings().verify;
    trailer_checks.set(verify.on ? std::string_view(verify.trailer) : "");
    return trailer_checks.is_active() ? &trailer_checks : nullptr;
}

std::vector<Endpoint> LogTab::peers() {
    constexpr std::size_t most = 32;
    std::vector<Endpoint> found;
    const auto add = [&](const Endpoint& peer) {
        if (found.size() < most && std::find(found.begin(), found.end(), peer) == found.end())
            found.push_back(peer);
    };
    if (const app::SessionModel* session = live()) {
        for (const Endpoint& peer : session->peers()) add(peer);
        for (const app::Client& client : session->clients()) add(client.remote);
    }
    capture::LogReader reader(source);
    for (const app::VisibleRow& row : log.shown_rows()) {
        if (row.row != 0) continue;
        const capture::RecordView record = reader.record(row.item->first);
        if (record.kind == capture::RecordKind::payload) add(record.remote);
    }
    return found;
}

void open_search(LogTab& tab) {
    // What is selected is what one is after, if it is a word or two.
    constexpr std::size_t most = 200;
    const app::CopiedText selected = tab.log.selected_text(most);
    const bool fits = selected.complete && selected.text.find('\n') == std::string::npos;
    tab.tools.search_bar.open(fits ? selected.text : std::string());
}

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
    view_buttons(tab, view);
    handle_keys(tab);

    app::LogFormat format = tab.log.format();
    // While a name is being typed that no encoding has, the log stays as it was.
    if (auto encoding = codec::Encoding::find(view.encoding)) format.encoding = *encoding;
    format.view = view.view;
    format.log_mode = view.log_mode;
    tab.log.set_format(format);
    tab.log.set_hide_received(view.hide_received);
    tab.log.allow_following(view.auto_scroll);

    LogTools& tools = tab.tools;
    tools.filter_bar.draw(tab);
    tools.search_bar.draw(tab);
    tools.go_to_bar.draw(tab);
    tools.filter.update(view.filter, tab.log);
    const bool complete = tab.log.update();
    const bool searching = tools.search.update(tab.log);
    // The threads that look through the log ring no bell.
    if (!complete || searching) services.request_frame(std::chrono::milliseconds(30));

    const LogViewActions actions =
        tab.view.draw(tab.log, tools.search, tab.checks(), view.wrap, empty_text(tab).c_str(), services);
    if (actions.copy) copy_selection(tab);
    if (actions.context_menu) ImGui::OpenPopup("log_menu");
    context_menu(tab);
    ImGui::EndChild();
}

}  // namespace sockdesk::gui
