// Shortcuts as files: JSON, in which the window keeps them too, and CSV for tables. Reading is all or nothing.
// Threads: free of state.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/shortcut.hpp"
#include "app/translation.hpp"
#include "base/result.hpp"

namespace sockdesk::app {

/// Of a file from elsewhere.
inline constexpr std::size_t max_shortcut_file = std::size_t{64} << 20;

enum class ShortcutCheck {
    everything,  ///< as `check_shortcut` has it, and no key twice
    structure,   ///< what was kept comes back, even if this version understands a field otherwise
};

/// UTF-8, a shortcut a line. Fields that are as in a new shortcut are left out.
std::string to_json(std::span<const Shortcut> shortcuts);
/// `name_zh` and `group_zh` take the places of `name` and `group` in a Chinese window. Failures name the line, the character in it, the
/// shortcut, counted from 1, and the field.
Result<std::vector<Shortcut>> shortcuts_from_json(std::string_view json, ShortcutCheck check,
                                                  Language language = Language::english);

/// The same with ids, for the file that the window keeps. What has no id in it gets one by what it is, so that two windows give the
/// same. A larger file than may be imported is read.
std::string to_kept_json(std::span<const KeptShortcut> shortcuts);
Result<std::vector<KeptShortcut>> shortcuts_from_kept_json(std::string_view json);

/// RFC 4180, the first line has the fields' names; UTF-8 with a byte order mark, without which spreadsheets take it for something else.
std::string to_csv(std::span<const Shortcut> shortcuts);
/// Between fields `,`, `;` or a tab, whichever the first line has; UTF-8, with or without a mark, or else GB 18030 (which GBK is part of),
/// as spreadsheets in China write. The names' order is free, and of them only `payload` is needed. Failures name the line and the field.
Result<std::vector<Shortcut>> shortcuts_from_csv(std::string_view csv);

/// Whichever of the two it is, by what stands in it; everything is checked.
Result<std::vector<Shortcut>> shortcuts_from_text(std::string_view text, Language language);

/// What the program brings along: everything in assets/shortcuts.
std::vector<Shortcut> starter_shortcuts(Language language);

}  // namespace sockdesk::app
