// Menus and keys of the desk: everything in them works now.
#include <algorithm>

#include <imgui.h>
#include <imgui_internal.h>

#include "app/translation.hpp"
#include "gui/desk.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

using app::tr;

namespace {

bool item(const char* text, const char* id, const char* keys = nullptr, bool checked = false,
          bool enabled = true) {
    return ImGui::MenuItem(labelled(text, id).c_str(), keys, checked, enabled);
}

}  // namespace

void Desk::draw_menu() {
    if (!ImGui::BeginMainMenuBar()) return;
    if (ImGui::BeginMenu(labelled(tr("Session"), "menu_session").c_str())) {
        draw_session_menu();
        ImGui::EndMenu();
    }
    if (ImGui::BeginMenu(labelled(tr("Edit"), "menu_edit").c_str())) {
        draw_edit_menu();
        ImGui::EndMenu();
    }
    if (ImGui::BeginMenu(labelled(tr("View"), "menu_view").c_str())) {
        draw_view_menu();
        ImGui::EndMenu();
    }
    if (ImGui::BeginMenu(labelled(tr("Tools"), "menu_tools").c_str())) {
        draw_tools_menu();
        ImGui::EndMenu();
    }
    if (ImGui::BeginMenu(labelled(tr("Help"), "menu_help").c_str())) {
        draw_help_menu();
        ImGui::EndMenu();
    }
    ImGui::EndMainMenuBar();
}

void Desk::draw_session_menu() {
    if (item(tr("New session"), "menu_new", "Ctrl+T")) add_tab({});
    if (item(tr("Close tab"), "menu_close", "Ctrl+W")) close_next_ = front_;
    ImGui::Separator();
    if (item(tr("Open a capture file..."), "menu_open_capture", "Ctrl+O")) open_dialog_.open();
    if (item(tr("Old captures..."), "menu_recordings")) recordings_dialog_.open();
    if (item(tr("Export the log..."), "menu_export", "Ctrl+E")) front().export_asked = true;
    if (SessionTab* tab = front_session()) {
        ImGui::Separator();
        const bool locked = tab->session.is_locked();
        if (item(locked ? tr("Close") : tr("Open"), "menu_open", "F5")) tab->toggle_open();
        if (item(tr("Save to file..."), "menu_save", nullptr, tab->session.is_saving())) {
            tab->session.is_saving() ? tab->session.stop_saving() : void(tab->save_asked = true);
        }
        if (item(tr("Reset counters"), "menu_reset")) tab->session.reset_totals();
    }
    ImGui::Separator();
    if (item(tr("Quit"), "menu_quit", "Ctrl+Q")) services_.quit();
}

void Desk::draw_edit_menu() {
    LogTab& tab = front();
    if (item(tr("Copy from the log"), "menu_copy", "Ctrl+C", false, tab.log.has_selection()))
        copy_selection(tab);
    if (item(tr("Select all of the log"), "menu_all", nullptr, false, !tab.log.is_empty())) {
        tab.log.select_all();
        tab.view.focus();
    }
    ImGui::Separator();
    if (item(tr("Search the log..."), "menu_search", "Ctrl+F")) open_search(tab);
    if (item(tr("Next match"), "menu_next_match", "F3")) tab.tools.search_bar.step(tab, true);
    if (item(tr("Previous match"), "menu_previous_match", "Shift+F3")) tab.tools.search_bar.step(tab, false);
    if (item(tr("Filter the log..."), "menu_filter", "Ctrl+Shift+F")) tab.tools.filter_bar.open();
    if (item(tr("Go to record or time..."), "menu_go_to", "Ctrl+G")) tab.tools.go_to_bar.open();
    ImGui::Separator();
    if (item(tr("Clear the log"), "menu_clear_log", "Ctrl+L")) tab.clear_log();
    if (app::SessionModel* session = tab.live()) {
        if (item(tr("Clear the box"), "menu_clear_box")) session->tab().send.text.clear();
    }
}

void Desk::draw_view_menu() {
    app::ViewSettings& view = front().settings();
    const auto choice = [&](const char* text, const char* id, app::PayloadView payload) {
        if (item(text, id, nullptr, view.view == payload)) view.view = payload;
    };
    choice(tr("Text"), "menu_text", app::PayloadView::text);
    choice("HEX", "menu_hex", app::PayloadView::hex);
    choice(tr("Side by side"), "menu_both", app::PayloadView::both);
    ImGui::Separator();
    const auto toggle = [](const char* text, const char* id, bool& value) {
        if (item(text, id, nullptr, value)) value = !value;
    };
    toggle(tr("Log display mode"), "menu_log_mode", view.log_mode);
    toggle(tr("Auto linefeed"), "menu_wrap", view.wrap);
    toggle(tr("Hide received data"), "menu_hide", view.hide_received);
    toggle(tr("AutoScroll"), "menu_auto_scroll", view.auto_scroll);
    ImGui::Separator();
    if (item(tr("Inspector"), "menu_inspector", "Ctrl+I", view.inspector)) view.inspector = !view.inspector;
    if (SessionTab* tab = front_session()) {
        using app::SidePage;
        if (item(tr("Shortcuts"), "menu_shortcuts", "Ctrl+K", settings_.side.page == SidePage::shortcuts))
            tab->side_asked = SidePage::shortcuts;
        if (item(tr("History"), "menu_history", "Ctrl+H", settings_.side.page == SidePage::history))
            tab->side_asked = SidePage::history;
    }
    ImGui::Separator();
    if (item(tr("Larger text"), "menu_larger", "Ctrl++")) change_font_size(1);
    if (item(tr("Smaller text"), "menu_smaller", "Ctrl+-")) change_font_size(-1);
    if (item(tr("Usual size of text"), "menu_usual", "Ctrl+0")) change_font_size(0);
    ImGui::Separator();
    if (item(tr("Light theme"), "menu_light", nullptr, settings_.theme == app::Theme::light))
        settings_.theme = app::Theme::light;
    if (item(tr("Dark theme"), "menu_dark", nullptr, settings_.theme == app::Theme::dark))
        settings_.theme = app::Theme::dark;
    ImGui::Separator();
    // Each language in its own words, so that whoever is in the wrong one finds the way out.
    if (item("中文", "menu_chinese", nullptr, app::current_language() == app::Language::chinese))
        set_language(app::Language::chinese);
    if (item("English", "menu_english", nullptr, app::current_language() == app::Language::english))
        set_language(app::Language::english);
}

