#pragma once

#include <string_view>

namespace sockdesk::cli {

/// As `project()` in the top CMakeLists.txt has it.
inline constexpr std::string_view version = SOCKDESK_VERSION;

}  // namespace sockdesk::cli
