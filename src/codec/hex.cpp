#include "codec/hex.hpp"

#include <fmt/format.h>

#include <array>

#include "codec/escapes.hpp"
#include "codec/utf8.hpp"

namespace sockdesk::codec {

namespace {

/// The character at `position`, in quotes, with its number if it is no ASCII that everybody can name.
std::string name_character(std::string_view text, std::size_t position) {
    const ByteView rest = as_bytes(text.substr(position));
    const int length = detail::utf8_sequence(rest.data(), rest.data() + rest.size());
    if (length <= 0) return fmt::format("byte {:02X}, which is not valid UTF-8,", rest[0]);
    const std::string shown = escape_controls(text.substr(position, static_cast<std::size_t>(length)));
    if (length == 1) return fmt::format("\"{}\"", shown);
    return fmt::format("\"{}\" (U+{:04X})", shown,
                       static_cast<std::uint32_t>(detail::utf8_code_point(rest.data(), length)));
}

class HexParser {
public:
    explicit HexParser(std::string_view text) : text_(text) {}

    Result<Bytes> parse() {
        bytes_.reserve(text_.size() / 2);
        while (at_ < text_.size()) {
            if (is_separator(text_[at_])) {
                ++at_;
            } else if (is_joint(text_[at_])) {
                if (!is_between_bytes()) {
                    return fail_at(at_, fmt::format("\"{}\" may only stand between two bytes", text_[at_]));
                }
                ++at_;
            } else if (auto read = read_byte(); !read) {
                return tl::unexpected(std::move(read.error()));
            }
        }
        return std::move(bytes_);
    }

private:
    static bool is_separator(char c) { return c == ' ' || c == ',' || c == '\n' || c == '\r' || c == '\t'; }
    static bool is_joint(char c) { return c == ':' || c == '-'; }

    int digit_at(std::size_t position) const {
        return position < text_.size() ? detail::hex_digit_value(text_[position]) : -1;
    }

    /// Only whole bytes have been read so far, so a digit before means a byte before.
    bool is_between_bytes() const { return at_ > 0 && digit_at(at_ - 1) >= 0 && digit_at(at_ + 1) >= 0; }

    /// Two digits, and a prefix before them if there is one.
    Result<void> read_byte() {
        if (const std::size_t prefix = prefix_length(); prefix > 0) {
            if (digit_at(at_ + prefix) < 0) {
                return fail_at(at_, fmt::format("\"{}\" has no digits after it", text_.substr(at_, prefix)));
            }
            at_ += prefix;
        }
        const int high = detail::hex_digit_value(text_[at_]);
        if (high < 0) return fail_at(at_, name_character(text_, at_) + " is not a hex digit");
        const int low = digit_at(at_ + 1);
        if (low < 0) return fail_without_partner();
        bytes_.push_back(static_cast<std::uint8_t>(high * 16 + low));
        at_ += 2;
        return {};
    }

    std::size_t prefix_length() const {
        if (at_ + 1 >= text_.size()) return 0;
        const char second = text_[at_ + 1];
        if (text_[at_] == '0' && (second == 'x' || second == 'X')) return 2;
        if (text_[at_] == '\\' && second == 'x') return 2;
        return 0;
    }

    tl::unexpected<Error> fail_without_partner() const {
        const std::size_t next = at_ + 1;
        if (next == text_.size() || is_separator(text_[next]) || is_joint(text_[next])) {
            return fail_at(at_,
                           fmt::format("the digit \"{}\" has no second one; a byte takes two", text_[at_]));
        }
        return fail_at(next, name_character(text_, next) + " is not a hex digit");
    }

    std::string_view text_;
    std::size_t at_ = 0;
    Bytes bytes_;
};

template <std::size_t width>
using DigitTable = std::array<std::array<char, width>, 256>;

constexpr DigitTable<3> upper_spaced = [] {
    DigitTable<3> table{};
    for (std::size_t i = 0; i < 256; ++i) {
        table[i] = {detail::upper_hex_digits[i >> 4], detail::upper_hex_digits[i & 15], ' '};
    }
    return table;
}();

constexpr DigitTable<2> lower = [] {
    constexpr char digits[] = "0123456789abcdef";
    DigitTable<2> table{};
    for (std::size_t i = 0; i < 256; ++i) table[i] = {digits[i >> 4], digits[i & 15]};
    return table;
}();

template <std::size_t width>
void append_from(const DigitTable<width>& table, ByteView bytes, std::string& out) {
    const std::size_t before = out.size();
    out.resize(before + bytes.size() * width);
    char* to = out.data() + before;
    for (const std::uint8_t byte : bytes) {
        std::memcpy(to, table[byte].data(), width);
        to += width;
    }
}

}  // namespace

Result<Bytes> parse_hex(std::string_view text) { return HexParser(text).parse(); }

void append_hex(ByteView bytes, std::string& out) { append_from(upper_spaced, bytes, out); }

std::string format_hex(ByteView bytes) {
    std::string text;
    append_hex(bytes, text);
    return text;
}

void append_hex_lower(ByteView bytes, std::string& out) { append_from(lower, bytes, out); }

std::string format_hex_lower(ByteView bytes) {
    std::string text;
    append_hex_lower(bytes, text);
    return text;
}

}  // namespace sockdesk::codec
