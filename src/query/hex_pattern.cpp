#include "query/hex_pattern.hpp"

#include <optional>
#include <string>

#include <fmt/format.h>

namespace sockdesk::query {

namespace {

struct Digit {
    std::uint8_t value = 0;
    std::uint8_t mask = 0;  ///< 0 or 0xF
};

std::optional<Digit> digit(char c) {
    if (c == '?') return Digit{0, 0};
    if (c >= '0' && c <= '9') return Digit{static_cast<std::uint8_t>(c - '0'), 0xF};
    const char lower = static_cast<char>(c | 0x20);
    if (lower >= 'a' && lower <= 'f') return Digit{static_cast<std::uint8_t>(lower - 'a' + 10), 0xF};
    return std::nullopt;
}

bool is_separator(char c) { return c == ' ' || c == ',' || c == '\n' || c == '\r' || c == '\t'; }
bool is_joint(char c) { return c == ':' || c == '-'; }

/// The character at `position` in quotes; a byte that is no printable ASCII by its number or, of UTF-8, whole.
std::string shown(std::string_view text, std::size_t position) {
    const auto byte = static_cast<unsigned char>(text[position]);
    if (byte < 0x20 || byte == 0x7F) return fmt::format("byte {:02X}", byte);
    std::size_t end = position + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80) ++end;
    return fmt::format("\"{}\"", text.substr(position, end - position));
}

}  // namespace

Result<HexPattern> parse_hex_pattern(std::string_view text) {
    HexPattern result;
    const auto digit_at = [&](std::size_t at) {
        return at < text.size() ? digit(text[at]) : std::optional<Digit>();
    };
    for (std::size_t at = 0; at < text.size();) {
        if (is_separator(text[at])) {
            ++at;
            continue;
        }
        if (is_joint(text[at])) {
            if (at == 0 || !digit_at(at - 1) || !digit_at(at + 1)) {
                return fail_at(at, fmt::format("\"{}\" may only stand between two bytes", text[at]));
            }
            ++at;
            continue;
        }
        const std::string_view prefix = text.substr(at, 2);
        if (prefix == "0x" || prefix == "0X" || prefix == "\\x") {
            if (!digit_at(at + 2)) return fail_at(at, fmt::format("\"{}\" has no digits after it", prefix));
            at += 2;
        }
        const auto high = digit_at(at);
        if (!high) return fail_at(at, fmt::format("{} is neither a hex digit nor \"?\"", shown(text, at)));
        const auto low = digit_at(at + 1);
        if (!low) {
            const bool alone = at + 1 == text.size() || is_separator(text[at + 1]) || is_joint(text[at + 1]);
            if (!alone) {
                return fail_at(at + 1,
                               fmt::format("{} is neither a hex digit nor \"?\"", shown(text, at + 1)));
            }
            return fail_at(at, fmt::format("the digit \"{}\" has no second one; a byte takes two", text[at]));
        }
        result.value.push_back(static_cast<std::uint8_t>(high->value << 4U | low->value));
        result.mask.push_back(static_cast<std::uint8_t>(high->mask << 4U | low->mask));
        at += 2;
    }
    return result;
}

}  // namespace sockdesk::query