void Desk::draw_tools_menu() {
    if (item(tr("Replay..."), "menu_replay")) replay_dialog_.open(front(), tabs_);
    if (item(tr("Verify what arrives..."), "menu_verify", nullptr, front().settings().verify.on))
        front().verify_asked = true;
    ImGui::Separator();
    if (item(tr("Settings..."), "menu_settings")) settings_dialog_.open(settings_.storage);
}

void Desk::draw_help_menu() {
    if (item(tr("Keyboard shortcuts"), "menu_keys")) help_.open_keys();
    if (item(tr("About Sockdesk"), "menu_about")) help_.open_about();
}

void Desk::set_language(app::Language language) {
    settings_.language = language;
    app::set_language(language);
}

void Desk::change_font_size(int by) {
    const int size = by == 0 ? app::Workspace().font_size : settings_.font_size + by;
    settings_.font_size = std::clamp(size, app::Workspace::min_font_size, app::Workspace::max_font_size);
}

void Desk::handle_keys() {
    // What a dialog asks about must not change behind it.
    if (ImGui::GetTopMostPopupModal() != nullptr) return;
    const auto pressed = [](ImGuiKeyChord chord) {
        return ImGui::Shortcut(chord, ImGuiInputFlags_RouteGlobal);
    };
    LogTab& tab = front();
    if (pressed(ImGuiMod_Ctrl | ImGuiKey_T)) add_tab({});
    if (pressed(ImGuiMod_Ctrl | ImGuiKey_W)) close_next_ = front_;
    if (pressed(ImGuiMod_Ctrl | ImGuiKey_O)) open_dialog_.open();
    if (pressed(ImGuiMod_Ctrl | ImGuiKey_E)) tab.export_asked = true;
    if (pressed(ImGuiMod_Ctrl | ImGuiKey_L)) tab.clear_log();
    if (pressed(ImGuiMod_Ctrl | ImGuiKey_I)) tab.settings().inspector = !tab.settings().inspector;
    if (pressed(ImGuiMod_Ctrl | ImGuiKey_Q)) services_.quit();
    SessionTab* session = front_session();
    if (session != nullptr) {
        if (pressed(ImGuiMod_Ctrl | ImGuiKey_K)) session->side_asked = app::SidePage::shortcuts;
        if (pressed(ImGuiMod_Ctrl | ImGuiKey_H)) session->side_asked = app::SidePage::history;
        side_.handle_hotkeys(*session);
    }
    if (pressed(ImGuiKey_F5) && session != nullptr) session->toggle_open();
    if (pressed(ImGuiMod_Ctrl | ImGuiKey_Tab)) select_tab((front_ + 1) % tabs_.size());
    if (pressed(ImGuiMod_Ctrl | ImGuiMod_Shift | ImGuiKey_Tab))
        select_tab((front_ + tabs_.size() - 1) % tabs_.size());
    for (const ImGuiKey key : {ImGuiKey_Equal, ImGuiKey_KeypadAdd}) {
        if (pressed(ImGuiMod_Ctrl | key) || pressed(ImGuiMod_Ctrl | ImGuiMod_Shift | key))
            change_font_size(1);
    }
    for (const ImGuiKey key : {ImGuiKey_Minus, ImGuiKey_KeypadSubtract}) {
        if (pressed(ImGuiMod_Ctrl | key)) change_font_size(-1);
    }
    if (pressed(ImGuiMod_Ctrl | ImGuiKey_0)) change_font_size(0);
    // Not a routed shortcut: an input that is being typed into owns the Enter key.
    const ImGuiIO& io = ImGui::GetIO();
    const bool enter =
        ImGui::IsKeyPressed(ImGuiKey_Enter, false) || ImGui::IsKeyPressed(ImGuiKey_KeypadEnter, false);
    if (session != nullptr && io.KeyMods == ImGuiMod_Ctrl && enter &&
        !ImGui::IsPopupOpen("", ImGuiPopupFlags_AnyPopup)) {
        session->session.is_cycling() ? session->session.stop() : session->session.send();
    }
}

}  // namespace sockdesk::gui
