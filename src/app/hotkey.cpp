#include "app/hotkey.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "app/translation.hpp"

namespace sockdesk::app {
namespace {

// What menus, tabs, the log and every text field answer to. Alt alone with a letter belongs to menus elsewhere, not here.
constexpr std::array<std::string_view, 27> keys_of_the_window = {
    "Ctrl+T", "Ctrl+W",       "Ctrl+O", "Ctrl+E",       "Ctrl+L", "Ctrl+I",       "Ctrl+Q",
    "Ctrl+F", "Ctrl+Shift+F", "Ctrl+G", "Ctrl+K",       "Ctrl+H", "Ctrl+0",       "F3",
    "F5",     "Shift+F3",     "Ctrl+A", "Ctrl+C",       "Ctrl+V", "Ctrl+Shift+V", "Ctrl+X",
    "Ctrl+Z", "Ctrl+Y",       "F10",    "Ctrl+Shift+Z", "F1",     "Alt+F4"};

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

std::vector<std::string> parts_of(std::string_view text) {
    std::vector<std::string> parts(1);
    for (const char c : text) {
        if (c == '+') {
            parts.emplace_back();
        } else if (c != ' ' && c != '\t') {
            parts.back().push_back(upper(c));
        }
    }
    return parts;
}

bool set_key(Hotkey& hotkey, std::string_view name) {
    if (name.size() == 1 && ((name[0] >= 'A' && name[0] <= 'Z') || (name[0] >= '0' && name[0] <= '9'))) {
        hotkey.key = name[0];
        return true;
    }
    for (int number = 1; number <= 12; ++number) {
        if (name == fmt::format("F{}", number)) {
            hotkey.function = number;
            return true;
        }
    }
    return false;
}

}  // namespace

std::string Hotkey::to_string() const {
    std::string text;
    if (ctrl) text += "Ctrl+";
    if (alt) text += "Alt+";
    if (shift) text += "Shift+";
    if (function != 0) return text + fmt::format("F{}", function);
    return text + key;
}

Result<Hotkey> parse_hotkey(std::string_view text) {
    const auto refuse = [] {
        return fail_at(
            0, tr("This is not a key. Write it as Ctrl+1, Alt+Shift+Q or F2: letters, digits and F1 to "
                  "F12 with Ctrl, Alt and Shift."));
    };
    Hotkey hotkey;
    const std::vector<std::string> parts = parts_of(text);
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
        bool* modifier = parts[i] == "CTRL" || parts[i] == "CONTROL" ? &hotkey.ctrl
                         : parts[i] == "ALT"                         ? &hotkey.alt
                         : parts[i] == "SHIFT"                       ? &hotkey.shift
                                                                     : nullptr;
        if (modifier == nullptr || *modifier) return refuse();
        *modifier = true;
    }
    if (!set_key(hotkey, parts.back())) return refuse();
    if (hotkey.function == 0 && !hotkey.ctrl && !hotkey.alt)
        return fail_at(0, tr("This key writes text. Add Ctrl or Alt to it."));
    const std::string name = hotkey.to_string();
    if (std::ranges::find(keys_of_the_window, name) != keys_of_the_window.end())
        return fail_at(0, trf("The window itself answers to {}. Choose another key.", name));
    return hotkey;
}

}  // namespace sockdesk::app
