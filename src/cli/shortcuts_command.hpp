// `sockdesk shortcuts`: what `--shortcut` can send.
#pragma once

#include "cli/arguments.hpp"
#include "cli/command_line.hpp"

namespace sockdesk::cli {

/// Throws `Refusal`.
ShortcutsRequest read_shortcuts_request(const ShortcutsCommand& command);

int run_shortcuts(const ShortcutsRequest& request);

}  // namespace sockdesk::cli
