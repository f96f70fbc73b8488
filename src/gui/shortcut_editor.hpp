// One shortcut in a dialog: a new one, or one that is there already.
#pragma once

#include <optional>
#include <string>

#include "app/shortcut_library.hpp"
#include "gui/session_tab.hpp"

namespace sockdesk::gui {

class ShortcutEditor {
public:
    void open_new(app::Shortcut shortcut);
    void open(const app::ShortcutLibrary& library, app::ShortcutId id);
    /// The encoding of text is that of the tab in front, addresses are those of its session. Gives the one that was added or changed, once.
    std::optional<app::ShortcutId> draw(app::ShortcutLibrary& library, LogTab& tab);

private:
    void draw_payload(LogTab& tab);
    void compile(LogTab& tab);
    void draw_details();
    std::optional<app::ShortcutProblem> problem(const app::ShortcutLibrary& library) const;
    /// A labelled input; what is wrong with it stands below.
    void field(const char* id, const char* label, std::string& value, const char* hint, float width,
               app::ShortcutField which);

    bool open_next_ = false;
    std::optional<app::ShortcutId> id_;  ///< none: it is new
    app::Shortcut shortcut_;
    std::optional<app::ShortcutProblem> problem_;
    app::PayloadSpec compiled_spec_;
    app::PayloadFiles files_;
    std::optional<Endpoint> local_;  ///< of the session, when it was compiled
    std::optional<Endpoint> remote_;
    std::optional<Result<Bytes>> compiled_;
};

}  // namespace sockdesk::gui
