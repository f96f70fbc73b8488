// The tab of a session: its models and what its views remember from frame to frame.
#pragma once

#include <cstdint>

#include "app/send_history.hpp"
#include "app/session_model.hpp"
#include "app/shortcut_runner.hpp"
#include "gui/log_tab.hpp"

namespace sockdesk::gui {

struct SessionTab final : LogTab {
    SessionTab(std::uint32_t tab_key, engine::SessionHandle handle, app::TabState state,
               app::SessionModel::Submit submit)
        : LogTab(tab_key, handle.log), session(handle, std::move(state), std::move(submit)) {}

    app::SessionModel session;
    app::ShortcutRunner shortcuts;
    app::SendHistory* history = nullptr;  ///< the window's; null: nothing is remembered
    app::HistoryWalk history_walk;
    bool caret_to_end = false;  ///< of the box, once it is typed into

    bool open_attempted = false;  ///< from then on an empty field that is needed is marked, too
    bool save_asked = false;      ///< the save dialog is to be opened
    bool file_asked = false;      ///< and so on
    bool cycle_asked = false;
    bool replies_asked = false;

    /// Opens or closes, and keeps the log's words right for what is opened.
    void toggle_open();

    std::string title() const override { return session.title(); }
    app::ViewSettings& settings() override { return session.tab().view; }
    const app::Notice& notice() const override { return session.notice(); }
    void set_notice(app::Notice notice) override { session.set_notice(std::move(notice)); }
    app::SessionModel* live() override { return &session; }
    const char* empty_text() override;
    engine::Protocol protocol() const override { return session.tab().session.protocol; }
    app::TabState state() const override { return session.tab(); }
    bool is_in_state(const app::TabState& kept) const override { return session.tab() == kept; }
};

/// The views, each in a file of its own. They fill the window they are called in.
void draw_network_group(SessionTab& tab);
void draw_receive_group(SessionTab& tab);
void draw_send_group(SessionTab& tab);
void draw_target_bar(SessionTab& tab);
void draw_send_box(SessionTab& tab, float height, const Services& services);

}  // namespace sockdesk::gui
