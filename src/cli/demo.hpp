// The main job in some seconds, against sockets of its own: what a newcomer sees first on a machine without a
// display.
#pragma once

namespace sockdesk::cli {

/// Prints the log as it happens, a heading for each scene. Returns 0, or 1 when something did not arrive in
/// time.
int run_demo();

}  // namespace sockdesk::cli
