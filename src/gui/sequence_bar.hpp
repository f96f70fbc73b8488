// Below the library of shortcuts: how often the ticked ones are sent in order, the button that begins it, and the one that stops it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

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

    /// For one frame. `progress`: of the sequence that the tab's session runs; `hidden`: how many of the chosen ones nobody sees.
    SequenceBar(SessionTab& tab, const app::ShortcutLibrary& library,
                const std::optional<app::ShortcutRunner::Progress>& progress, std::size_t hidden);

    /// With the space below it, in the width that there is.
    float height() const;
    Outcome draw(app::SidePanelSettings& settings);

private:
    Outcome run(const app::SidePanelSettings& settings);
    std::string run_label() const;
    bool in_one_line() const;

    SessionTab& tab_;
    const app::ShortcutLibrary& library_;
    const std::optional<app::ShortcutRunner::Progress>& progress_;
    std::string hidden_;  ///< what is to be said about them
};

}  // namespace sockdesk::gui
