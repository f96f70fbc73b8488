#include "gui/search_bar.hpp"

#include <array>

#include <imgui.h>

#include "app/message_translation.hpp"
#include "app/translation.hpp"
#include "gui/amounts.hpp"
#include "gui/bar_widgets.hpp"
#include "gui/log_tab.hpp"
#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

using app::tr;
using app::trf;

namespace {

std::string told_text(app::LogSearchModel::Told told) {
    using Told = app::LogSearchModel::Told;
    switch (told) {
        case Told::wrapped_to_start:
            return tr("From the start again");
        case Told::wrapped_to_end:
            return tr("From the end again");
        case Told::all_hidden:
            return tr("Only in hidden records");
        case Told::nothing:
            break;
    }
    return {};
}

}  // namespace

void SearchBar::open(std::string text) {
    open_ = true;
    focus_next_ = true;
    if (!text.empty()) text_ = std::move(text);
}

void SearchBar::close(LogTab& tab) {
    open_ = false;
    tab.tools.search.stop();
    tab.view.focus();
}

void SearchBar::look(LogTab& tab) const {
    app::SearchQuery query;
    query.text = text_;
    query.kind = kind_;
    query.match_case = match_case_;
    query.encoding = tab.log.format().encoding;
    tab.tools.search.look_for(query, tab.log);
}

void SearchBar::step(LogTab& tab, bool forward) {
    if (!open_) {
        if (text_.empty()) return open();
        open_ = true;
        look(tab);
        return;
    }
    using Way = app::LogSearchModel::Way;
    tab.tools.search.step(forward ? Way::forward : Way::backward, tab.log);
}

void SearchBar::draw(LogTab& tab) {
    if (!open_) return;
    ImGui::PushID("search_bar");
    const ImGuiStyle& style = ImGui::GetStyle();
    const std::array<std::string, 3> kinds = {labelled(tr("Text"), "search_text"), "HEX###search_hex",
                                              labelled(tr("Regex"), "search_regex")};
    const auto button = [&](const char* label) {
        return ImGui::CalcTextSize(label, nullptr, true).x + 2 * style.FramePadding.x;
    };
    float fixed = px(24) + button("Aa") + 3 * ImGui::GetFrameHeight() + 6 * style.ItemSpacing.x;
    for (const std::string& kind : kinds) fixed += button(kind.c_str());
    const float room = ImGui::GetContentRegionAvail().x - fixed;
    const float result = std::clamp(room * 0.42F, px(40), em() * 17);
    bar_icon(Icon::search);
    draw_input(tab, std::max(px(70), room - result));

    ImGui::SameLine();
    int kind = static_cast<int>(kind_);
    if (segmented("kind", kinds, kind)) {
        kind_ = static_cast<app::SearchKind>(kind);
        focus_next_ = true;
    }
    ImGui::SameLine();
    ImGui::BeginDisabled(kind_ == app::SearchKind::hex);
    if (toggle_button("Aa###match_case", match_case_)) {
        match_case_ = !match_case_;
        focus_next_ = true;
    }
    ImGui::EndDisabled();
    tooltip(tr("Match case"));
    ImGui::SameLine();
    if (ImGui::ArrowButton("###search_previous", ImGuiDir_Up)) step(tab, false);
    tooltip(tr("Previous match (Shift+F3)"));
    ImGui::SameLine(0, px(2));
    if (ImGui::ArrowButton("###search_next", ImGuiDir_Down)) step(tab, true);
    tooltip(tr("Next match (F3)"));
    ImGui::SameLine();
    const float close_at = right_edge() - ImGui::GetFrameHeight();
    draw_result(tab, close_at - ImGui::GetCursorPosX() - style.ItemSpacing.x);
    ImGui::SameLine(close_at);
    if (close_button("###search_close")) close(tab);
    ImGui::PopID();
}

void SearchBar::draw_input(LogTab& tab, float width) {
    const char* hints[] = {tr("Text to look for"), "48 ?? 6C", "GET /\\w+"};
    const std::string before = text_;
    if (focus_next_) ImGui::SetKeyboardFocusHere();
    focus_next_ = false;
    input_line("###search", text_, hints[static_cast<std::size_t>(kind_)], width,
               tab.tools.search.error().has_value());
    const bool enter =
        ImGui::IsKeyPressed(ImGuiKey_Enter, true) || ImGui::IsKeyPressed(ImGuiKey_KeypadEnter, true);
    const bool shift = ImGui::GetIO().KeyShift;
    if (ImGui::IsItemDeactivated() && ImGui::IsKeyPressed(ImGuiKey_Escape, false)) {
        text_ = before;  // Dear ImGui takes back what was typed
        close(tab);
        return;
    }
    look(tab);
    if ((ImGui::IsItemActive() || ImGui::IsItemDeactivated()) && enter) {
        step(tab, !shift);
        focus_next_ = true;
    }
    if (const auto& error = tab.tools.search.error(); error && error->position != Error::no_position)
        mark_input_error(text_, error->position);
}

void SearchBar::draw_result(const LogTab& tab, float width) const {
    const app::LogSearchModel& search = tab.tools.search;
    ImGui::AlignTextToFramePadding();
    if (const auto& error = search.error())
        return fitted_text(palette().error, app::tr_message(error->message), width);
    if (!search.is_active()) return fitted_text(palette().muted, " ", width);
    const app::LogSearchModel::Figures figures = search.figures();
    std::string shown;
    ImU32 color = ImGui::GetColorU32(ImGuiCol_Text);
    if (figures.records == 0 && figures.is_complete) {
        shown = tr("Not found");
        color = palette().error;
    } else if (figures.matches == figures.records || !figures.is_complete) {
        shown = grouped(figures.place) + " / " + grouped(figures.records);
    } else {
        shown = trf("{} / {} records, {} matches", grouped(figures.place), grouped(figures.records),
                    grouped(figures.matches));
    }
    const auto add = [&](const std::string& more) {
        if (!more.empty()) shown += "  ·  " + more;
    };
    if (!figures.is_complete) add(trf("searching {} %", static_cast<int>(figures.searched * 100)));
    add(told_text(search.told()));
    if (figures.hidden > 0 && search.told() != app::LogSearchModel::Told::all_hidden)
        add(trf("{} more in hidden records", grouped(figures.hidden)));
    fitted_text(color, shown, width);
}

}  // namespace sockdesk::gui
