#pragma once

#include <span>
#include <string_view>

namespace sockdesk::app {

struct EmbeddedFile {
    std::string_view name;     // the file's name without ".po", such as "zh_CN"
    std::string_view content;  // its bytes
};

// The files of assets/translations as they were when this binary was built, sorted by name.
std::span<const EmbeddedFile> embedded_translations();

}  // namespace sockdesk::app
