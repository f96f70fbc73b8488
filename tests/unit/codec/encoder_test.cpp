// Text -> bytes.
#include <gmock/gmock.h>

#include "codec_test.hpp"

namespace sockdesk::codec {
namespace {

using testing::HasSubstr;

TEST(Encode, writes_the_encodings_of_the_documents) {
    const std::tuple<const char*, std::string, const char*> cases[] = {
        {"utf-8", "你好", "e4 bd a0 e5 a5 bd"},
        {"gbk", "你好", "c4 e3 ba c3"},
        {"gb2312", "你好", "c4 e3 ba c3"},
        {"gb2312", "镕", "e9 46"},
        {"gb18030", "你\U00020000😀", "c4 e3 95 32 82 36 94 39 fc 36"},
        {"gbk", "€", "80"},
        {"big5", "許功蓋", "b3 5c a5 5c bb 5c"},
        {"shift_jis", "表～", "95 5c 81 60"},
        {"shift_jis", "\x1A\x1C\x7F", "1a 1c 7f"},
        {"shift_jis", "表\x1A\x1C\x7F", "95 5c 1a 1c 7f"},
        {"euc-kr", "안녕갂", "be c8 b3 e7 81 41"},
        {"utf-16le", "你😀\n", "60 4f 3d d8 00 de 0a 00"},
        {"utf-16be", "你", "4f 60"},
        {"utf-16", "你", "60 4f"},
        {"UnicodeLittle", "A", "41 00"},
        {"utf-32be", "😀", "00 01 f6 00"},
        {"utf-8", "\uFEFFA", "ef bb bf 41"},
        {"utf-16le", "\uFEFFA", "ff fe 41 00"},
        {"iso-8859-1", "é\u0085", "e9 85"},
        {"ibm437", "é\x1A", "82 1a"},
        {"iso-2022-jp", "こA", "1b 24 42 24 33 1b 28 42 41"},
        {"iso-2022-jp", "こ", "1b 24 42 24 33 1b 28 42"},
        {"ascii", std::string("\0\x7F", 2), "00 7f"},
        {"utf-8", "", ""},
        {"iso-2022-jp", "", ""},
        {"utf-16le", "", ""},
    };
    for (const auto& [name, text, hex] : cases) {
        EXPECT_EQ(encode(encoding(name), text), bytes(hex)) << name << " " << text;
    }
}

void expect_refused(const char* name, std::string_view text, std::size_t position,
                    const std::string& message) {
    const auto encoded = encode(encoding(name), text);
    ASSERT_FALSE(encoded) << name << " " << text;
    EXPECT_EQ(encoded.error().kind, ErrorKind::bad_input);
    EXPECT_EQ(encoded.error().position, position) << name << " " << text;
    EXPECT_THAT(encoded.error().message, HasSubstr(message)) << name;
}

TEST(Encode, names_the_character_that_the_encoding_does_not_have) {
    expect_refused("gbk", "你😀", 3, "U+1F600 \"😀\" does not exist in gbk; choose");
    expect_refused("gb2312", "한", 0, "does not exist in gb2312");
    expect_refused("gbk", "한", 0, "gb18030 or utf-8");
    expect_refused("ascii", "café", 3, "U+00E9 \"é\" does not exist in ascii");
    expect_refused("iso-8859-1", "€", 0, "U+20AC");
    expect_refused("shift_jis", "表你好", 3, "U+4F60");
    expect_refused("euc-cn", "镕", 0, "does not exist in euc-cn");
    expect_refused("big5-hkscs", "ÊÊ한", 4, "U+D55C");
    expect_refused("iso-2022-jp", "こ한こ", 3, "U+D55C");
    std::string long_text;
    for (int i = 0; i < 3000; ++i) long_text += "你好a";
    expect_refused("gbk", long_text + "한" + long_text, long_text.size(), "U+D55C");
}

TEST(Encode, takes_no_character_for_another) {
    // Each of these ICU, by default, drops or replaces by something similar.
    expect_refused("gbk", "a\u200B", 1, "U+200B \"\\u200B\"");
    expect_refused("gbk", "\uFEFF", 0, "U+FEFF");
    expect_refused("gbk", "\u00AD", 0, "U+00AD");
    expect_refused("gbk", "\uFE0F", 0, "U+FE0F");
    expect_refused("iso-8859-1", "Ａ", 0, "U+FF21");
    expect_refused("windows-1252", "Ａ", 0, "U+FF21");
    expect_refused("ascii", "’", 0, "U+2019");
    expect_refused("shift_jis", "¥", 0, "U+00A5");
    // What the decoder would not read as this character.
    expect_refused("gbk", "\uE000", 0, "U+E000");
    expect_refused("windows-1252", "\u0081", 0, "U+0081");
    expect_refused("big5", "\u0080", 0, "U+0080");
    EXPECT_EQ(encode(encoding("gb18030"), "\uE000"), bytes("aa a1"));
    EXPECT_EQ(encode(encoding("gb18030"), "\u200B"), bytes("81 36 a4 37"));
}

TEST(Encode, refuses_what_is_not_utf8) {
    for (const char* name : {"utf-8", "gbk", "utf-16le", "ascii", "iso-2022-jp", "windows-1252"}) {
        expect_refused(name, "ab\xFFz", 2, "byte FF is not valid UTF-8");
        expect_refused(name, "ab\xE4\xBD", 2, "byte E4 is not valid UTF-8");
        expect_refused(name, "ab\xED\xA0\xBD", 2, "byte ED is not valid UTF-8");
        expect_refused(name, "\xC0\x80", 0, "byte C0 is not valid UTF-8");
    }
    // The first of two faults.
    expect_refused("gbk", "한\xFF", 0, "U+D55C");
    expect_refused("gbk", "한\uE000", 0, "U+D55C");
    expect_refused("gbk", "你\uE000한", 3, "U+E000");
}

}  // namespace
}  // namespace sockdesk::codec
