#include "gui/filter_bar.hpp"

#include <algorithm>

#include <imgui.h>
#include <imgui_internal.h>
#include <imgui_stdlib.h>

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

constexpr std::size_t max_offers = 12;
constexpr std::size_t max_recent_offers = 5;

// Where the words of the choice drawn last begin: its highlight reaches half a gap beyond them.
ImVec2 text_place() {
    const ImVec2 low = ImGui::GetItemRectMin();
    return {low.x + ImGui::GetStyle().ItemSpacing.x / 2, low.y};
}

bool is_blank(const std::string& line) { return line.find_first_not_of(" \t") == std::string::npos; }

}  // namespace

void FilterBar::open() {
    open_ = true;
    focus_next_ = true;
}

void FilterBar::apply(LogTab& tab, std::string line) {
    open_ = true;
    app::ViewSettings& view = tab.settings();
    app::LogFilterModel::remember(view.filter, view.recent_filters);
    view.filter = std::move(line);
    app::LogFilterModel::remember(view.filter, view.recent_filters);
    tab.tools.filter.update(view.filter, tab.log);
}

void FilterBar::close(LogTab& tab) {
    apply(tab, {});
    open_ = false;
    tab.view.focus();
}

bool FilterBar::is_open(LogTab& tab) const { return open_ || !tab.settings().filter.empty(); }

void FilterBar::draw(LogTab& tab) {
    if (!is_open(tab)) return;
    open_ = true;
    ImGui::PushID("filter_bar");
    const ImGuiStyle& style = ImGui::GetStyle();
    const float fixed = px(24) + 2 * ImGui::GetFrameHeight() + 4 * style.ItemSpacing.x;
    const float room = ImGui::GetContentRegionAvail().x - fixed;
    const float result = std::clamp(room * 0.4F, px(40), em() * 19);
    bar_icon(Icon::filter);
    draw_input(tab, std::max(px(90), room - result));
    ImGui::SameLine(0, 0);
    draw_recent(tab);
    ImGui::SameLine();
    const float close_at = right_edge() - ImGui::GetFrameHeight();
    draw_result(tab, close_at - ImGui::GetCursorPosX() - style.ItemSpacing.x);
    ImGui::SameLine(close_at);
    if (close_button("###filter_close")) close(tab);
    tooltip(tr("Show everything again"));
    ImGui::PopID();
}

// ---- the line

int FilterBar::on_input(ImGuiInputTextCallbackData* data) {
    static_cast<FilterBar*>(data->UserData)->edit(*data);
    return 0;
}

void FilterBar::edit(ImGuiInputTextCallbackData& data) {
    const auto count = static_cast<int>(offers_.size());
    const bool offers_shown = count > 0 && !dismissed_;
    if (data.EventFlag == ImGuiInputTextFlags_CallbackHistory && offers_shown) {
        const int step = data.EventKey == ImGuiKey_UpArrow ? -1 : 1;
        chosen_ = chosen_ < 0 ? (step > 0 ? 0 : count - 1) : (chosen_ + step + count) % count;
    }
    if (data.EventFlag == ImGuiInputTextFlags_CallbackCompletion && offers_shown) {
        const query::Completion& taken = offers_[static_cast<std::size_t>(std::max(chosen_, 0))].completion;
        const auto size = static_cast<std::size_t>(data.BufTextLen);
        const std::size_t begin = std::min(taken.begin, size);
        const std::size_t end = std::clamp(taken.end, begin, size);
        data.DeleteChars(static_cast<int>(begin), static_cast<int>(end - begin));
        data.InsertChars(static_cast<int>(begin), taken.text.data(), taken.text.data() + taken.text.size());
        data.CursorPos = static_cast<int>(begin + taken.text.size());
        data.SelectionStart = data.SelectionEnd = data.CursorPos;
        chosen_ = -1;
    }
    if (data.EventFlag == ImGuiInputTextFlags_CallbackAlways) {
        if (caret_next_) {
            data.CursorPos =
                static_cast<int>(std::min(*caret_next_, static_cast<std::size_t>(data.BufTextLen)));
            data.SelectionStart = data.SelectionEnd = data.CursorPos;
            caret_next_.reset();
        }
        caret_ = static_cast<std::size_t>(data.CursorPos);
    }
}

