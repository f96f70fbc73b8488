// A regular expression as a person types it, in characters, made into one over bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "codec/encoding.hpp"

namespace sockdesk::app {

struct RegexText {
    std::string bytes;                 ///< for `query`
    std::vector<std::size_t> origins;  ///< of each of them, where in what was typed it comes from
    std::size_t typed_size = 0;

    /// Of a position in `bytes`; none stays none.
    std::size_t typed_position(std::size_t position) const;
};

/// A character that is not ASCII stands for its bytes in the encoding; in brackets, which choose among single bytes, it is refused.
Result<RegexText> encode_regex(std::string_view text, codec::Encoding encoding);

}  // namespace sockdesk::app
