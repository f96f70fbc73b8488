// Shortcuts by their names: `--shortcut` and the library that `--shortcuts` names. Private to this room.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/shortcut.hpp"

namespace sockdesk::cli {

// All throw `Refusal`.

/// A file as the window exports it, `starter` for what the program brings along, or, if nothing is named, the window's own.
std::vector<app::Shortcut> load_shortcuts(std::optional<std::string_view> named);

/// Whose name, or group and name as GROUP/NAME, is `typed`.
const app::Shortcut& find_shortcut(const std::vector<app::Shortcut>& library, std::string_view typed);

/// GROUP/NAME, or the name alone where there is no group.
std::string full_name(const app::Shortcut& shortcut);

}  // namespace sockdesk::cli
