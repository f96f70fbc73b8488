// What the command line asks of the window. A value, so that the face that parses arguments and the face that
// draws need not know each other.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "app/session_setup.hpp"

namespace sockdesk::app {

struct WindowRequest {
    /// The workspace to open (`sockdesk WORKSPACE.json`); none: the person's own, where the last window left
    /// it.
    std::optional<std::filesystem::path> workspace;
    /// A session to add in a tab of its own and to open at once (`--gui`). Its `open_at_start` is set.
    std::optional<SessionSetup> session;
    /// Captures to show, each in a tab of its own (`sockdesk FILE.pcapng`).
    std::vector<std::filesystem::path> captures = {};
};

}  // namespace sockdesk::app
