// One tab: its models and what its views remember from frame to frame.
#pragma once

#include <cstdint>

#include "app/log_view_model.hpp"
#include "app/session_model.hpp"
#include "gui/log_view.hpp"
#include "gui/services.hpp"

namespace sockdesk::gui {

struct SessionTab {
    SessionTab(std::uint32_t tab_key, engine::SessionHandle handle, app::TabState state,
               app::SessionModel::Submit submit)
        : key(tab_key), session(handle, std::move(state), std::move(submit)), log(handle.log) {}

    std::uint32_t key;  ///< tells tabs apart for Dear ImGui, whatever their titles
    app::SessionModel session;
    app::LogViewModel log;
    LogView view;

    bool open_attempted = false;  ///< from then on an empty field that is needed is marked, too
    bool focus_box = false;
    bool save_asked = false;  ///< the save dialog is to be opened

    /// Opens or closes, and keeps the log's words right for what is opened.
    void toggle_open();
    void clear_log() { log.clear(); }
};

/// The views, each in a file of its own. They fill the window they are called in.
void draw_network_group(SessionTab& tab);
void draw_receive_group(SessionTab& tab);
void draw_send_group(SessionTab& tab);
void draw_log_panel(SessionTab& tab, const Services& services, float height);
void draw_target_bar(SessionTab& tab);
void draw_send_box(SessionTab& tab, float height);
void draw_status_bar(SessionTab& tab, const Services& services);

/// What Ctrl+C does: the log's selection to the clipboard.
void copy_selection(SessionTab& tab);

}  // namespace sockdesk::gui
