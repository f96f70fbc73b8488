// UTF-8 at the level of bytes (RFC 3629), and escapes letter by letter. Private to this room.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include "base/bytes.hpp"

namespace sockdesk::codec::detail {

/// How many bytes from `p` on are ASCII.
inline std::size_t ascii_prefix(const std::uint8_t* p, std::size_t size) {
    constexpr std::uint64_t high_bits = 0x8080808080808080;
    std::size_t i = 0;
    for (; size - i >= 32; i += 32) {
        std::uint64_t words[4];
        std::memcpy(words, p + i, sizeof words);
        if (((words[0] | words[1] | words[2] | words[3]) & high_bits) != 0) break;
    }
    while (i < size && p[i] < 0x80) ++i;
    return i;
}

/// The well-formed sequence that begins at `p` (p < end): its length, 1 to 4.
/// 0: none begins there. -1: the bytes up to `end` are the beginning of one.
inline int utf8_sequence(const std::uint8_t* p, const std::uint8_t* end) {
    const std::uint8_t lead = *p;
    if (lead < 0x80) return 1;
    if (lead < 0xC2 || lead > 0xF4) return 0;  // continuation bytes, overlong C0 and C1, above U+10FFFF
    const std::ptrdiff_t have = end - p;
    const int length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (have >= 2) {
        // The second byte's range keeps out overlong forms, surrogates and what is above U+10FFFF.
        const std::uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        const std::uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        if (p[1] < low || p[1] > high) return 0;
    }
    if (have >= 3 && length >= 3 && (p[2] & 0xC0) != 0x80) return 0;
    if (have >= 4 && length == 4 && (p[3] & 0xC0) != 0x80) return 0;
    return have >= length ? length : -1;
}

/// The code point of the well-formed sequence of `length` bytes at `p`.
inline char32_t utf8_code_point(const std::uint8_t* p, int length) {
    switch (length) {
        case 1:
            return p[0];
        case 2:
            return ((p[0] & 0x1Fu) << 6) | (p[1] & 0x3Fu);
        case 3:
            return ((p[0] & 0x0Fu) << 12) | ((p[1] & 0x3Fu) << 6) | (p[2] & 0x3Fu);
        default:
            return ((p[0] & 0x07u) << 18) | ((p[1] & 0x3Fu) << 12) | ((p[2] & 0x3Fu) << 6) | (p[3] & 0x3Fu);
    }
}

/// Writes `code_point` at `to` (room for 4) and returns the end. Surrogates are written like other code
/// points.
inline char* write_utf8(char32_t code_point, char* to) {
    const auto put = [&to](char32_t value) { *to++ = static_cast<char>(static_cast<unsigned char>(value)); };
    if (code_point < 0x80) {
        put(code_point);
    } else if (code_point < 0x800) {
        put(0xC0 | (code_point >> 6));
        put(0x80 | (code_point & 0x3F));
    } else if (code_point < 0x10000) {
        put(0xE0 | (code_point >> 12));
        put(0x80 | ((code_point >> 6) & 0x3F));
        put(0x80 | (code_point & 0x3F));
    } else {
        put(0xF0 | (code_point >> 18));
        put(0x80 | ((code_point >> 12) & 0x3F));
        put(0x80 | ((code_point >> 6) & 0x3F));
        put(0x80 | (code_point & 0x3F));
    }
    return to;
}

inline void append_utf8(char32_t code_point, std::string& out) {
    char buffer[4];
    out.append(buffer, write_utf8(code_point, buffer));
}

inline constexpr char upper_hex_digits[] = "0123456789ABCDEF";

/// 0 to 15, or -1 if `c` is no hex digit.
inline int hex_digit_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// Each byte as `\xHH`.
inline void append_byte_escapes(ByteView bytes, std::string& out) {
    for (const std::uint8_t byte : bytes) {
        const char escape[4] = {'\\', 'x', upper_hex_digits[byte >> 4], upper_hex_digits[byte & 15]};
        out.append(escape, sizeof escape);
    }
}

/// `\uHHHH`, or two of them for a code point above U+FFFF.
inline void append_unicode_escape(char32_t code_point, std::string& out) {
    const auto unit = [&out](char32_t value) {
        const char escape[6] = {'\\',
                                'u',
                                upper_hex_digits[(value >> 12) & 15],
                                upper_hex_digits[(value >> 8) & 15],
                                upper_hex_digits[(value >> 4) & 15],
                                upper_hex_digits[value & 15]};
        out.append(escape, sizeof escape);
    };
    if (code_point < 0x10000) {
        unit(code_point);
    } else {
        unit(0xD7C0 + (code_point >> 10));
        unit(0xDC00 | (code_point & 0x3FF));
    }
}

}  // namespace sockdesk::codec::detail
