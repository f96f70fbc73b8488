#include "codec/template_values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "codec/escapes.hpp"
#include "codec/utf8.hpp"

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

tl::unexpected<Error> no_number(Slice slice) {
    return fail_at(slice.position,
                   fmt::format("\"{}\" is no number; write 12, -3, 0x1F, 1.5", escape_controls(slice.text)));
}

std::string_view without_sign(std::string_view text) {
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    return text;
}

/// Those between digits, as Python has them, taken out; none where one stands elsewhere.
std::optional<std::string> without_underscores(std::string_view text) {
    const auto is_digit = [&](std::size_t at) {
        return at < text.size() && text[at] >= '0' && text[at] <= '9';
    };
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '_') {
            plain += text[i];
        } else if (i == 0 || !is_digit(i - 1) || !is_digit(i + 1)) {
            return std::nullopt;
        }
    }
    return plain;
}

/// Of a number that is either too large or too small for a double: 1e-400, 0.000…1.
bool is_small(std::string_view digits) {
    const std::size_t exponent = std::min(digits.find_first_of("eE"), digits.size());
    if (exponent < digits.size()) return digits.substr(exponent + 1).starts_with('-');
    return digits.substr(0, std::min(digits.find('.'), digits.size())).find_first_not_of('0') ==
           std::string_view::npos;
}

Result<StructValue> parse_float(Slice slice) {
    const auto digits = without_underscores(without_sign(slice.text));
    if (!digits || digits->empty() || digits->front() == '-' || digits->front() == '+')
        return no_number(slice);
    double value = 0;
    const char* const end = digits->data() + digits->size();
    const auto result = std::from_chars(digits->data(), end, value);
    if (result.ptr != end || result.ec == std::errc::invalid_argument) return no_number(slice);
    if (result.ec == std::errc::result_out_of_range) {
        if (!is_small(*digits))
            return fail_at(slice.position, fmt::format("{} is beyond what a double holds", slice.text));
        value = 0;
    }
    return slice.text.starts_with('-') ? -value : value;
}

bool is_python_float(std::string_view text) {
    text = without_sign(text);
    if (text.starts_with("0x") || text.starts_with("0X")) return false;
    return text.find_first_of(".eE") != std::string_view::npos;
}

/// A quoted text with the escapes of Python's bytes, written anew with those of this room.
class QuotedText {
public:
    QuotedText(Slice inner, bool is_text) : inner_(inner), is_text_(is_text) {}

    Result<Bytes> encoded(Encoding encoding) {
        while (at_ < inner_.text.size()) {
            if (auto read = read_one(); !read) return tl::unexpected(std::move(read.error()));
        }
        auto bytes = encode_with_escapes(is_text_ ? encoding : Encoding::utf8(), plain_);
        if (!bytes && bytes.error().position != Error::no_position)
            bytes.error().position = inner_.position + in_text(bytes.error().position);
        return bytes;
    }

private:
    Result<void> read_one() {
        const char c = inner_.text[at_];
        if (!is_text_ && static_cast<unsigned char>(c) >= 0x80) {
            return fail_at(inner_.position + at_,
                           "between single quotes stand bytes, as ASCII or \\xHH; text is written between "
                           "double quotes");
        }
        if (c == '\\' && at_ + 1 < inner_.text.size()) return read_escape();
        plain_ += c;
        ++at_;
        return {};
    }

    Result<void> read_escape() {
        const char next = inner_.text[at_ + 1];
        if (next >= '0' && next <= '7') return read_octal();
        if (next == 'x' || next == '\\' || next == 'n' || next == 'r' || next == 't' ||
            (next == 'u' && is_text_)) {
            plain_ += inner_.text.substr(at_, 2);
            at_ += 2;
            return {};
        }
        if (inner_.text.substr(at_ + 1).starts_with("\r\n")) {
            replace(3, "");
            return {};
        }
        constexpr std::string_view letters = "\n\"'abfv";
        constexpr std::array<std::string_view, 7> written = {"",        "\\u0022", "\\u0027", "\\u0007",
                                                             "\\u0008", "\\u000C", "\\u000B"};
        if (const std::size_t known = letters.find(next); known != std::string_view::npos) {
            replace(2, written[known]);
            return {};
        }
        if (next == 'u') {
            return fail_at(inner_.position + at_,
                           "between single quotes stand bytes: \\xHH is one; \\uHHHH is a character, which "
                           "is written between double quotes");
        }
        const ByteView rest = as_bytes(inner_.text.substr(at_ + 1));
        const int length = std::max(1, utf8_sequence(rest.data(), rest.data() + rest.size()));
        return fail_at(
            inner_.position + at_,
            fmt::format(
                "\\{} is not an escape; there are \\a \\b \\f \\n \\r \\t \\v \\\\ \\' \\\" \\012 \\x0A{}",
                escape_controls(inner_.text.substr(at_ + 1, static_cast<std::size_t>(length))),
                is_text_ ? " \\u4F60" : ""));
    }

    /// One to three digits.
    Result<void> read_octal() {
        unsigned value = 0;
        std::size_t end = at_ + 1;
        for (;
             end < inner_.text.size() && end < at_ + 4 && inner_.text[end] >= '0' && inner_.text[end] <= '7';
             ++end)
            value = value * 8 + static_cast<unsigned>(inner_.text[end] - '0');
        if (value > 0xFF) {
            return fail_at(inner_.position + at_, fmt::format("{} is more than a byte; the highest is \\377",
                                                              inner_.text.substr(at_, end - at_)));
        }
        // Alone it is a character, as everywhere.
        replace(end - at_, end == at_ + 2 && value == 0 ? "\\0" : fmt::format("\\x{:02X}", value));
        return {};
    }

    void replace(std::size_t length, std::string_view by) {
        marks_.push_back({plain_.size(), at_});
        plain_ += by;
        at_ += length;
        marks_.push_back({plain_.size(), at_});
    }

    std::size_t in_text(std::size_t in_plain) const {
        const auto after = std::ranges::upper_bound(marks_, in_plain, {}, &Mark::plain);
        if (after == marks_.begin()) return in_plain;
        const Mark mark = *(after - 1);
        return mark.text + (in_plain - mark.plain);
    }

    struct Mark {
        std::size_t plain;
        std::size_t text;
    };

    Slice inner_;
    bool is_text_;
    std::size_t at_ = 0;
    std::string plain_;
    std::vector<Mark> marks_;
};

}  // namespace

Slice Slice::trimmed() const {
    Slice result = *this;
    while (!result.text.empty() && is_blank(result.text.front())) {
        result.text.remove_prefix(1);
        ++result.position;
    }
    while (!result.text.empty() && is_blank(result.text.back())) result.text.remove_suffix(1);
    return result;
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
    const Slice inner{with_quotes.text.substr(1, with_quotes.text.size() - 2), with_quotes.position + 1};
    return QuotedText(inner, with_quotes.text.front() == '"').encoded(encoding);
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
    if (number->magnitude > most)
        return too_large_at(slice.position, fmt::format("{} is too many; at most {}", slice.text, most));
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
    const std::string_view unsigned_text = without_sign(text);
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
