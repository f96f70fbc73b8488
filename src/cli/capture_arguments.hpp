// What `sockdesk log` and `sockdesk replay` are told. Private to this room.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "cli/arguments.hpp"
#include "cli/command_line.hpp"
#include "codec/encoding.hpp"
#include "query/filter.hpp"

namespace sockdesk::cli {

/// Both throw `Refusal`.
LogRequest read_log_request(const CaptureCommand& command);
ReplayRequest read_replay_request(const CaptureCommand& command);

/// The filter of a request; `text` has been found to be one before. `day`: of the capture's first record.
query::Filter make_filter(std::string_view text, codec::Encoding encoding, Timestamp day);

}  // namespace sockdesk::cli
