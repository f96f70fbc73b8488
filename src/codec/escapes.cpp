#include "codec/escapes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "codec/decoder.hpp"
#include "codec/encoder.hpp"
#include "codec/utf8.hpp"

namespace sockdesk::codec {

namespace {

bool is_lead_surrogate(std::uint32_t c) { return c >= 0xD800 && c <= 0xDBFF; }
bool is_trail_surrogate(std::uint32_t c) { return c >= 0xDC00 && c <= 0xDFFF; }

/// Reads text with escapes. Characters, typed or escaped, are gathered into a run that is encoded as one
/// piece, so that a stateful encoding switches no more often than it must; a `\xHH` ends the run.
class EscapeReader {
public:
    EscapeReader(Encoding encoding, std::string_view text) : encoder_(encoding), text_(text) {}

    Result<Bytes> read() {
        while (at_ < text_.size()) {
            const std::size_t backslash = std::min(text_.find('\\', at_), text_.size());
            add_to_run(text_.substr(at_, backslash - at_));
            at_ = backslash;
            if (at_ == text_.size()) break;
            if (auto done = read_escape(); !done) {
                // A character of the run before it, not encoded yet, may be the first fault.
                auto run = end_run();
                return tl::unexpected(std::move(run ? done.error() : run.error()));
            }
        }
        if (auto done = end_run(); !done) return tl::unexpected(std::move(done.error()));
        return std::move(bytes_);
    }

private:
    Result<void> read_escape() {
        if (at_ + 1 == text_.size()) {
            return fail_at(at_, "the text ends in a lone backslash; write \\\\ for a backslash");
        }
        switch (text_[at_ + 1]) {
            case 'r':
                return add_character('\r', 2);
            case 'n':
                return add_character('\n', 2);
            case 't':
                return add_character('\t', 2);
            case '0':
                return add_character('\0', 2);
            case '\\':
                return add_character('\\', 2);
            case 'x':
                return read_byte();
            case 'u':
                return read_unicode();
            default:
                return fail_at(at_, unknown_escape());
        }
    }

    Result<void> read_byte() {
        const auto value = read_digits(at_, 2);
        if (!value) return fail_at(at_, "\\x takes two hex digits, such as \\x0D");
        if (auto done = end_run(); !done) return done;
        bytes_.push_back(static_cast<std::uint8_t>(*value));
        at_ += 4;
        return {};
    }

    Result<void> read_unicode() {
        constexpr std::size_t length = 6;  // \uHHHH
        const auto unit = read_digits(at_, 4);
        if (!unit) return fail_at(at_, "\\u takes four hex digits, such as \\u4F60");
        if (!is_lead_surrogate(*unit) && !is_trail_surrogate(*unit)) return add_character(*unit, length);

        const bool followed = text_.substr(at_ + length).starts_with("\\u");
        const auto second = followed ? read_digits(at_ + length, 4) : std::nullopt;
        if (is_trail_surrogate(*unit) || !second || !is_trail_surrogate(*second)) {
            return fail_at(
                at_, fmt::format("{} is half of a surrogate pair; a pair is written like \\uD83D\\uDE00",
                                 text_.substr(at_, length)));
        }
        return add_character(0x10000 + ((*unit - 0xD800) << 10) + (*second - 0xDC00), 2 * length);
    }

    /// The value of the `count` digits behind the two characters at `escape`.
    std::optional<std::uint32_t> read_digits(std::size_t escape, std::size_t count) const {
        const std::string_view digits = text_.substr(escape + 2, count);
        if (digits.size() < count) return std::nullopt;
        std::uint32_t value = 0;
        for (const char c : digits) {
            const int digit = detail::hex_digit_value(c);
            if (digit < 0) return std::nullopt;
            value = value * 16 + static_cast<std::uint32_t>(digit);
        }
        return value;
    }

    std::string unknown_escape() const {
        const ByteView rest = as_bytes(text_.substr(at_ + 1));
        const int length = std::max(1, detail::utf8_sequence(rest.data(), rest.data() + rest.size()));
        return fmt::format("\\{} is not an escape; there are \\r \\n \\t \\0 \\\\ \\xHH \\uHHHH",
                           escape_controls(text_.substr(at_ + 1, static_cast<std::size_t>(length))));
    }

