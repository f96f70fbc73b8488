#include "archive/file_name.hpp"

#include <cstddef>
#include <cstdint>

namespace sockdesk::archive {

namespace {

struct Character {
    char32_t code = 0;
    std::size_t size = 1;
    bool valid = false;
};

/// RFC 3629 section 4
Character first_character(std::string_view text) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80) return {lead, 1, true};
    const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || size > text.size()) return {};
    auto code = static_cast<char32_t>(lead & (0x7FU >> size));
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xC0U) != 0x80) return {};
        code = code << 6U | (byte(i) & 0x3FU);
    }
    constexpr char32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    if (code < smallest[size] || code > 0x10FFFF || surrogate) return {};
    return {code, size, true};
}

/// Characters that are not seen or that change how the rest is shown: a name must be what it looks like.
bool is_invisible(char32_t code) {
    return code < 0x20 || (code >= 0x7F && code <= 0xA0) || code == 0xAD || code == 0x61C ||
           (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
           (code >= 0x2060 && code <= 0x206F) || (code >= 0xFE00 && code <= 0xFE0F) || code == 0xFEFF ||
           (code >= 0xFFF0 && code <= 0xFFFF) || code >= 0xE0000;
}

}  // namespace

std::string file_name_part(std::string_view text, std::size_t most_bytes) {
    // What separates, and what other systems refuse in names.
    constexpr std::string_view separators = " /\\:*?\"<>|";
    std::string result;
    bool gap = false;
    while (!text.empty()) {
        const Character character = first_character(text);
        const std::string_view bytes = text.substr(0, character.size);
        text.remove_prefix(character.size);
        const bool separator = bytes.size() == 1 && separators.find(bytes[0]) != std::string_view::npos;
        if (!character.valid || separator || is_invisible(character.code)) {
            gap = true;
            continue;
        }
        if (result.empty() && (bytes == "." || bytes == "-")) continue;
        const bool blank = gap && !result.empty();
        if (result.size() + (blank ? 1 : 0) + bytes.size() > most_bytes) break;
        if (blank) result += ' ';
        gap = false;
        result += bytes;
    }
    while (!result.empty() && (result.back() == '.' || result.back() == ' ')) result.pop_back();
    return result;
}

}  // namespace sockdesk::archive
