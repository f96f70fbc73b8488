#include "gui/sequence_bar.hpp"

#include <charconv>
#include <string>
#include <string_view>

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

}  // namespace

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
    if (!tab_.shortcuts.run(tab_.session, library_, library_.chosen(), rounds))
        outcome.faulty = tab_.shortcuts.faulty();
    return outcome;
}

SequenceBar::Outcome SequenceBar::draw(app::SidePanelSettings& settings) {
    const std::size_t chosen = library_.chosen_count();
    const bool running = tab_.session.running().has_value();
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
    ImGui::SameLine();
    ImGui::SetCursorPosY(ImGui::GetCursorPosY() + ImGui::GetStyle().FramePadding.y);
    check_box(labelled(tr("Until stopped"), "shortcut_endless").c_str(), &settings.endless);
    ImGui::EndDisabled();

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
    const std::string label = chosen == 0   ? std::string(tr("Tick some to send them in a row"))
                              : chosen == 1 ? std::string(tr("Send the one chosen"))
                                            : trf("Send the {} chosen in order", chosen);
    Outcome outcome;
    if (primary_button(labelled(label.c_str(), "shortcut_run").c_str(), whole)) outcome = run(settings);
    ImGui::EndDisabled();
    return outcome;
}

}  // namespace sockdesk::gui
