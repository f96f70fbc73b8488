// 快捷指令: the library at the right of the log. Rows are sent, dragged, ticked for a sequence; a sequence is run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/shortcut_list.hpp"
#include "gui/picker_list.hpp"
#include "gui/services.hpp"
#include "gui/session_tab.hpp"
#include "gui/shortcut_editor.hpp"
#include "gui/shortcut_files.hpp"

namespace sockdesk::gui {

class ShortcutsPanel {
public:
    explicit ShortcutsPanel(app::ShortcutLibrary& library) : library_(library) {}

    /// Fills the window it is called in.
    void draw(SessionTab& tab, app::SidePanelSettings& settings, const Services& services);
    /// Dialogs; whether the panel is open or not.
    void draw_dialogs(LogTab& tab);
    /// Whether the panel is open or not.
    void handle_hotkeys(SessionTab& tab);

    /// Asks for the rest in a dialog.
    void add(app::Shortcut shortcut) { editor_.open_new(std::move(shortcut)); }
    void focus_search() { focus_search_ = true; }

private:
    void draw_bar(SessionTab& tab);
    void draw_menu(SessionTab& tab);
    void draw_empty(SessionTab& tab, float height);
    void draw_list(SessionTab& tab, const Services& services, float height);
    void draw_heading(const app::ShortcutList::Row& row, ImVec2 low, ImVec2 high);
    void draw_heading_menu();
    std::string row_tooltip(const app::Shortcut& shortcut) const;
    void draw_row(SessionTab& tab, const app::ShortcutLibrary::Item& item, ImVec2 low, ImVec2 high,
                  bool hovered);
    void drag_and_drop(const app::ShortcutList::Row& row, ImVec2 low, ImVec2 high);
    void draw_row_menu(SessionTab& tab);
    void handle_list_keys();
    void carry_out_drop();
    void enter_list();
    std::string undo_text() const;
    float notices_height() const;
    void draw_notices(const Services& services);
    void tell(std::string what);

    void send(SessionTab& tab, app::ShortcutId id);
    void remove(std::vector<app::ShortcutId> ids);
    void show(app::ShortcutId id);
    std::optional<app::ShortcutId> current() const;
    /// The group of the heading that the cursor is on.
    std::optional<std::string> current_group() const;
    std::uint64_t row_key(std::size_t row) const;
    void add_starter();

    app::ShortcutLibrary& library_;
    app::ShortcutList list_;
    PickerList picker_;
    ShortcutEditor editor_;
    ShortcutImportDialog import_;
    ShortcutExportDialog export_;
    std::string query_;
    bool focus_search_ = false;
    std::optional<app::ShortcutId> show_;  ///< to be found in the list at the next frame
    std::optional<app::ShortcutRunner::Progress> progress_;
    std::string shown_query_;                 ///< that of the frame before
    bool enter_list_ = false;                 ///< by a key, from the search
    std::optional<app::ShortcutId> menu_of_;  ///< whose menu is open
    std::string menu_of_group_;
    // What a row asks for; carried out when the list is drawn, since it changes the list.
    struct Drop {
        app::ShortcutId dragged;  ///< of a group: its first one
        app::ShortcutId target;
        bool behind = false;
        bool group = false;
    };
    std::optional<Drop> drop_;
    std::string told_;       ///< what an import or the like did
    double told_until_ = 0;  ///< by ImGui's clock
    double undo_until_ = 0;
};

/// What is in the box, as a shortcut.
app::Shortcut shortcut_of_box(const SessionTab& tab);

}  // namespace sockdesk::gui
