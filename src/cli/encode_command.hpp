// `sockdesk encode`: the bytes of a payload, without a socket.
#pragma once

#include "cli/arguments.hpp"
#include "cli/command_line.hpp"

namespace sockdesk::cli {

/// Throws `Refusal`. Reads the files that the payload names.
EncodeRequest read_encode_request(const EncodeCommand& command, const Surroundings& surroundings);

/// Writes the bytes of the first send to standard output; returns the exit status.
int run_encode(const EncodeRequest& request);

}  // namespace sockdesk::cli
