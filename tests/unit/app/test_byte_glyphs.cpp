#include "app/byte_glyphs.hpp"

#include <random>

#include <gtest/gtest.h>

#include "log_text_support.hpp"

namespace sockdesk::app {
namespace {

// One sign a byte: the character at its first byte, `<` for what belongs to it, `.` for what is hidden.
std::u32string drawn(std::string_view name, std::string_view bytes) {
    ByteGlyphs glyphs(encoding(name));
    std::u32string line;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const ByteGlyph glyph = glyphs.at(as_bytes(bytes), i);
        line += glyph.kind == ByteGlyph::Kind::character ? glyph.character
                : glyph.kind == ByteGlyph::Kind::within  ? U'<'
                                                         : U'.';
    }
    return line;
}

TEST(ByteGlyphs, CharactersStandAtTheirFirstByte) {
    EXPECT_EQ(drawn("utf-8", "a你b\n\x7f"), U"a你<<b..");
    EXPECT_EQ(drawn("utf-8", "\xF0\x9F\x98\x80!"), U"\U0001F600<<<!");
    EXPECT_EQ(drawn("gbk", "\xC4\xE3\xBA\xC3 ok"), U"你<好< ok");
    EXPECT_EQ(drawn("utf-16le", std::string_view("H\0i\0\0\xd8", 6)), U"H<i<..");
    EXPECT_EQ(drawn("shift_jis", "\x83\x5C\x5C"), U"ソ<\\");
    EXPECT_EQ(drawn("iso-8859-1", "\xE9\x85"), U"é.");
}

TEST(ByteGlyphs, WhatTheEncodingDoesNotKnowIsHidden) {
    EXPECT_EQ(drawn("utf-8", "\xFFz"), U".z");
    EXPECT_EQ(drawn("utf-8", "\xE4\xBDz"), U"..z");
    EXPECT_EQ(drawn("utf-8", "\xE4\xBD"), U"..") << "at the end, too";
    EXPECT_EQ(drawn("utf-8", "\xE4\xBD\xE4\xBD\xA0"), U"..你<<");
    EXPECT_EQ(drawn("gbk", "\xC4 \xFF"), U". .");
    // These letters are no escape.
    EXPECT_EQ(drawn("utf-8", "\\x41"), U"\\x41");
    EXPECT_EQ(drawn("utf-8",
                    "\xE2\x80\xAE"
                    "abc"),
              U"...abc")
        << "what changes the direction of text does not";
}

TEST(ByteGlyphs, LookingAnywhereGivesTheSame) {
    const std::string text = "x你\xFF\xE4\xBD y好";
    ByteGlyphs glyphs;
    EXPECT_EQ(glyphs.at(as_bytes(text), text.size() - 3).character, U'好');
    EXPECT_EQ(glyphs.at(as_bytes(text), 1).character, U'你');
    EXPECT_EQ(glyphs.at(as_bytes(text), 1).length, 3);
    glyphs.reset();
    EXPECT_EQ(glyphs.at(as_bytes("z"), 0).character, U'z');
    EXPECT_EQ(glyphs.at(as_bytes("z"), 7).kind, ByteGlyph::Kind::hidden) << "beyond the end";
    glyphs.set_encoding(encoding("gbk"));
    EXPECT_EQ(glyphs.at(as_bytes("\xC4\xE3"), 0).character, U'你');
}

// Whatever comes: every byte has a glyph, characters do not overlap, and none reaches beyond the end.
TEST(ByteGlyphs, HoldForAnyBytesInAnyEncoding) {
    std::mt19937 random(5);
    for (const std::string_view name : codec::all_encodings()) {
        std::string bytes(300, '\0');
        for (char& byte : bytes) byte = static_cast<char>(random());
        ByteGlyphs glyphs(encoding(name));
        std::size_t expected_within = 0;
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            const ByteGlyph glyph = glyphs.at(as_bytes(bytes), i);
            if (expected_within > 0) {
                ASSERT_EQ(glyph.kind, ByteGlyph::Kind::within) << name << " at " << i;
                --expected_within;
                continue;
            }
            ASSERT_NE(glyph.kind, ByteGlyph::Kind::within) << name << " at " << i;
            if (glyph.kind == ByteGlyph::Kind::character) expected_within = glyph.length - 1U;
        }
        ASSERT_EQ(expected_within, 0U) << name;
    }
}

}  // namespace
}  // namespace sockdesk::app
