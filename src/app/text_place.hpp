// Where in a text an offset is, as an editor counts.
// Threads: free of state.
#pragma once

#include <cstddef>
#include <string_view>

namespace sockdesk::app {

struct TextPlace {
    std::size_t line = 1;       ///< from 1
    std::size_t character = 1;  ///< in its line, from 1; of UTF-8
};

TextPlace place_of(std::string_view text, std::size_t offset);

}  // namespace sockdesk::app
