#include "gui/history_panel.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>

#include <fmt/format.h>
#include <imgui.h>
#include <imgui_internal.h>

#include "app/translation.hpp"
#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

using app::tr;
using app::trf;

namespace {

// What tells it from plain text.
std::string marks_of(const app::SentPayload& entry) {
    std::string marks;
    const auto add = [&](std::string_view mark) {
        if (!marks.empty()) marks += ' ';
        marks += mark;
    };
    if (entry.hex) add("HEX");
    if (entry.templates) add("{{}}");
    if (!entry.trailer.empty()) add(fmt::format("+{}", entry.trailer.substr(0, 12)));
    return marks;
}

// No two entries are the same.
std::uint64_t key_of(const app::SentPayload& entry) {
    const std::uint64_t how = (entry.hex ? 1U : 0U) + (entry.escapes ? 2U : 0U) + (entry.templates ? 4U : 0U);
    return std::hash<std::string>{}(entry.text) ^ (std::hash<std::string>{}(entry.trailer) * 31 + how);
}

}  // namespace

void HistoryPanel::draw_row(const app::SentPayload& entry, ImVec2 low, ImVec2 high) const {
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    const float top = (low.y + high.y - ImGui::GetTextLineHeight()) / 2;
    float right = high.x - px(6);
    if (const std::string marks = marks_of(entry); !marks.empty()) {
        const float width = ImGui::CalcTextSize(marks.c_str()).x;
        draw.AddText({right - width, top}, palette().muted, marks.c_str());
        right -= width + px(8);
    }
    const std::string line = one_line(entry.text);
    push_mono();
    const float mono_top = (low.y + high.y - ImGui::GetTextLineHeight()) / 2;
    const ImVec2 size = ImGui::CalcTextSize(line.c_str());
    ImGui::RenderTextEllipsis(&draw, {low.x + px(8), mono_top}, {right, mono_top + size.y}, right,
                              line.data(), line.data() + line.size(), &size);
    pop_mono();
    if (line.empty()) draw.AddText({low.x + px(8), top}, palette().muted, tr("(empty)"));
}

void HistoryPanel::put(SessionTab& tab, std::size_t row) {
    tab.history_walk.go_to(history_, list_.rows()[row], tab.session.tab().send);
}

std::optional<app::Shortcut> HistoryPanel::draw_row_menu(SessionTab& tab) {
    std::optional<app::Shortcut> made;
    if (!ImGui::BeginPopup("history_row_menu")) return made;
    const auto row = picker_.cursor();
    if (!row || *row >= list_.rows().size()) {
        ImGui::CloseCurrentPopup();
        ImGui::EndPopup();
        return made;
    }
    const auto item = [](const char* words, const char* id, const char* keys = nullptr) {
        return ImGui::MenuItem(labelled(words, id).c_str(), keys);
    };
    const std::size_t index = list_.rows()[*row];
    if (item(tr("Send"), "history_send", "Enter")) {
        put(tab, *row);
        tab.session.send();
    } else if (item(tr("Put it into the box"), "history_to_box", tr("Space"))) {
        put(tab, *row);
        tab.focus_box = tab.caret_to_end = true;
    } else if (item(tr("Add to shortcuts..."), "history_to_shortcuts")) {
        const app::SentPayload& entry = history_.entries()[index];
        made.emplace();
        made->payload = entry.text;
        made->hex = entry.hex;
        made->escapes = entry.escapes;
        made->templates = entry.templates;
        made->trailer = entry.trailer;
    } else if (item(tr("Remove"), "history_remove", "Del")) {
        history_.remove(index);
    }
    ImGui::EndPopup();
    return made;
}

std::optional<app::Shortcut> HistoryPanel::draw(SessionTab& tab) {
    if (focus_search_) ImGui::SetKeyboardFocusHere();
    focus_search_ = false;
    input_line("###history_search", query_, tr("Search what was sent"), 0, false);
    if (query_ != shown_query_) {
        shown_query_ = query_;
        picker_.set_cursor(0);
    }
    if (ImGui::IsItemActive() && ImGui::IsKeyPressed(ImGuiKey_DownArrow, false)) {
        ImGui::ClearActiveID();
        picker_.focus();
        if (!picker_.cursor()) picker_.set_cursor(0);
    }
    list_.update(history_, query_);
    const float spacing = ImGui::GetStyle().ItemSpacing.y;
    const float height =
        std::max(px(60), ImGui::GetContentRegionAvail().y - ImGui::GetFrameHeight() - spacing);
    std::optional<app::Shortcut> made;
    if (list_.rows().empty()) {
        ImGui::PushStyleColor(ImGuiCol_ChildBg, palette().paper);
        ImGui::BeginChild("history_none", {0, height},
                          ImGuiChildFlags_Borders | ImGuiChildFlags_AlwaysUseWindowPadding);
        ImGui::PopStyleColor();
        ImGui::PushTextWrapPos(0.0F);
        colored_text(
            palette().muted,
            history_.entries().empty()
                ? tr("Nothing was sent yet. In the box, the up and down keys walk through what is here.")
                : tr("Nothing was found."));
        ImGui::PopTextWrapPos();
        ImGui::EndChild();
    } else {
        const auto& rows = list_.rows();
        const PickerList::Actions actions = picker_.draw(
            "history_list", height, rows.size(),
            [&](std::size_t i) { return key_of(history_.entries()[rows[i]]); },
            [&](std::size_t i, ImVec2 low, ImVec2 high, bool) {
                const app::SentPayload& entry = history_.entries()[rows[i]];
                if (ImGui::IsItemHovered(ImGuiHoveredFlags_ForTooltip)) tooltip(one_line(entry.text).c_str());
                draw_row(entry, low, high);
            });
        // Double click: the first of the two has put it there.
        if (actions.pressed) put(tab, *actions.pressed);
        if (actions.activated) {
            put(tab, *actions.activated);
            tab.session.send();
            picker_.set_cursor(0);
        }
        if (actions.menu) ImGui::OpenPopup("history_row_menu");
        const auto row = picker_.cursor();
        if (actions.has_focus && row && ImGui::GetIO().KeyMods == ImGuiMod_None) {
            if (ImGui::IsKeyPressed(ImGuiKey_Delete, false)) history_.remove(rows[*row]);
            if (ImGui::IsKeyPressed(ImGuiKey_Space, false)) tab.focus_box = tab.caret_to_end = true;
        }
        made = draw_row_menu(tab);
    }
    if (!clearing_) {
        ImGui::BeginDisabled(history_.entries().empty());
        if (link_button(labelled(tr("Clear the history"), "history_clear").c_str())) clearing_ = true;
        ImGui::EndDisabled();
    } else {
        ImGui::AlignTextToFramePadding();
        text(tr("Forget all of it?"));
        ImGui::SameLine();
        if (ImGui::Button(labelled(tr("Clear"), "history_clear_ok").c_str())) {
            history_.clear();
            clearing_ = false;
        }
        ImGui::SameLine();
        if (ImGui::Button(labelled(tr("Keep"), "history_keep").c_str())) clearing_ = false;
    }
    return made;
}

}  // namespace sockdesk::gui
