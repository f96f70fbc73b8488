// Below the library of shortcuts: how often the ticked ones are sent in order, the button that begins it, and the one that stops it.
#pragma once

#include <optional>

#include "app/shortcut_library.hpp"
#include "app/shortcut_runner.hpp"
#include "gui/session_tab.hpp"

namespace sockdesk::gui {

class SequenceBar {
public:
    struct Outcome {
        bool pressed = false;
        /// Why nothing was sent.
        std::optional<app::ShortcutId> faulty;
    };

    /// For one frame. `progress`: of the sequence that the tab's session runs.
    SequenceBar(SessionTab& tab, const app::ShortcutLibrary& library,
                const std::optional<app::ShortcutRunner::Progress>& progress)
        : tab_(tab), library_(library), progress_(progress) {}

    Outcome draw(app::SidePanelSettings& settings);

private:
    Outcome run(const app::SidePanelSettings& settings);

    SessionTab& tab_;
    const app::ShortcutLibrary& library_;
    const std::optional<app::ShortcutRunner::Progress>& progress_;
};

}  // namespace sockdesk::gui
