#include "gui/side_panel.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <imgui.h>
#include <imgui_internal.h>

#include "app/shortcut_files.hpp"
#include "app/shortcut_merge.hpp"
#include "app/translation.hpp"
#include "gui/bar_widgets.hpp"
#include "gui/splitter.hpp"
#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

using namespace std::chrono_literals;
using app::SidePage;
using app::tr;

namespace {

// Between the first change and its being written: a hand that goes on ticking boxes writes once a second.
constexpr SteadyTime::duration save_delay = 1s;
constexpr SteadyTime::duration longest_delay = 60s;

std::string both(const std::string& first, const std::string& second) {
    return first + (first.empty() || second.empty() ? "" : "  ") + second;
}

constexpr app::KeptFormat<std::vector<app::KeptShortcut>> library_format{
    app::shortcuts_from_kept_json,
    [](const std::vector<app::KeptShortcut>& content) { return app::to_kept_json(content); },
    app::merge_shortcuts};
constexpr app::KeptFormat<std::deque<app::SentPayload>> history_format{app::history_from_json, app::to_json,
                                                                       app::merge_history};

// "workspace.shortcuts.json" beside "workspace.json": each workspace has its own, and no other program's file is meant by accident.
std::filesystem::path beside(const std::filesystem::path& workspace, const char* what) {
    std::filesystem::path path = workspace;
    path.replace_filename(fmt::format("{}.{}.json", workspace.stem().string(), what));
    return path;
}

}  // namespace

SidePanel::SidePanel(const std::filesystem::path& workspace)
    : library_file_(beside(workspace, "shortcuts"), library_format),
      history_file_(beside(workspace, "history"), history_format) {}

std::string SidePanel::load() {
    auto shortcuts = library_file_.state.load();
    library_.set_content(std::move(shortcuts.content));
    auto history = history_file_.state.load();
    history_.set_entries(std::move(history.content));
    library_file_.written = library_.revision();
    history_file_.written = history_.revision();
    return both(shortcuts.notice, history.notice);
}

void SidePanel::attach(SessionTab& tab) {
    tab.history = &history_;
    tab.session.on_sent([this](const app::SendSettings& box) { history_.add(app::sent_payload(box)); });
}

void SidePanel::toggle(app::SidePanelSettings& settings, SidePage page) {
    settings.page = settings.page == page ? SidePage::none : page;
    if (settings.page == SidePage::shortcuts) shortcuts_.focus_search();
    if (settings.page == SidePage::history) history_panel_.focus_search();
}

float SidePanel::width(const app::SidePanelSettings& settings, float whole) const {
    if (settings.page == SidePage::none) return 0;
    const float least = std::min(em() * 11, whole * 0.5F);
    const float wanted = settings.width > 0 ? px(static_cast<float>(settings.width)) : em() * 17;
    return std::clamp(wanted, least, std::max(least, whole - em() * 20));
}

void SidePanel::draw(SessionTab& tab, app::SidePanelSettings& settings, const Services& services, float width,
                     float height) {
    const float grip = px(5);
    ImGui::SameLine(0, px(3));
    if (const float by = vertical_splitter("###side_grip", grip, height); by != 0)
        settings.width = std::max(1, static_cast<int>(std::lround((width - by) / px(100) * 100)));
    ImGui::SameLine(0, px(3));
    ImGui::BeginChild("side_panel", {0, height}, ImGuiChildFlags_None, ImGuiWindowFlags_NoScrollbar);
    const std::array<std::string, 2> labels = {labelled(tr("Shortcuts"), "side_shortcuts"),
                                               labelled(tr("History"), "side_history")};
    int page = settings.page == SidePage::history ? 1 : 0;
    if (segmented("side_pages", labels, page))
        settings.page = page == 1 ? SidePage::history : SidePage::shortcuts;
    ImGui::SameLine(right_edge() - ImGui::GetFrameHeight());
    const bool close = close_button("###side_close");
    tooltip(tr("Close the panel"));
    std::optional<app::Shortcut> made;
    if (page == 0) {
        shortcuts_.draw(tab, settings, services);
    } else {
        made = history_panel_.draw(tab);
    }
    ImGui::EndChild();
    if (close) settings.page = SidePage::none;
    if (made) tab.new_shortcut = std::move(made);
}

void SidePanel::serve(LogTab& tab, app::SidePanelSettings& settings) {
    if (auto page = std::exchange(tab.side_asked, {})) toggle(settings, *page);
    tab.side_shown = settings.page;
    if (auto made = std::exchange(tab.new_shortcut, {})) shortcuts_.add(std::move(*made));
    shortcuts_.draw_dialogs(tab);
}

std::string SidePanel::save() {
    std::string trouble;
    const auto keep = [&](auto& kept, std::uint64_t revision, auto content) {
        if (kept.written == revision) return;
        const auto outcome = kept.state.save_now(std::move(content));
        if (outcome.saved) {
            kept.written = revision;
        } else {
            trouble = both(trouble, outcome.saved.error().message);
        }
    };
    keep(library_file_, library_.revision(), library_.content());
    keep(history_file_, history_.revision(), history_.entries());
    return trouble;
}

// Takes what a save came to, and begins the next one when it is due.
template <typename Content, typename Get, typename Set>
std::string SidePanel::serve_file(Kept<Content>& kept, SteadyTime now, const Services& services,
                                  const std::function<std::uint64_t()>& revision, const Get& get,
                                  const Set& set) {
    std::string trouble;
    if (const auto outcome = kept.state.take()) {
        if (!outcome->saved) {
            // A full disk may have room again; whoever looks at the message is not to be told every second.
            kept.due = now + std::min(longest_delay, save_delay * (1 << std::min(++kept.failures, 6)));
            trouble = outcome->saved.error().message;
        } else {
            kept.failures = 0;
            kept.written = kept.saving;
            if (outcome->joined) {
                const bool unchanged = revision() == kept.saving;
                set(kept.state.go_on(*outcome, get()));
                if (unchanged) kept.written = revision();
            }
        }
    }
    if (kept.written == revision()) {
        kept.due.reset();
        return trouble;
    }
    if (kept.state.is_saving()) return trouble;
    if (!kept.due) kept.due = now + save_delay;
    if (now < *kept.due) {
        services.request_frame(*kept.due - now);
        return trouble;
    }
    kept.due.reset();
    kept.saving = revision();
    kept.state.save(get(), services.wake);
    return trouble;
}

std::string SidePanel::save_when_due(SteadyTime now, const Services& services) {
    const std::string library = serve_file(
        library_file_, now, services, [this] { return library_.revision(); },
        [this] { return library_.content(); },
        [this](std::vector<app::KeptShortcut> content) { library_.set_content(std::move(content)); });
    const std::string history = serve_file(
        history_file_, now, services, [this] { return history_.revision(); },
        [this] { return history_.entries(); },
        [this](std::deque<app::SentPayload> entries) { history_.set_entries(std::move(entries)); });
    return both(library, history);
}

}  // namespace sockdesk::gui
