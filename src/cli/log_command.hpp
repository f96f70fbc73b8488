// `sockdesk log`: what a capture holds, in any format of an export, while it is being read.
#pragma once

#include "cli/arguments.hpp"

namespace sockdesk::cli {

/// Runs it to its end; returns the exit status.
int run_log(const LogRequest& request);

}  // namespace sockdesk::cli
