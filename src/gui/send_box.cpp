// 数据发送: what is typed here is sent. Beside the button stands how many bytes that would be; an error is
// marked where it is.
#include <algorithm>

#include <imgui.h>
#include <imgui_internal.h>
#include <imgui_stdlib.h>

#include <fmt/format.h>

#include "app/message_translation.hpp"
#include "app/translation.hpp"
#include "gui/amounts.hpp"
#include "gui/payload_mark.hpp"
#include "gui/payload_strip.hpp"
#include "gui/send_file_dialog.hpp"
#include "gui/session_tab.hpp"
#include "gui/shortcuts_panel.hpp"
#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

using app::tr;
using app::trc;

namespace {

void byte_count(SessionTab& tab, bool show_error) {
    const app::CompiledPayload& payload = tab.session.compiled();
    if (!payload.error) {
        const std::size_t bytes = payload.bytes.size();
        const std::string count = bytes == 1 ? std::string(tr("1 byte")) : app::trf("{} bytes", bytes);
        colored_text(palette().muted, (payload.varying_size ? "≈ " : "") + count);
        return;
    }
    if (!show_error) return;
    colored_text(palette().error, app::tr_error(*payload.error, tab.session.tab().send.text));
}

// How far the cycle is, and how well it keeps its times.
void cycle_figures(const SessionTab& tab) {
    const engine::CycleProgress* progress = tab.session.cycle_progress();
    if (progress == nullptr) return;
    ImGui::SameLine(0, px(14));
    colored_text(palette().muted, app::trf("round {}", grouped(progress->rounds.load())));
    const std::uint64_t missed = progress->missed_rounds.load();
    if (missed == 0) return;
    ImGui::SameLine(0, px(14));
    colored_text(palette().error, app::trf("{} missed", grouped(missed)));
    tooltip(
        tr("They came too late and were left out: the machine or the receiver is too slow for this pace."));
}

// Where the bytes are not simply what stands in the box.
bool shows_bytes(const app::SendSettings& send) {
    return send.templates || send.trailer.append || send.hex || send.escapes;
}

// Whether the caret of the input that is being typed into is in its first and in its last line, before this frame's keys.
struct CaretLine {
    bool first = false;
    bool last = false;
    bool leaves_walk = false;  ///< Escape is pressed while an entry of the history stands in the box
};

CaretLine caret_line(const SessionTab& tab, ImGuiID id) {
    const ImGuiInputTextState* state = ImGui::GetActiveID() == id ? ImGui::GetInputTextState(id) : nullptr;
    if (state == nullptr) return {};
    const std::string_view text(state->TextA.Data, static_cast<std::size_t>(state->TextLen));
    const auto at = static_cast<std::size_t>(state->GetCursorPos());
    return {text.substr(0, at).find('\n') == std::string_view::npos,
            text.substr(std::min(at, text.size())).find('\n') == std::string_view::npos,
            ImGui::IsKeyPressed(ImGuiKey_Escape, false) && tab.history_walk.is_shown(tab.session.tab().send)};
}

// As in shells: up and down at the edges of the text go through what was sent, Escape comes back to what was being written.
void walk_history(SessionTab& tab, CaretLine caret) {
    if (tab.history == nullptr) return;
    app::SendSettings& send = tab.session.tab().send;
    const ImGuiID id = ImGui::GetItemID();
    // Dear ImGui ends typing then, with the text as it was when the typing began.
    if (caret.leaves_walk) {
        tab.history_walk.leave(send);
        tab.focus_box = tab.caret_to_end = true;
        return;
    }
    if (!ImGui::IsItemActive()) return;
    ImGuiInputTextState* state = ImGui::GetInputTextState(id);
    if (tab.caret_to_end && state != nullptr) state->ReloadUserBufAndMoveToEnd();
    tab.caret_to_end = false;
    if (ImGui::GetIO().KeyMods != ImGuiMod_None) return;
    bool moved = false;
    if (caret.first && ImGui::IsKeyPressed(ImGuiKey_UpArrow))
        moved = tab.history_walk.older(*tab.history, send);
    if (caret.last && ImGui::IsKeyPressed(ImGuiKey_DownArrow))
        moved = tab.history_walk.newer(*tab.history, send);
    if (moved && state != nullptr) state->ReloadUserBufAndMoveToEnd();
}

void draw_box(SessionTab& tab, ImVec2 room) {
    app::SendSettings& send = tab.session.tab().send;
    const bool strip = shows_bytes(send) && !tab.session.compiled().error;
    const float strip_room = strip ? payload_strip_height() + px(3) : 0.0F;
    ImGui::BeginGroup();
    push_mono();
    if (tab.focus_box) {
        // SetKeyboardFocusHere passes over inputs that take the Tab key.
        ImGui::ActivateItemByID(ImGui::GetID("###box"));
        ImGui::GetCurrentContext()->NavNextActivateFlags = ImGuiActivateFlags_PreferInput;
        tab.focus_box = false;
    }
    const bool error = tab.session.compiled().error.has_value();
    if (error) ImGui::PushStyleColor(ImGuiCol_Border, palette().error);
    const CaretLine caret = caret_line(tab, ImGui::GetID("###box"));
    ImGui::InputTextMultiline("###box", &send.text, {room.x, std::max(em(), room.y - strip_room)},
                              ImGuiInputTextFlags_AllowTabInput);
    if (error) ImGui::PopStyleColor();
    walk_history(tab, caret);
    // Ctrl+Enter sends and ends typing, as Dear ImGui has it; here one goes on typing.
    if (ImGui::IsItemDeactivated() && ImGui::GetIO().KeyCtrl && ImGui::IsKeyPressed(ImGuiKey_Enter, false))
        tab.focus_box = true;
    const app::CompiledPayload& payload = tab.session.compiled();
    if (payload.error && payload.error->position != Error::no_position) {
        mark_fault(ImGui::GetItemID(), send.text, payload.error->position);
    }
    pop_mono();
    if (strip && !payload.error) {
        ImGui::SetCursorPosY(ImGui::GetCursorPosY() - ImGui::GetStyle().ItemSpacing.y + px(3));
        draw_payload_strip({payload.bytes, payload.unknown, payload.trailer_bytes},
                           tab.session.tab().view.encoding, room.x);
    }
    ImGui::EndGroup();
}

// At the end of the title's line, unless an error needs that.
void keep_link(SessionTab& tab) {
    if (tab.session.compiled().error || tab.session.tab().send.text.empty()) return;
    const std::string label = labelled(tr("Add to shortcuts..."), "box_to_shortcuts");
    ImGui::PushStyleVarY(ImGuiStyleVar_FramePadding, 0);
    const float width =
        ImGui::CalcTextSize(label.c_str(), nullptr, true).x + 2 * ImGui::GetStyle().FramePadding.x;
    ImGui::SameLine(std::max(ImGui::GetCursorPosX(), right_edge() - width));
    if (link_button(label.c_str())) tab.new_shortcut = shortcut_of_box(tab);
    ImGui::PopStyleVar();
}

}  // namespace