    void add_to_run(std::string_view characters) {
        if (characters.empty()) return;
        marks_.push_back({run_.size(), at_});
        run_.append(characters);
    }

    Result<void> add_character(char32_t c, std::size_t escape_length) {
        std::string character;
        detail::append_utf8(c, character);
        add_to_run(character);
        at_ += escape_length;
        return {};
    }

    Result<void> end_run() {
        if (run_.empty()) return {};
        auto done = encoder_.encode(run_, bytes_);
        if (!done) {
            // The last mark at or before the fault tells where in the text it came from.
            const std::size_t position = done.error().position;
            const auto after = std::ranges::upper_bound(marks_, position, {}, &Mark::in_run);
            const Mark mark = *(after - 1);
            done.error().position = mark.in_text + (position - mark.in_run);
        }
        run_.clear();
        marks_.clear();
        return done;
    }

    struct Mark {
        std::size_t in_run;
        std::size_t in_text;
    };

    detail::Encoder encoder_;
    std::string_view text_;
    std::size_t at_ = 0;
    std::string run_;
    std::vector<Mark> marks_;
    Bytes bytes_;
};

bool encodes_to(detail::Encoder& encoder, std::string_view text, ByteView bytes) {
    Bytes encoded;
    return encoder.encode(text, encoded).has_value() && std::ranges::equal(encoded, bytes);
}

bool reads_back(Encoding encoding, std::string_view escaped, ByteView bytes) {
    const auto read = encode_with_escapes(encoding, escaped);
    return read.has_value() && std::ranges::equal(*read, bytes);
}

/// Character by character, those spelt in another way than `encode` would as `\xHH`.
std::string escape_by_character(Encoding encoding, ByteView bytes) {
    detail::Decoder decoder(encoding);
    detail::Encoder encoder(encoding);
    std::string escaped, text;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        decoder.decode(bytes.subspan(i, 1), {text, detail::TextSink::Style::plain});
        if (decoder.pending_bytes() > 0) continue;
        const ByteView character = bytes.subspan(begin, i + 1 - begin);
        if (encodes_to(encoder, text, character)) {
            detail::append_reversible_text(text, escaped);
        } else {
            detail::append_byte_escapes(character, escaped);
        }
        text.clear();
        begin = i + 1;
    }
    detail::append_byte_escapes(bytes.subspan(begin), escaped);
    return escaped;
}

/// Byte by byte: the printable ASCII that stands for itself, the rest as `\xHH`.
std::string escape_by_byte(Encoding encoding, ByteView bytes) {
    detail::Encoder encoder(encoding);
    std::array<bool, 256> plain{};
    for (unsigned char c = ' '; c < 0x7F; ++c) {
        plain[c] = c != '\\' && encodes_to(encoder, std::string(1, static_cast<char>(c)), {&c, 1});
    }
    std::string escaped;
    for (const std::uint8_t& byte : bytes) {
        if (plain[byte]) {
            escaped += static_cast<char>(byte);
        } else {
            detail::append_byte_escapes({&byte, 1}, escaped);
        }
    }
    return escaped;
}

}  // namespace

Result<Bytes> encode_with_escapes(Encoding encoding, std::string_view text) {
    return EscapeReader(encoding, text).read();
}

std::string escape_payload(Encoding encoding, ByteView bytes) {
    using enum detail::TextSink::Style;
    std::string escaped;
    detail::Decoder decoder(encoding);
    decoder.decode(bytes, {escaped, reversible});
    decoder.finish({escaped, reversible});
    if (reads_back(encoding, escaped, bytes)) return escaped;

    // Some tables have two spellings of a character, and stateful encodings have shifts to spare.
    if (encoding.info().traits().family != detail::Family::stateful) {
        escaped = escape_by_character(encoding, bytes);
        if (reads_back(encoding, escaped, bytes)) return escaped;
    }
    escaped = escape_by_byte(encoding, bytes);
    if (reads_back(encoding, escaped, bytes)) return escaped;
    escaped.clear();
    detail::append_byte_escapes(bytes, escaped);
    return escaped;
}

}  // namespace sockdesk::codec