void FilterBar::draw_input(LogTab& tab, float width) {
    app::ViewSettings& view = tab.settings();
    find_offers(tab);
    const std::string before = view.filter;
    const auto& error = tab.tools.filter.error();
    push_mono();
    const float height = ImGui::GetFrameHeight();
    pop_mono();
    const float frame = ImGui::GetFrameHeight();
    push_mono();
    ImGui::PushStyleVarY(ImGuiStyleVar_FramePadding, ImGui::GetStyle().FramePadding.y + (frame - height) / 2);
    if (focus_next_) ImGui::SetKeyboardFocusHere();
    focus_next_ = false;
    ImGui::SetNextItemWidth(width);
    if (error) ImGui::PushStyleColor(ImGuiCol_Border, palette().error);
    ImGui::InputTextWithHint("###filter", "rx from 127.0.0.1:8080 len>100 \"hello\"", &view.filter,
                             ImGuiInputTextFlags_CallbackAlways | ImGuiInputTextFlags_CallbackCompletion |
                                 ImGuiInputTextFlags_CallbackHistory,
                             &FilterBar::on_input, this);
    if (error) ImGui::PopStyleColor();
    const ImVec2 low = ImGui::GetItemRectMin();
    const float bottom = ImGui::GetItemRectMax().y;
    active_ = ImGui::IsItemActive();
    if (view.filter != before) {
        dismissed_ = false;
        chosen_ = -1;
    }
    if (error && error->position != Error::no_position) mark_input_error(view.filter, error->position);
    ImGui::PopStyleVar();
    const bool ended = ImGui::IsItemDeactivated();
    pop_mono();

    const bool enter =
        ImGui::IsKeyPressed(ImGuiKey_Enter, false) || ImGui::IsKeyPressed(ImGuiKey_KeypadEnter, false);
    if (ended && enter) {
        if (chosen_ >= 0 && !dismissed_) {
            take(view.filter, offers_[static_cast<std::size_t>(chosen_)]);
        } else {
            if (!tab.tools.filter.error()) app::LogFilterModel::remember(view.filter, view.recent_filters);
            tab.view.focus();
        }
    } else if (ended && ImGui::IsKeyPressed(ImGuiKey_Escape, false)) {
        view.filter = before;  // Dear ImGui takes back what was typed
        if (is_blank(before)) {
            close(tab);
        } else {
            tab.view.focus();
        }
    }
    draw_offers(tab, low.x, bottom);
}

void FilterBar::draw_recent(LogTab& tab) {
    app::ViewSettings& view = tab.settings();
    ImGui::BeginDisabled(view.recent_filters.empty());
    if (ImGui::ArrowButton("###filter_recent", ImGuiDir_Down)) ImGui::OpenPopup("recent");
    ImGui::EndDisabled();
    tooltip(tr("Filters used before"));
    if (!ImGui::BeginPopup("recent")) return;
    push_mono();
    for (const std::string& line : view.recent_filters) {
        ImGui::PushID(line.c_str());
        // Never a label: `##` would cut it.
        const bool chosen =
            ImGui::Selectable("##recent", line == view.filter, 0,
                              {std::min(em() * 26, ImGui::CalcTextSize(line.c_str()).x + px(16)), 0});
        const ImVec2 at = text_place();
        ImGui::GetWindowDrawList()->AddText(at, ImGui::GetColorU32(ImGuiCol_Text), line.c_str());
        ImGui::PopID();
        if (!chosen) continue;
        apply(tab, std::string(line));
        ImGui::CloseCurrentPopup();
        break;
    }
    pop_mono();
    ImGui::EndPopup();
}

void FilterBar::draw_result(LogTab& tab, float width) {
    ImGui::AlignTextToFramePadding();
    if (const auto& error = tab.tools.filter.error())
        return fitted_text(palette().error, app::tr_message(error->message), width);
    if (!tab.log.has_filter()) return fitted_text(palette().muted, tr("Everything is shown."), width);
    std::string shown =
        trf("{} shown, {} hidden", grouped(tab.log.shown_count()), grouped(tab.log.hidden_count()));
    if (!tab.log.is_complete()) shown += "  ·  " + trf("{} %", static_cast<int>(tab.log.looked_at() * 100));
    fitted_text(ImGui::GetColorU32(ImGuiCol_Text), shown, width);
}

// ---- what could come next

