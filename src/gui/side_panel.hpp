// What stands at the right of the log when asked for: shortcuts and history, with the files that keep them beside the workspace.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "app/kept_file.hpp"
#include "app/send_history.hpp"
#include "app/shortcut_library.hpp"
#include "app/workspace.hpp"
#include "gui/history_panel.hpp"
#include "gui/services.hpp"
#include "gui/session_tab.hpp"
#include "gui/shortcuts_panel.hpp"

namespace sockdesk::gui {

class SidePanel {
public:
    /// `workspace`: the file beside which ours lie.
    explicit SidePanel(const std::filesystem::path& workspace);
    SidePanel(const SidePanel&) = delete;
    SidePanel& operator=(const SidePanel&) = delete;

    /// What the person should know of the files; empty: all is well.
    const std::string& notice() const { return notice_; }

    /// Makes a new tab tell what is sent in it.
    void attach(SessionTab& tab);

    void toggle(app::SidePanelSettings& settings, app::SidePage page);
    /// Of all that stands in the tab's row; 0: it is not shown.
    float width(const app::SidePanelSettings& settings, float whole) const;
    /// Draws the line that can be dragged and the panel behind it, at the right of what was drawn last.
    void draw(SessionTab& tab, app::SidePanelSettings& settings, const Services& services, float width,
              float height);
    /// What buttons, menus of the log and keys asked for, and dialogs. Every frame.
    void serve(LogTab& tab, app::SidePanelSettings& settings);
    void handle_hotkeys(SessionTab& tab) { shortcuts_.handle_hotkeys(tab); }

    /// Writes what changed once nothing has changed for a while. Why not, in words; empty: all is well.
    std::string save_when_due(SteadyTime now, const Services& services);
    /// At once.
    std::string save();

    app::ShortcutLibrary& library() { return library_; }
    app::SendHistory& history() { return history_; }

private:
    app::ShortcutLibrary library_;
    app::SendHistory history_;
    app::KeptFile library_file_;
    app::KeptFile history_file_;
    std::string notice_;
    std::uint64_t library_written_ = 0;
    std::uint64_t history_written_ = 0;
    std::uint64_t seen_ = 0;
    std::optional<SteadyTime> changed_;
    ShortcutsPanel shortcuts_{library_};
    HistoryPanel history_panel_{history_};
};

}  // namespace sockdesk::gui
