// Words looked for in short texts, Latin letters of either case.
// Threads: free of state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sockdesk::app {

/// Latin capitals as small letters; other characters stay.
std::string folded(std::string_view text);
std::vector<std::string> folded_words(std::string_view query);
bool has_all_words(std::string_view folded_text, const std::vector<std::string>& words);

}  // namespace sockdesk::app
