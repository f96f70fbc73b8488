// A key with its modifiers, as a person writes it: "Ctrl+1", "F2", "Alt+Shift+Q". No toolkit's numbers.
// Threads: free of state.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace sockdesk::app {

struct Hotkey {
    bool ctrl = false;
    bool alt = false;
    bool shift = false;
    char key = 0;      ///< 'A' to 'Z', '0' to '9'; 0 where `function` is set
    int function = 0;  ///< 1 to 12: F1 to F12

    /// Always in the same order: Ctrl, Alt, Shift.
    std::string to_string() const;

    friend bool operator==(const Hotkey&, const Hotkey&) = default;
};

/// Case and blanks do not matter. Refused: what is typed in ordinary text (no Ctrl and no Alt, but for function keys), and what the window
/// itself does something with.
Result<Hotkey> parse_hotkey(std::string_view text);

}  // namespace sockdesk::app
