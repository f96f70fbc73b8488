#include "app/byte_glyphs.hpp"

#include <algorithm>
#include <string_view>

#include "app/cell_width.hpp"
#include "codec/escapes.hpp"

namespace sockdesk::app {
namespace {

// As the decoder writes a byte that it does not understand. One byte goes in at a time, and no encoding has a character of
// four letters, so this can be nothing else.
bool begins_with_escape(std::string_view text) { return text.size() >= 4 && text.starts_with("\\x"); }

bool is_visible(std::string_view character) { return codec::escape_controls(character) == character; }

}  // namespace

void ByteGlyphs::set_encoding(codec::Encoding encoding) {
    if (encoding == decoder_.encoding()) return;
    decoder_ = codec::StreamDecoder(encoding);
    reset();
}

void ByteGlyphs::reset() {
    decoder_.reset();
    glyphs_.clear();
    fed_ = 0;
}

void ByteGlyphs::put_hidden(std::size_t count) { glyphs_.insert(glyphs_.end(), count, ByteGlyph{}); }

void ByteGlyphs::decode_next(ByteView bytes) {
    text_.clear();
    decoder_.decode(bytes.subspan(fed_, 1), text_);
    ++fed_;
    if (fed_ == bytes.size()) decoder_.finish(text_);
    std::string_view text = text_;
    while (begins_with_escape(text) && glyphs_.size() < fed_) {
        put_hidden(1);
        text.remove_prefix(4);
    }
    const std::size_t pending = std::min(decoder_.pending_bytes(), fed_ - glyphs_.size());
    const std::size_t whole = fed_ - glyphs_.size() - pending;
    // Bytes that give no text and are not kept for later switch tables.
    if (whole == 0 || text.empty()) return put_hidden(whole);
    const CodePoint point = code_point_at(text, 0);
    if (!is_visible(text.substr(0, point.length))) return put_hidden(whole);
    const auto length = static_cast<std::uint8_t>(std::min<std::size_t>(whole, 255));
    glyphs_.push_back({ByteGlyph::Kind::character, length, point.character});
    glyphs_.insert(glyphs_.end(), whole - 1, ByteGlyph{ByteGlyph::Kind::within, 1, 0});
}

ByteGlyph ByteGlyphs::at(ByteView bytes, std::size_t offset) {
    while (glyphs_.size() <= offset && fed_ < bytes.size()) decode_next(bytes);
    return offset < glyphs_.size() ? glyphs_[offset] : ByteGlyph{};
}

}  // namespace sockdesk::app
