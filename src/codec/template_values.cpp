#include "codec/template_values.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "codec/escapes.hpp"

namespace sockdesk::codec::detail {

namespace {

int digit_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'z') return c - 'a' + 10;
    if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
    return 99;
}

tl::unexpected<Error> no_integer(Slice slice) {
    if (slice.text.empty()) return fail_at(slice.position, "a number is missing here");
    return fail_at(slice.position,
                   fmt::format("\"{}\" is no whole number; write 12, -3, 0x1F", escape_controls(slice.text)));
}

bool looks_like_number(std::string_view text) {
    const std::size_t sign = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
    return sign < text.size() && ((text[sign] >= '0' && text[sign] <= '9') || text[sign] == '.');
}

Result<StructValue> parse_float(Slice slice) {
    std::string_view text = slice.text;
    if (text.starts_with('+')) text.remove_prefix(1);
    double value = 0;
    const char* const end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, value);
    if (result.ec == std::errc::result_out_of_range)
        return fail_at(slice.position, fmt::format("{} is beyond what a double holds", slice.text));
    if (result.ec != std::errc() || result.ptr != end)
        return fail_at(slice.position, fmt::format("\"{}\" is no number; write 12, -3, 0x1F, 1.5",
                                                   escape_controls(slice.text)));
    return value;
}

bool is_python_float(std::string_view text) {
    if (text.starts_with("0x") || text.starts_with("0X")) return false;
    return text.find_first_of(".eE") != std::string_view::npos;
}

}  // namespace

Slice Slice::trimmed() const {
    Slice result = *this;
    while (!result.text.empty() && is_template_blank(result.text.front())) {
        result.text.remove_prefix(1);
        ++result.position;
    }
    while (!result.text.empty() && is_template_blank(result.text.back())) result.text.remove_suffix(1);
    return result;
}

std::size_t behind_blanks(std::string_view text, std::size_t at) {
    while (at < text.size() && is_template_blank(text[at])) ++at;
    return at;
}

std::optional<std::size_t> end_of_quoted(std::string_view text, std::size_t at) {
    const char quote = text[at];
    for (std::size_t i = at + 1; i < text.size(); ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (text[i] == quote) {
            return i + 1;
        }
    }
    return std::nullopt;
}

tl::unexpected<Error> moved(Error error, std::size_t by) {
    if (error.position != Error::no_position) error.position += by;
    return tl::unexpected(std::move(error));
}

Result<Bytes> quoted_bytes(Encoding encoding, Slice with_quotes) {
    const char quote = with_quotes.text.front();
    const std::string_view inner = with_quotes.text.substr(1, with_quotes.text.size() - 2);
    const std::size_t begin = with_quotes.position + 1;
    const bool is_text = quote == '"';

    // The room's escapes have none for quotes, which are no trouble elsewhere: they become \uHHHH, four characters longer.
    std::string escaped;
    std::vector<std::size_t> grown;  // where in `escaped`
    for (std::size_t i = 0; i < inner.size(); ++i) {
        const char c = inner[i];
        if (!is_text && static_cast<unsigned char>(c) >= 0x80) {
            return fail_at(begin + i,
                           "between single quotes stand bytes, as ASCII or \\xHH; text is written between "
                           "double quotes");
        }
        if (c != '\\' || i + 1 == inner.size()) {
            escaped += c;
            continue;
        }
        const char next = inner[++i];
        if (!is_text && next == 'u') {
            return fail_at(begin + i - 1,
                           "between single quotes stand bytes: \\xHH is one; \\uHHHH is a character, which "
                           "is written between double quotes");
        }
        if (next == '"' || next == '\'') {
            grown.push_back(escaped.size());
            escaped += next == '"' ? "\\u0022" : "\\u0027";
        } else {
            escaped += c;
            escaped += next;
        }
    }
    auto bytes = encode_with_escapes(is_text ? encoding : Encoding::utf8(), escaped);
    if (bytes) return bytes;
    Error& error = bytes.error();
    const auto before = std::ranges::lower_bound(grown, error.position) - grown.begin();
    error.position = begin + error.position - 4 * static_cast<std::size_t>(before);
    return bytes;
}

