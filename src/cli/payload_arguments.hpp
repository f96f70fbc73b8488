// What is sent unasked, read: `--send` and its like, `--cycle`, how often, and `--source`. Private to this room.
#pragma once

#include "cli/arguments.hpp"
#include "cli/command_line.hpp"

namespace sockdesk::cli {

/// Throws `Refusal`. The addresses and the encoding of `request` have been read.
void read_unasked(const SessionCommand& command, TerminalRequest& request);

}  // namespace sockdesk::cli
