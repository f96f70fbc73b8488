// The text side of a hex view: which character each byte is part of, in any encoding. Knows no toolkit.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "codec/encoding.hpp"

namespace sockdesk::app {

/// What to draw in the cell of a byte.
struct ByteGlyph {
    enum class Kind : std::uint8_t {
        character,  ///< its first byte; it takes `length` of them
        within,     ///< a later byte of a character: nothing is drawn
        hidden,     ///< a control character, or a byte that the encoding does not know: a dot is drawn
    };
    Kind kind = Kind::hidden;
    std::uint8_t length = 1;
    char32_t character = 0;
};

/// Decodes as far as somebody looks: of a payload of 64 KiB one screen.
class ByteGlyphs {
public:
    explicit ByteGlyphs(codec::Encoding encoding = {}) : decoder_(encoding) {}

    void set_encoding(codec::Encoding encoding);
    /// Another payload. Its bytes are given to `at` again.
    void reset();

    /// `bytes` are those of the payload since `reset`.
    ByteGlyph at(ByteView bytes, std::size_t offset);

private:
    void decode_next(ByteView bytes);
    void put_hidden(std::size_t count);

    codec::StreamDecoder decoder_;
    std::vector<ByteGlyph> glyphs_;  ///< of bytes whose character is known
    std::size_t fed_ = 0;
    std::string text_;
};

}  // namespace sockdesk::app
