// What stands at the right of the log when asked for: shortcuts and history, with the files that keep them beside the workspace.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/kept_state.hpp"
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

    /// Reads the files, when the language is known. What the person should know of them; empty: all is well.
    std::string load();

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

    /// Has what changed written, a second later and by a thread; what could not be written is tried again. Why not, in words; empty:
    /// all is well.
    std::string save_when_due(SteadyTime now, const Services& services);
    /// At once, what is not written yet.
    std::string save();

    app::ShortcutLibrary& library() { return library_; }
    app::SendHistory& history() { return history_; }

private:
    template <typename Content>
    struct Kept {
        Kept(std::filesystem::path path, app::KeptFormat<Content> format) : state(std::move(path), format) {}

        app::KeptState<Content> state;
        std::uint64_t written = 0;  ///< the revision that is in the file
        std::uint64_t saving = 0;   ///< the one that is being written
        std::optional<SteadyTime> due;
        int failures = 0;  ///< one after the other
    };
    template <typename Content, typename Get, typename Set>
    std::string serve_file(Kept<Content>& kept, SteadyTime now, const Services& services,
                           const std::function<std::uint64_t()>& revision, const Get& get, const Set& set);

    app::ShortcutLibrary library_;
    app::SendHistory history_;
    Kept<std::vector<app::KeptShortcut>> library_file_;
    Kept<std::deque<app::SentPayload>> history_file_;
    ShortcutsPanel shortcuts_{library_};
    HistoryPanel history_panel_{history_};
};

}  // namespace sockdesk::gui