void draw_send_box(SessionTab& tab, float height, const Services& services) {
    ImGui::BeginChild("send_panel", {0, height}, ImGuiChildFlags_None, ImGuiWindowFlags_NoScrollbar);
    // While a file is being sent, its progress is shown whatever was put into the box meanwhile.
    const bool file = tab.session.tab().send.file.on || tab.session.sending_file() != nullptr;
    text(file ? tr("File to send") : tr("Data to send"));
    if (!file) {
        ImGui::SameLine(0, px(14));
        // Looked at once a frame that is drawn anyway: an idle window draws none.
        const SystemClock clock;
        tab.session.compiled_at(clock.now(), clock.steady_now());
        byte_count(tab, true);
        cycle_figures(tab);
        keep_link(tab);
    }
    const float button = std::max(em() * 4.2F, ImGui::CalcTextSize(trc("button", "Send")).x + px(32));
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const ImVec2 size{std::max(px(60), room.x - button - ImGui::GetStyle().ItemSpacing.x),
                      std::max(em(), room.y)};
    file ? draw_file_panel(tab, size, services) : draw_box(tab, size);

    ImGui::SameLine();
    const bool cycling = tab.session.is_cycling();
    const std::string label = labelled(cycling ? tr("Stop") : trc("button", "Send"), "send");
    const ImVec2 button_size{button, size.y};
    if (cycling ? ImGui::Button(label.c_str(), button_size) : primary_button(label.c_str(), button_size)) {
        cycling ? tab.session.stop() : tab.session.send();
    }
    tooltip(!cycling                     ? tr("Send (Ctrl+Enter)")
            : tab.session.sending_file() ? tr("End the sending of the file (Ctrl+Enter)")
                                         : tr("End the cycle (Ctrl+Enter)"));
    ImGui::EndChild();
}

}  // namespace sockdesk::gui
