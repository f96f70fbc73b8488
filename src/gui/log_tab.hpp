// What every tab has: a log, and how it is looked at. A session's tab writes it, a capture's tab only shows it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/log_view_model.hpp"
#include "app/session_model.hpp"
#include "app/shortcut.hpp"
#include "app/trailer_checks.hpp"
#include "app/workspace.hpp"
#include "gui/inspector_panel.hpp"
#include "gui/log_tools.hpp"
#include "gui/log_view.hpp"
#include "gui/services.hpp"

namespace sockdesk::gui {

/// What the log's context menu speaks of.
struct MenuPayload {
    Bytes bytes;
    Endpoint remote;
};

struct LogTab {
    LogTab(std::uint32_t tab_key, std::shared_ptr<const capture::Log> its_log)
        : key(tab_key),
          source(std::move(its_log)),
          log(source),
          inspector(source),
          tools(source),
          trailer_checks(source) {}
    virtual ~LogTab() = default;
    LogTab(const LogTab&) = delete;
    LogTab& operator=(const LogTab&) = delete;

    const std::uint32_t key;  ///< tells tabs apart for Dear ImGui, whatever their titles
    const std::shared_ptr<const capture::Log> source;
    app::LogViewModel log;
    LogView view;
    InspectorPanel inspector;
    LogTools tools;
    app::TrailerChecks trailer_checks;  ///< of what arrives

    bool focus_box = false;                     ///< the person is about to write
    std::optional<MenuPayload> menu_payload;    ///< the first selected one when the context menu opened
    bool export_asked = false;                  ///< the export dialog is to be opened
    bool trailer_asked = false;                 ///< that of the appended bytes
    bool verify_asked = false;                  ///< the same one, at what is verified
    std::optional<app::Shortcut> new_shortcut;  ///< asked for: its dialog is to be opened
    std::optional<app::SidePage> side_asked;    ///< to be shown, or hidden where it is shown
    app::SidePage side_shown = app::SidePage::none;

    void clear_log() { log.clear(); }
    /// Addresses worth offering where one is to be typed, newest first.
    std::vector<Endpoint> peers();

    virtual std::string title() const = 0;
    virtual app::ViewSettings& settings() = 0;
    virtual const app::Notice& notice() const = 0;
    virtual void set_notice(app::Notice notice) = 0;
    /// Null where nothing can be sent.
    virtual app::SessionModel* live() { return nullptr; }
    /// What verifies the ends of what arrived; null where nobody asked for it.
    app::TrailerChecks* checks();
    /// The words for a log without rows.
    virtual const char* empty_text() = 0;
    /// Log lines speak of "ALL" for a server and of nobody for a client.
    virtual engine::Protocol protocol() const = 0;
    /// As the workspace keeps it.
    virtual app::TabState state() const = 0;
    /// The same question without making a copy.
    virtual bool is_in_state(const app::TabState& kept) const { return state() == kept; }
};

/// Ctrl+F, and what the menu calls for.
void open_search(LogTab& tab);
void draw_log_panel(LogTab& tab, const Services& services, float height);

/// What Ctrl+C does: the log's selection to the clipboard.
void copy_selection(LogTab& tab);

}  // namespace sockdesk::gui
