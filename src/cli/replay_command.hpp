// `sockdesk replay`: the payloads of a capture, sent again.
#pragma once

#include "cli/arguments.hpp"

namespace sockdesk::cli {

/// Runs it to its end; returns the exit status.
int run_replay(const ReplayRequest& request);

}  // namespace sockdesk::cli
