#include "gui/sequence_bar.hpp"

#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include <imgui.h>

#include "app/translation.hpp"
#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

using app::tr;
using app::trf;

namespace {

std::optional<std::uint64_t> parse_rounds(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    std::uint64_t rounds = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), rounds);
    if (failed != std::errc() || end != text.data() + text.size() || rounds == 0) return {};
    return rounds;
}

float width_of(const std::string& text) { return ImGui::CalcTextSize(text.c_str()).x; }

// Whether there is any time between two of them.
bool has_delay(const app::ShortcutLibrary& library) {
    for (const auto& item : library.items()) {
        if (item.shortcut.chosen && app::delay_of(item.shortcut).count() > 0) return true;
    }
    return false;
}

}  // namespace

SequenceBar::SequenceBar(SessionTab& tab, const app::ShortcutLibrary& library,
                         const std::optional<app::ShortcutRunner::Progress>& progress, std::size_t hidden)
    : tab_(tab), library_(library), progress_(progress) {
    if (hidden > 0) hidden_ = trf("{} chosen, {} of them not shown", library.chosen_count(), hidden);
}

bool SequenceBar::in_one_line() const {
    const ImGuiStyle& style = ImGui::GetStyle();
    const float times = width_of(tr("Times")) + style.ItemSpacing.x + em() * 4;
    const float endless =
        ImGui::GetTextLineHeight() + style.ItemInnerSpacing.x + width_of(tr("Until stopped"));
    return times + style.ItemSpacing.x + endless <= ImGui::GetContentRegionAvail().x;
}

float SequenceBar::height() const {
    const float spacing = ImGui::GetStyle().ItemSpacing.y;
    float height = 2 * (ImGui::GetFrameHeight() + spacing);
    if (!in_one_line()) height += ImGui::GetTextLineHeight() + spacing;
    if (!hidden_.empty())
        height += ImGui::CalcTextSize(hidden_.c_str(), nullptr, false, ImGui::GetContentRegionAvail().x).y +
                  spacing;
    return height;
}

// The longest of the words that fit on the button.
std::string SequenceBar::run_label() const {
    const std::size_t chosen = library_.chosen_count();
    std::vector<std::string> words;
    if (chosen == 0) {
        words = {tr("Tick some to send them in a row"), tr("Tick some")};
    } else if (chosen == 1) {
        words = {tr("Send the one chosen"), trf("Send {}", chosen)};
    } else {
        words = {trf("Send the {} chosen in order", chosen), trf("Send {} in order", chosen),
                 trf("Send {}", chosen)};
    }
    const float room = ImGui::GetContentRegionAvail().x - 2 * ImGui::GetStyle().FramePadding.x;
    while (words.size() > 1 && width_of(words.front()) > room) words.erase(words.begin());
    return words.front();
}

SequenceBar::Outcome SequenceBar::run(const app::SidePanelSettings& settings) {
    Outcome outcome{true, {}};
    std::optional<std::uint64_t> rounds;
    if (!settings.endless) {
        rounds = parse_rounds(settings.rounds);
        if (!rounds) {
            tab_.session.set_notice({true, tr("Shortcuts: how often is a whole number, at least 1.")});
            return outcome;
        }
    }
    // One click would fill a network and a disk within seconds.
    if (settings.endless && !has_delay(library_)) {
        tab_.session.set_notice(
            {true, tr("Shortcuts: none of the chosen ones has a delay, so until stopped they would go out as "
                      "fast as they can. Give one of them a delay, or say how often.")});
        return outcome;
    }
    if (!tab_.shortcuts.run(tab_.session, library_, library_.chosen(), rounds))
        outcome.faulty = tab_.shortcuts.faulty();
    return outcome;
}

SequenceBar::Outcome SequenceBar::draw(app::SidePanelSettings& settings) {
    const std::size_t chosen = library_.chosen_count();
    const bool running = tab_.session.running().has_value();
    const bool one_line = in_one_line();
    ImGui::BeginDisabled(running);
    ImGui::AlignTextToFramePadding();
    text(tr("Times"));
    ImGui::SameLine();
    ImGui::BeginDisabled(settings.endless);
    push_mono();
    input_line("###shortcut_rounds", settings.rounds, "1", em() * 4,
               !settings.endless && !parse_rounds(settings.rounds));
    pop_mono();
    ImGui::EndDisabled();
    if (one_line) {
        ImGui::SameLine();
        ImGui::SetCursorPosY(ImGui::GetCursorPosY() + ImGui::GetStyle().FramePadding.y);
    }
    check_box(labelled(tr("Until stopped"), "shortcut_endless").c_str(), &settings.endless);
    ImGui::EndDisabled();

    if (!hidden_.empty()) {
        ImGui::PushTextWrapPos(0.0F);
        colored_text(palette().muted, hidden_);
        ImGui::PopTextWrapPos();
    }
    const ImVec2 whole{ImGui::GetContentRegionAvail().x, 0};
    if (running) {
        std::string label = tr("Stop");
        if (progress_) {
            const auto& rounds = tab_.shortcuts.rounds();
            label = rounds ? trf("Stop (round {} of {})", progress_->round, *rounds)
                           : trf("Stop (round {})", progress_->round);
        }
        if (ImGui::Button(labelled(label.c_str(), "shortcut_stop").c_str(), whole)) tab_.session.stop_run();
        return {};
    }
    ImGui::BeginDisabled(chosen == 0);
    Outcome outcome;
    if (primary_button(labelled(run_label().c_str(), "shortcut_run").c_str(), whole)) outcome = run(settings);
    ImGui::EndDisabled();
    return outcome;
}

}  // namespace sockdesk::gui
