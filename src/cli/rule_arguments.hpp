// `--reply` and `--expect`, read. Private to this room.
#pragma once

#include <vector>

#include "app/session_setup.hpp"
#include "cli/command_line.hpp"
#include "cli/expectations.hpp"

namespace sockdesk::cli {

/// Throw `Refusal`.
void read_replies(const SessionCommand& command, app::SessionSetup& setup);
std::vector<Expectation> read_expectations(const SessionCommand& command, const app::SessionSetup& setup);

}  // namespace sockdesk::cli
