// Names of files made from texts that anybody may have chosen.
#pragma once

#include <string>
#include <string_view>

namespace sockdesk::archive {

/// Of `text` what a file name may hold on any system, at most `most_bytes` of it: no separators, no control or
/// direction-changing characters, valid UTF-8, single blanks, and neither dot nor blank at the ends.
std::string file_name_part(std::string_view text, std::size_t most_bytes);

}  // namespace sockdesk::archive
