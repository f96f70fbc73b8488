// The machine under `StreamDecoder`, which can write in two ways. Private to this room.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/bytes.hpp"
#include "codec/encoding.hpp"
#include "codec/icu.hpp"

namespace sockdesk::codec::detail {

/// Where text goes, and how.
class TextSink {
public:
    enum class Style {
        plain,      ///< text as it is, undecodable bytes as `\xHH`
        reversible  ///< text with its backslashes and control characters escaped as well
    };

    TextSink(std::string& out, Style style) : out_(out), style_(style) {}

    /// Whole characters, well-formed UTF-8.
    void text(std::string_view utf8);
    void text(ByteView utf8) { text(as_chars(utf8)); }
    void undecodable(ByteView bytes);
    /// An escape, ready made.
    void escape(std::string_view escape) { out_.append(escape); }

private:
    std::string& out_;
    Style style_;
};

/// Appends well-formed text so that `encode_with_escapes` reads it as the same characters, and it is safe to
/// show.
void append_reversible_text(std::string_view utf8, std::string& out);

class Decoder {
public:
    explicit Decoder(Encoding encoding);

    void decode(ByteView bytes, TextSink sink);
    void finish(TextSink sink);
    void reset();
    std::size_t pending_bytes() const;
    Encoding encoding() const { return encoding_; }

private:
    void decode_utf8(ByteView bytes, TextSink sink);
    void decode_single_bytes(ByteView bytes, TextSink sink);
    void decode_multibyte(ByteView bytes, TextSink sink);
    void decode_stateful(ByteView bytes, bool flush, TextSink sink);

    std::size_t convert_piece(ByteView piece, TextSink sink);
    void emit_converted(ByteView source, const char16_t* units, const char16_t* end, TextSink sink);
    void emit_with_fillers(ByteView source, TextSink sink);
    void hold(ByteView bytes);

    Encoding encoding_;
    const Traits* traits_;

    // Opened when first needed: a connection that speaks ASCII never needs one.
    Converter converter_;
    Converter filler_probe_;

    // The stateless encodings' bytes of a character begun. ICU's tables match up to 31 bytes at once.
    std::array<std::uint8_t, 32> held_{};
    std::size_t held_size_ = 0;

    // The stateful encodings' first half of a surrogate pair; 0 for none.
    char16_t lead_ = 0;
};

}  // namespace sockdesk::codec::detail