Result<Integer> parse_integer(Slice slice) {
    std::string_view digits = slice.text;
    Integer result;
    if (digits.starts_with('-') || digits.starts_with('+')) {
        result.negative = digits.front() == '-';
        digits.remove_prefix(1);
    }
    unsigned base = 10;
    if (digits.size() > 2 && digits[0] == '0') {
        const char prefix = digits[1];
        base = prefix == 'x' || prefix == 'X'   ? 16
               : prefix == 'o' || prefix == 'O' ? 8
               : prefix == 'b' || prefix == 'B' ? 2
                                                : 10;
        if (base != 10) digits.remove_prefix(2);
    }
    if (digits.empty() || digits.front() == '_' || digits.back() == '_') return no_integer(slice);
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    bool too_large = false;
    for (const char c : digits) {
        if (c == '_') continue;
        const auto value = static_cast<unsigned>(digit_value(c));
        if (value >= base) return no_integer(slice);
        too_large = too_large || result.magnitude > (most - value) / base;
        result.magnitude = result.magnitude * base + value;
    }
    constexpr std::uint64_t most_negative = std::uint64_t{1} << 63;
    if (too_large || (result.negative && result.magnitude > most_negative)) {
        return fail_at(slice.position,
                       fmt::format("{} takes more than 64 bits", escape_controls(slice.text)));
    }
    return result;
}

Result<std::size_t> parse_count(Slice slice, std::size_t most) {
    auto number = parse_integer(slice);
    if (!number) return tl::unexpected(std::move(number.error()));
    if (number->negative && number->magnitude > 0)
        return fail_at(slice.position, fmt::format("{} is below 0", slice.text));
    if (number->magnitude > most) {
        auto error = fail_at(slice.position, fmt::format("{} is too many; at most {}", slice.text, most));
        error.value().kind = ErrorKind::too_large;
        return error;
    }
    return static_cast<std::size_t>(number->magnitude);
}

Result<StructValue> parse_struct_value(Encoding encoding, Slice slice) {
    std::string_view text = slice.text;
    if (text.empty()) return fail_at(slice.position, "a value is missing here");
    if (text == "True" || text == "true") return true;
    if (text == "False" || text == "false") return false;
    const bool prefixed =
        text.size() > 1 && (text[0] == 'b' || text[0] == 'B') && (text[1] == '"' || text[1] == '\'');
    if (prefixed || text[0] == '"' || text[0] == '\'') {
        const Slice quoted{text.substr(prefixed ? 1 : 0), slice.position + (prefixed ? 1 : 0)};
        // b"…" is Python's other spelling of b'…'.
        std::string single(quoted.text);
        if (prefixed) single.front() = single.back() = '\'';
        auto bytes = quoted_bytes(encoding, {single, quoted.position});
        if (!bytes) return tl::unexpected(std::move(bytes.error()));
        return std::move(*bytes);
    }
    std::string_view unsigned_text = text;
    if (unsigned_text.starts_with('-') || unsigned_text.starts_with('+')) unsigned_text.remove_prefix(1);
    if (unsigned_text == "inf" || unsigned_text == "nan") {
        const double value = unsigned_text == "inf" ? std::numeric_limits<double>::infinity()
                                                    : std::numeric_limits<double>::quiet_NaN();
        return text.starts_with('-') ? -value : value;
    }
    if (!looks_like_number(text)) {
        return fail_at(slice.position,
                       fmt::format("\"{}\" is no value; write 12, -3, 0x1F, 1.5, True, \"text\" "
                                   "or 'bytes'",
                                   escape_controls(text)));
    }
    if (is_python_float(text)) return parse_float(slice);
    auto number = parse_integer(slice);
    if (!number) return tl::unexpected(std::move(number.error()));
    if (number->negative) return static_cast<std::int64_t>(number->bits());
    if (number->magnitude > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        return number->magnitude;
    return static_cast<std::int64_t>(number->magnitude);
}

}  // namespace sockdesk::codec::detail
