// The whole window: menu, tabs, and for the tab in front its groups, log, box and status bar.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/storage.hpp"
#include "app/window_request.hpp"
#include "app/workspace.hpp"
#include "engine/engine.hpp"
#include "gui/capture_tab.hpp"
#include "gui/captures_dialog.hpp"
#include "gui/cycle_dialog.hpp"
#include "gui/dialogs.hpp"
#include "gui/export_dialog.hpp"
#include "gui/replay_dialog.hpp"
#include "gui/replies_dialog.hpp"
#include "gui/send_file_dialog.hpp"
#include "gui/services.hpp"
#include "gui/session_tab.hpp"
#include "gui/settings_dialog.hpp"
#include "gui/side_panel.hpp"
#include "gui/style.hpp"
#include "gui/trailer_dialog.hpp"

namespace sockdesk::gui {

class Desk {
public:
    /// `request`: a session to open at once, in a tab of its own (or in one that has the same settings
    /// already), and captures.
    Desk(engine::Engine& engine, app::Storage& storage, app::WorkspaceFile file,
         app::WorkspaceFile::Loaded loaded, Services services, app::WindowRequest request = {});
    /// Keeps the workspace.
    ~Desk();
    Desk(const Desk&) = delete;
    Desk& operator=(const Desk&) = delete;

    /// Between ImGui::NewFrame and ImGui::Render.
    void draw();

    /// What was dropped on the window.
    void open_files(const std::vector<std::filesystem::path>& paths);

    const std::vector<std::unique_ptr<LogTab>>& tabs() const { return tabs_; }
    LogTab& front() { return *tabs_[front_]; }
    SidePanel& side() { return side_; }
    /// Null when the tab in front only shows a capture.
    SessionTab* front_session() { return dynamic_cast<SessionTab*>(&front()); }

private:
    void take_events();
    void save_when_due();
    /// All but the tabs.
    app::Workspace current_settings() const;
    bool is_written() const;
    void write_workspace();

    void add_tab(app::TabState state);
    /// Why it cannot be opened; empty: it is in front.
    std::string open_capture(const std::filesystem::path& path, app::ViewSettings view = {});
    void on_storage(const engine::Event& event);
    void draw_dialogs();
    void open_requested(const app::SessionSetup& setup);
    void close_tab(std::size_t index);
    void select_tab(std::size_t index);

    void handle_keys();
    void change_font_size(int by);
    void set_language(app::Language language);

    void draw_menu();
    void draw_session_menu();
    void draw_edit_menu();
    void draw_view_menu();
    void draw_tools_menu();
    void draw_help_menu();
    void draw_font_notice();
    void draw_tabs();
    void draw_session(SessionTab& tab);
    void draw_capture(CaptureTab& tab);

    engine::Engine& engine_;
    app::Storage& storage_;
    app::WorkspaceFile file_;
    Services services_;
    app::Workspace settings_;  ///< all but the tabs
    std::vector<std::unique_ptr<LogTab>> tabs_;
    std::size_t front_ = 0;
    std::optional<std::size_t> select_next_;
    std::optional<std::size_t> close_next_;
    std::uint32_t next_key_ = 0;

    std::string warning_;  ///< of the disk; empty if all is well

    SaveDialog save_dialog_;
    TrailerDialog trailer_dialog_;
    SendFileDialog file_dialog_;
    CycleDialog cycle_dialog_;
    RepliesDialog replies_dialog_;
    OpenDialog open_dialog_;
    RecordingsDialog recordings_dialog_;
    SettingsDialog settings_dialog_;
    ExportDialog export_dialog_;
    ReplayDialog replay_dialog_;
    HelpDialog help_;
    SidePanel side_;
    float send_height_ = 0;  ///< of the box; 0: not laid out yet
    std::string title_;
    std::optional<StyleKey> styled_;

    app::Workspace written_;  ///< all but the tabs
    std::vector<app::TabState> written_tabs_;
    std::optional<SteadyTime> changed_since_;
    SystemClock clock_;
};

}  // namespace sockdesk::gui