void FilterBar::find_offers(LogTab& tab) {
    const app::ViewSettings& view = tab.settings();
    if (!active_) {
        offers_are_old_ = true;
        return;
    }
    if (!offers_are_old_ && offered_for_ == view.filter && offered_at_ == caret_) return;
    offers_are_old_ = false;
    offered_for_ = view.filter;
    offered_at_ = caret_;
    offers_.clear();
    if (is_blank(view.filter)) {
        for (const std::string& line : view.recent_filters) {
            if (offers_.size() == max_recent_offers) break;
            offers_.push_back({{line, {}, 0, view.filter.size()}, true});
        }
    }
    for (query::Completion& completion : query::complete_filter(view.filter, caret_, tab.peers())) {
        if (offers_.size() == max_offers) break;
        offers_.push_back({std::move(completion), false});
    }
    chosen_ = std::min(chosen_, static_cast<int>(offers_.size()) - 1);
}

void FilterBar::take(std::string& line, const Offer& offer) {
    const query::Completion& taken = offer.completion;
    const std::size_t begin = std::min(taken.begin, line.size());
    const std::size_t end = std::clamp(taken.end, begin, line.size());
    line.replace(begin, end - begin, taken.text);
    caret_next_ = begin + taken.text.size();
    caret_ = *caret_next_;
    focus_next_ = true;
    chosen_ = -1;
    offers_are_old_ = true;
}

void FilterBar::draw_offers(LogTab& tab, float x, float y) {
    const bool shown = (active_ || offers_hovered_) && !dismissed_ && !offers_.empty();
    offers_hovered_ = false;
    if (!shown) return;
    ImGui::SetNextWindowPos({x, y + px(2)});
    ImGui::SetNextWindowSizeConstraints({em() * 14, 0}, {ImGui::GetIO().DisplaySize.x - x, FLT_MAX});
    ImGui::PushStyleColor(ImGuiCol_WindowBg, ImGui::GetStyleColorVec4(ImGuiCol_PopupBg));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(6), px(6)});
    ImGui::PushStyleVarY(ImGuiStyleVar_ItemSpacing, px(2));
    constexpr ImGuiWindowFlags flags =
        ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
        ImGuiWindowFlags_NoFocusOnAppearing | ImGuiWindowFlags_NoNav | ImGuiWindowFlags_AlwaysAutoResize;
    ImGui::Begin("###filter_offers", nullptr, flags);
    ImGui::BringWindowToDisplayFront(ImGui::GetCurrentWindow());
    push_mono();
    float widest = 0;
    for (const Offer& offer : offers_)
        widest = std::max(widest, ImGui::CalcTextSize(offer.completion.text.c_str()).x);
    pop_mono();
    widest = std::min(widest, em() * 20);
    for (int i = 0; i < static_cast<int>(offers_.size()); ++i) {
        const Offer& offer = offers_[static_cast<std::size_t>(i)];
        const std::string description =
            offer.is_recent ? std::string(tr("used before")) : app::tr_message(offer.completion.description);
        const float width = widest + px(18) + ImGui::CalcTextSize(description.c_str()).x;
        ImGui::PushID(i);
        const bool taken =
            ImGui::Selectable("##offer", i == chosen_, ImGuiSelectableFlags_SelectOnClick, {width, 0});
        const ImVec2 at = text_place();
        ImGui::PopID();
        push_mono();
        const float mono_height = ImGui::GetTextLineHeight();
        pop_mono();
        ImDrawList& draw = *ImGui::GetWindowDrawList();
        push_mono();
        draw.AddText({at.x, at.y + (ImGui::GetItemRectSize().y - mono_height) / 2},
                     ImGui::GetColorU32(ImGuiCol_Text), offer.completion.text.c_str());
        pop_mono();
        draw.AddText(
            {at.x + widest + px(18), at.y + (ImGui::GetItemRectSize().y - ImGui::GetTextLineHeight()) / 2},
            palette().muted, description.c_str());
        if (taken) {
            take(tab.settings().filter, offer);
            break;
        }
    }
    offers_hovered_ = ImGui::IsWindowHovered(ImGuiHoveredFlags_AllowWhenBlockedByActiveItem);
    ImGui::End();
    ImGui::PopStyleVar(2);
    ImGui::PopStyleColor();
}

}  // namespace sockdesk::gui
