#include "gui/cycle_dialog.hpp"

#include <array>
#include <string>

#include <imgui.h>

#include "app/cycle_pace.hpp"
#include "app/translation.hpp"
#include "gui/dialog_parts.hpp"
#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

using app::tr;
using app::trc;
using CycleField = app::CycleFault::Field;

namespace {

// A period as it is typed: the number, and the unit that stands behind it.
constexpr std::array<const char*, 3> units = {"us", "ms", "s"};
constexpr std::array<const char*, 3> unit_names = {"µs", "ms", "s"};
constexpr std::size_t milliseconds = 1;

struct Period {
    std::string number;
    std::size_t unit = milliseconds;
};

Period split(const std::string& typed) {
    Period period{typed, milliseconds};
    for (const auto& [suffix, unit] : {std::pair{"us", 0U}, {"µs", 0U}, {"ms", 1U}, {"s", 2U}}) {
        if (!typed.ends_with(suffix)) continue;
        period.number.resize(typed.size() - std::string_view(suffix).size());
        while (period.number.ends_with(' ')) period.number.pop_back();
        period.unit = unit;
        break;
    }
    return period;
}

// Milliseconds go without saying.
std::string join(const Period& period) {
    return period.unit == milliseconds ? period.number : period.number + units[period.unit];
}

}  // namespace

void CycleDialog::open(const SessionTab& tab) {
    tab_ = tab.key;
    open_next_ = true;
    const app::SendSettings& kept = tab.session.tab().send;
    draft_ = {};
    draft_.period_ms = kept.period_ms;
    draft_.pace = kept.pace;
}

void CycleDialog::draw_pace() {
    const auto pace = app::cycle_pace(draft_);
    const auto wrong = [&](CycleField field) { return !pace && pace.error().field == field; };
    const float labels = em() * 8;
    const auto row = [&](const char* label) {
        ImGui::AlignTextToFramePadding();
        text(label);
        ImGui::SameLine(labels);
    };
    const auto choice = [&](const char* label, bool by_rate) {
        ImGui::AlignTextToFramePadding();
        const float line = ImGui::GetCursorPosY();
        ImGui::SetCursorPosY(line + ImGui::GetStyle().FramePadding.y);
        if (radio_button(label, draft_.pace.by_rate == by_rate)) draft_.pace.by_rate = by_rate;
        ImGui::SameLine(labels);
        ImGui::SetCursorPosY(line);
    };
    const auto unit_text = [](const char* unit) {
        ImGui::SameLine();
        ImGui::AlignTextToFramePadding();
        colored_text(palette().muted, unit);
    };

    const float top = ImGui::GetCursorPosY();
    choice(labelled(tr("Period"), "cycle_by_period").c_str(), false);
    ImGui::BeginDisabled(draft_.pace.by_rate);
    Period period = split(draft_.period_ms);
    push_mono();
    if (input_line("###cycle_period", period.number, "1000", em() * 6, wrong(CycleField::period)))
        draft_.period_ms = period.number.find_first_not_of("0123456789. ") == std::string::npos
                               ? join(period)
                               : period.number;  // a unit was typed
    pop_mono();
    ImGui::SameLine();
    ImGui::SetCursorPosY(top);
    ImGui::SetNextItemWidth(em() * 4.5F);
    if (ImGui::BeginCombo("###cycle_unit", unit_names[period.unit])) {
        for (std::size_t unit = 0; unit < units.size(); ++unit) {
            const std::string id = std::string("unit_") + units[unit];
            if (ImGui::Selectable(labelled(unit_names[unit], id.c_str()).c_str(), unit == period.unit)) {
                period.unit = unit;
                draft_.period_ms = join(period);
            }
        }
        ImGui::EndCombo();
    }
    ImGui::EndDisabled();
    tooltip(tr("From one send to the next: 10 µs or longer; 0 is as fast as possible."));

    choice(labelled(tr("Rate"), "cycle_by_rate").c_str(), true);
    ImGui::BeginDisabled(!draft_.pace.by_rate);
    push_mono();
    input_line("###cycle_rate", draft_.pace.rate, "50k/s", em() * 6, wrong(CycleField::rate));
    pop_mono();
    ImGui::EndDisabled();
    tooltip(tr("Payloads a second, such as 200, 50k/s or 1.5M/s."));

    row(tr("At once"));
    push_mono();
    input_line("###cycle_burst", draft_.pace.burst, "1", em() * 6, wrong(CycleField::burst));
    pop_mono();
    unit_text(tr("payloads each time"));
    tooltip(tr("A burst: so many go out together, then nothing until the next time."));

    row(tr("In all"));
    push_mono();
    input_line("###cycle_times", draft_.pace.times, tr("until stopped"), em() * 6, wrong(CycleField::times));
    pop_mono();
    unit_text(tr("payloads"));
    if (!pace) field_error(pace.error().message);
}

void CycleDialog::draw_buttons(SessionTab& tab) {
    const std::string cancel = labelled(tr("Cancel"), "cycle_cancel");
    const std::string apply = labelled(tr("Apply"), "cycle_ok");
    align_right({cancel.c_str(), apply.c_str()});
    if (ImGui::Button(cancel.c_str(), dialog_button_size(cancel.c_str()))) ImGui::CloseCurrentPopup();
    ImGui::SameLine();
    ImGui::BeginDisabled(!app::cycle_pace(draft_));
    if (primary_button(apply.c_str(), dialog_button_size(apply.c_str()))) {
        app::SendSettings& send = tab.session.tab().send;
        send.period_ms = draft_.period_ms;
        send.pace = draft_.pace;
        send.cycle = true;
        ImGui::CloseCurrentPopup();
    }
    ImGui::EndDisabled();
}

void CycleDialog::draw(SessionTab& tab) {
    if (tab_ != tab.key) return;
    if (!begin_dialog(trc("dialog", "Cycle"), "cycle_dialog", open_next_, em() * 26)) return;
    draw_pace();
    hint(tr("The times do not drift. What comes too late is left out and counted."));
    ImGui::Dummy({0, px(4)});
    draw_buttons(tab);
    ImGui::EndPopup();
}

}  // namespace sockdesk::gui
