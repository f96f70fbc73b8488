// Which characters must not be shown as they are, and the forms they take instead.
#include <cstring>

#include "codec/decoder.hpp"
#include "codec/escapes.hpp"
#include "codec/utf8.hpp"

namespace sockdesk::codec {

namespace {

/// Of the characters from U+0080 on, those that escapes.hpp lists.
bool is_hidden(char32_t c) {
    if (c < 0xA0 || c == 0xAD) return true;
    if (c < 0x2000) return c == 0x061C || c == 0x180E;
    if (c <= 0x206F) {
        return c == 0x200B || c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) || c >= 0x2060;
    }
    return c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE007F);
}

/// Whether a sequence with this first byte can be one of them: most Chinese is past with one look.
bool may_be_hidden(std::uint8_t lead) {
    return lead == 0xC2 || lead == 0xD8 || lead == 0xE1 || lead == 0xE2 || lead == 0xEF || lead == 0xF3;
}

/// How many bytes from `p` on are printable ASCII other than `special`. Eight at a time: the subtractions set
/// the high bit of a byte that is to stop at. They may set it in bytes above that one too, so the last loop
/// finds out which.
std::size_t printable_prefix(const std::uint8_t* p, std::size_t size, std::uint8_t special) {
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t high_bits = 0x8080808080808080;
    const std::uint64_t specials = ones * special;
    std::size_t i = 0;
    for (; size - i >= 8; i += 8) {
        std::uint64_t word;
        std::memcpy(&word, p + i, sizeof word);
        const std::uint64_t below_20 = (word - ones * 0x20) & ~word;
        const std::uint64_t is_7f = (word ^ (ones * 0x7F)) - ones;
        const std::uint64_t is_special = ((word ^ specials) - ones) & ~(word ^ specials);
        if (((word | below_20 | is_7f | is_special) & high_bits) != 0) break;
    }
    while (i < size && p[i] < 0x7F && p[i] >= 0x20 && p[i] != special) ++i;
    return i;
}

/// Copies `utf8` to `out`. `escape_ascii(p, end)` writes something for an ASCII control or `special` at `p`;
/// hidden characters and ill-formed bytes are escaped here.
template <typename EscapeAscii>
void append_escaped(std::string_view utf8, std::string& out, std::uint8_t special, EscapeAscii escape_ascii) {
    const std::uint8_t* p = as_bytes(utf8).data();
    const std::uint8_t* const end = p + utf8.size();
    const std::uint8_t* plain = p;  // from here to p nothing is escaped
    const auto flush = [&] { out.append(as_chars(ByteView(plain, p))); };
    while (p < end) {
        if (*p < 0x80) {
            p += printable_prefix(p, static_cast<std::size_t>(end - p), special);
            if (p == end) break;
            if (*p >= 0x80) continue;
            flush();
            escape_ascii(p, end);
            plain = ++p;
            continue;
        }
        const int length = detail::utf8_sequence(p, end);
        if (length > 0) {
            if (!may_be_hidden(*p) || !is_hidden(detail::utf8_code_point(p, length))) {
                p += length;
                continue;
            }
            flush();
            detail::append_unicode_escape(detail::utf8_code_point(p, length), out);
            p += length;
        } else {
            flush();
            detail::append_byte_escapes({p, 1}, out);
            ++p;
        }
        plain = p;
    }
    flush();
}

}  // namespace

void append_escaped_controls(std::string_view utf8, std::string& out, Keep keep) {
    constexpr std::uint8_t none = 0x7F;  // a control anyway
    append_escaped(utf8, out, none, [&](const std::uint8_t* p, const std::uint8_t* end) {
        const bool breaks_line = *p == '\n' || *p == '\t' || (*p == '\r' && p + 1 < end && p[1] == '\n');
        if (keep == Keep::line_breaks && breaks_line) {
            out += static_cast<char>(*p);
        } else {
            detail::append_byte_escapes({p, 1}, out);
        }
    });
}

std::string escape_controls(std::string_view utf8, Keep keep) {
    std::string out;
    out.reserve(utf8.size());
    append_escaped_controls(utf8, out, keep);
    return out;
}

namespace detail {

void append_reversible_text(std::string_view utf8, std::string& out) {
    append_escaped(utf8, out, '\\', [&](const std::uint8_t* p, const std::uint8_t*) {
        switch (*p) {
            case '\\':
                out += "\\\\";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\t':
                out += "\\t";
                break;
            case '\0':
                out += "\\0";
                break;
            default:
                append_unicode_escape(*p, out);
                break;  // not `\xHH`, which in UTF-16 would be half of it
        }
    });
}

}  // namespace detail

}  // namespace sockdesk::codec
