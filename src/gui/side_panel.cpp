#include "gui/side_panel.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <imgui.h>
#include <imgui_internal.h>

#include "app/shortcut_files.hpp"
#include "app/translation.hpp"
#include "gui/bar_widgets.hpp"
#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

using namespace std::chrono_literals;
using app::SidePage;
using app::tr;

namespace {

constexpr auto save_delay = 1s;

// "workspace.shortcuts.json" beside "workspace.json": each workspace has its own, and no other program's file is meant by accident.
std::filesystem::path beside(const std::filesystem::path& workspace, const char* what) {
    std::filesystem::path path = workspace;
    path.replace_filename(fmt::format("{}.{}.json", workspace.stem().string(), what));
    return path;
}

}  // namespace

SidePanel::SidePanel(const std::filesystem::path& workspace)
    : library_file_(beside(workspace, "shortcuts")), history_file_(beside(workspace, "history")) {
    notice_ = library_file_.load([this](std::string_view content) -> Result<void> {
        auto shortcuts = app::shortcuts_from_json(content, app::ShortcutCheck::structure);
        if (!shortcuts) return tl::unexpected(shortcuts.error());
        library_.add_all(std::move(*shortcuts));
        return {};
    });
    const std::string second =
        history_file_.load([this](std::string_view content) { return history_.read_json(content); });
    if (!second.empty()) notice_ += (notice_.empty() ? "" : "  ") + second;
    library_written_ = library_.revision();
    history_written_ = history_.revision();
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
    ImGui::InvisibleButton("###side_grip", {grip, height});
    const bool active = ImGui::IsItemActive();
    const bool hovered = ImGui::IsItemHovered();
    if (active || hovered) ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeEW);
    if (active && ImGui::GetIO().MouseDelta.x != 0)
        settings.width =
            std::max(1, static_cast<int>(std::lround((width - ImGui::GetIO().MouseDelta.x) / px(100) * 100)));
    const float middle = (ImGui::GetItemRectMin().x + ImGui::GetItemRectMax().x) / 2;
    const ImGuiCol color = active    ? ImGuiCol_SeparatorActive
                           : hovered ? ImGuiCol_SeparatorHovered
                                     : ImGuiCol_Separator;
    ImGui::GetWindowDrawList()->AddLine({middle, ImGui::GetItemRectMin().y},
                                        {middle, ImGui::GetItemRectMax().y}, ImGui::GetColorU32(color),
                                        px(1));
    ImGui::SameLine(0, px(3));
    ImGui::BeginChild("side_panel", {0, height}, ImGuiChildFlags_None, ImGuiWindowFlags_NoScrollbar);
    const std::array<std::string, 2> labels = {labelled(tr("Shortcuts"), "side_shortcuts"),
                                               labelled(tr("History"), "side_history")};
    int page = settings.page == SidePage::history ? 1 : 0;
    if (segmented("side_pages", labels, page))
        settings.page = page == 1 ? SidePage::history : SidePage::shortcuts;
    ImGui::SameLine(right_edge() - ImGui::GetFrameHeight());
    const bool close = close_button("###side_close");
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
    if (library_written_ != library_.revision()) {
        std::vector<app::Shortcut> shortcuts;
        shortcuts.reserve(library_.items().size());
        for (const auto& item : library_.items()) shortcuts.push_back(item.shortcut);
        if (auto saved = library_file_.save(app::to_json(shortcuts)); !saved) trouble = saved.error().message;
        library_written_ = library_.revision();
    }
    if (history_written_ != history_.revision()) {
        if (auto saved = history_file_.save(history_.to_json()); !saved) trouble = saved.error().message;
        history_written_ = history_.revision();
    }
    return trouble;
}

std::string SidePanel::save_when_due(SteadyTime now, const Services& services) {
    if (library_written_ == library_.revision() && history_written_ == history_.revision()) {
        changed_.reset();
        return {};
    }
    // A hand that goes on ticking boxes is not kept waiting for the disk.
    const std::uint64_t state = library_.revision() + history_.revision();
    if (!changed_ || state != seen_) changed_ = now;
    seen_ = state;
    const auto waited = now - *changed_;
    if (waited < save_delay) {
        services.request_frame(save_delay - waited);
        return {};
    }
    changed_.reset();
    return save();
}

}  // namespace sockdesk::gui
