// How many cells of a monospace grid a character takes, as terminals count: Chinese, Japanese and Korean take
// two.
#pragma once

#include <cstddef>
#include <string_view>

namespace sockdesk::app {

/// 0 for combining marks and joiners, 2 for wide characters, otherwise 1 (Unicode Standard Annex 11, "W" and
/// "F").
int cell_width(char32_t character);

/// Characters such as ℃, … and ① are wide in Chinese faces and narrow in others (the annex calls them
/// ambiguous). Who draws tells which: 1 or 2 for a character outside ASCII. Without it they count 1. For the
/// thread that draws.
using WidthProbe = int (*)(char32_t character);
void set_width_probe(WidthProbe probe);

struct CodePoint {
    char32_t character = 0;
    std::size_t length = 1;  ///< bytes
};
/// The character at `offset`, which must be below the size. Bytes that are not UTF-8 count as U+FFFD, one by
/// one.
CodePoint code_point_at(std::string_view utf8, std::size_t offset);

/// The column behind a character that stands at `column`; a tab leads to the next multiple of `tab_columns`.
inline constexpr std::size_t tab_columns = 4;
std::size_t column_after(std::size_t column, char32_t character);

/// Columns of a whole line.
std::size_t columns_of(std::string_view line);
/// The byte offset of the character at `column`, or the line's size. `round`: the nearer edge of a character
/// counts.
std::size_t offset_at_column(std::string_view line, double column, bool round);

}  // namespace sockdesk::app
