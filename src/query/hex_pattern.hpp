// Hex digits with wildcards, as they are looked for.
#pragma once

#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace sockdesk::query {

struct HexPattern {
    Bytes value;  ///< 0 where `mask` is
    Bytes mask;
};

/// As the send box takes hex; a `?` stands for any digit.
Result<HexPattern> parse_hex_pattern(std::string_view text);

}  // namespace sockdesk::query
