// The seam between the command line and the window: neither room links the other, `main` joins them.
#pragma once

#include <functional>

#include "app/window_request.hpp"

namespace sockdesk::cli {

struct Faces {
    /// Opens the window and returns the process's exit status when it is closed. Empty in a build without a
    /// window.
    std::function<int(const app::WindowRequest&)> open_window;
};

/// The whole program: reads the arguments, runs what they ask for, returns the exit status (0 done, 1 a
/// socket or a file failed, 2 bad usage). Call once, from the main thread, before any other thread runs.
int run(int argc, char** argv, const Faces& faces);

}  // namespace sockdesk::cli
