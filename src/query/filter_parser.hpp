// From a filter line to its tree.
#pragma once

#include <string_view>

#include "query/filter.hpp"
#include "query/filter_tree.hpp"

namespace sockdesk::query {

/// Null for a line that is empty or blank.
Result<TermPointer> parse_filter(std::string_view line, const FilterContext& context);

}  // namespace sockdesk::query
