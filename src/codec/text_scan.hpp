// What the readers of small languages in this room share: blanks, and failures at their place. Private to this room.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"

namespace sockdesk::codec::detail {

inline bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// Where something that is not a blank stands, from `at` on; at most `text.size()`.
inline std::size_t skip_blanks(std::string_view text, std::size_t at) {
    while (at < text.size() && is_blank(text[at])) ++at;
    return at;
}

/// As `fail_at`, of the kind `too_large`.
inline tl::unexpected<Error> too_large_at(std::size_t position, std::string message) {
    auto error = fail_at(position, std::move(message));
    error.value().kind = ErrorKind::too_large;
    return error;
}

}  // namespace sockdesk::codec::detail
