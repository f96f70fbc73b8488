#pragma once

#include <span>

#include "app/embedded_translations.hpp"

namespace sockdesk::app {

// The files of assets/shortcuts as they were when this binary was built, sorted by name.
std::span<const EmbeddedFile> embedded_shortcuts();

}  // namespace sockdesk::app
