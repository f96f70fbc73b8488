// Where "Go to" leads: a record number or a time, as a person types it.
#pragma once

#include <string_view>
#include <variant>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"

namespace sockdesk::app {

/// A record's position in the log, or a moment whose first record is meant.
using GoTo = std::variant<RecordIndex, Timestamp>;

/// `1234` and `#1234` are record numbers, from 1, with or without digit groups (`1,234`).
/// `10:00`, `10:00:05`, `10:00:05.25` are local times of the day on which the log begins or, if that is over by then, of the
/// next one; `2026-11-21 10:00:05` (also with a `T`) has its day with it.
/// `begin` is the time of the log's first record, `count` how many records there are; errors have their position.
Result<GoTo> parse_go_to(std::string_view text, Timestamp begin, RecordCount count);

}  // namespace sockdesk::app
