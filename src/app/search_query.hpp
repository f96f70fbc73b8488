// What is typed into the search bar, as a pattern.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "codec/encoding.hpp"
#include "query/pattern.hpp"

namespace sockdesk::app {

enum class SearchKind : std::uint8_t { text, hex, regex };

struct SearchQuery {
    std::string text;
    SearchKind kind = SearchKind::text;
    bool match_case = false;  ///< otherwise ASCII letters match in either case
    codec::Encoding encoding;

    friend bool operator==(const SearchQuery&, const SearchQuery&) = default;
};

/// Error positions are byte offsets in the query's text. In a regular expression, which is one over bytes, a character
/// that is not ASCII stands for its bytes in the encoding.
Result<query::Pattern> compile_search(const SearchQuery& query);

}  // namespace sockdesk::app
