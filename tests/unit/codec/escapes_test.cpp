#include "codec/escapes.hpp"

#include <gmock/gmock.h>

#include "codec_test.hpp"

namespace sockdesk::codec {
namespace {

using testing::HasSubstr;

TEST(EncodeWithEscapes, reads_each_escape) {
    const std::tuple<const char*, std::string, Bytes> cases[] = {
        {"utf-8", R"(a\r\n\t\\\0z)", bytes("61 0d 0a 09 5c 00 7a")},
        {"utf-8", R"(\x00\xfF\xc4)", bytes("00 ff c4")},
        {"utf-8", R"(\u4f60\u597D)", bytes_of("你好")},
        {"utf-8", R"(\uD83D\uDE00\ud83d\ude00)", bytes_of("😀😀")},
        {"utf-8", R"(\012)", bytes("00 31 32")},
        {"utf-8", R"(\x412)", bytes("41 32")},
        {"utf-8", R"(\\x41)", bytes_of("\\x41")},
        {"utf-8", "没有", bytes_of("没有")},
        {"utf-8", "", {}},
        {"gbk", R"(你\u597d\r\n)", bytes("c4 e3 ba c3 0d 0a")},
        {"gbk", R"(\xc4\xe3你)", bytes("c4 e3 c4 e3")},
        {"gbk", R"(你\xFF好)", bytes("c4 e3 ff ba c3")},
        {"utf-16le", R"(\n\0A\xFF\u4f60)", bytes("0a 00 00 00 41 00 ff 60 4f")},
        {"utf-16be", R"(\uD83D\uDE00)", bytes("d8 3d de 00")},
        {"iso-2022-jp", R"(こ\u3093\n\xFFこ)",
         bytes("1b 24 42 24 33 24 73 1b 28 42 0a ff 1b 24 42 24 33 1b 28 42")},
        {"ascii", R"(\x80)", bytes("80")},
        {"windows-1252", R"(\u20ac\x81)", bytes("80 81")},
    };
    for (const auto& [name, text, expected] : cases) {
        EXPECT_EQ(encode_with_escapes(encoding(name), text), expected) << name << " " << text;
    }
}

void expect_refused(const char* name, std::string_view text, std::size_t position,
                    const std::string& message) {
    const auto encoded = encode_with_escapes(encoding(name), text);
    ASSERT_FALSE(encoded) << text;
    EXPECT_EQ(encoded.error().kind, ErrorKind::bad_input);
    EXPECT_EQ(encoded.error().position, position) << text;
    EXPECT_THAT(encoded.error().message, HasSubstr(message)) << text;
}

TEST(EncodeWithEscapes, refuses_at_the_backslash) {
    expect_refused("utf-8", "ab\\", 2, "lone backslash");
    expect_refused("utf-8", R"(ab\q)", 2, R"(\q is not an escape; there are)");
    expect_refused("utf-8", R"(你\a)", 3, R"(\a is not an escape)");
    expect_refused("utf-8", R"(\你)", 0, R"(\你 is not an escape)");
    expect_refused("utf-8", "\\\x01", 0, R"(\\x01 is not an escape)");
    expect_refused("utf-8", "\\\xFF", 0, R"(\\xFF is not an escape)");
    expect_refused("utf-8", R"(C:\Users)", 2, R"(\U is not an escape)");
    expect_refused("utf-8", R"(a\x)", 1, "\\x takes two hex digits");
    expect_refused("utf-8", R"(a\x4)", 1, "\\x takes two hex digits");
    expect_refused("utf-8", R"(a\x4g)", 1, "\\x takes two hex digits");
    expect_refused("utf-8", R"(a\u123)", 1, "\\u takes four hex digits");
    expect_refused("utf-8", R"(a\u12 3)", 1, "\\u takes four hex digits");
    expect_refused("utf-8", R"(ok\uD83Dx)", 2, R"(\uD83D is half of a surrogate pair)");
    expect_refused("utf-8", R"(\uDE00)", 0, R"(\uDE00 is half)");
    expect_refused("utf-8", R"(\uD83D\u0041)", 0, R"(\uD83D is half)");
    expect_refused("utf-8", R"(\uD83D\uD83D\uDE00)", 0, R"(\uD83D is half)");
    expect_refused("utf-8", R"(\uD83D\x41)", 0, R"(\uD83D is half)");
}

TEST(EncodeWithEscapes, tells_where_in_the_text_a_character_was_refused) {
    expect_refused("gbk", R"(a\n😀)", 3, "U+1F600");
    expect_refused("gbk", R"(\r\n\uD83D\uDE00)", 4, "U+1F600");
    expect_refused("gbk", R"(\xFF\xFFab你😀)", 13, "U+1F600");
    expect_refused("ascii", R"(\\\\ab\u4f60)", 6, "U+4F60");
    expect_refused("ascii", R"(ab\x00cd\té)", 10, "U+00E9");
    expect_refused("utf-8", "\\n\\xFFab\xFF", 8, "byte FF is not valid UTF-8");
    expect_refused("gbk", "\\n\xE4\\n", 2, "byte E4 is not valid UTF-8");
    expect_refused("gbk", R"(a😀\q)", 1, "U+1F600");  // the first of two faults
    expect_refused("gbk", R"(a\q😀)", 1, R"(\q is not)");
}

TEST(EscapePayload, is_readable_text_that_reads_back) {
    const std::tuple<const char*, Bytes, std::string> cases[] = {
        {"utf-8", bytes_of("GET / HTTP/1.1\r\n\r\n"), R"(GET / HTTP/1.1\r\n\r\n)"},
        {"utf-8", bytes_of("a\\x41\t"), R"(a\\x41\t)"},
        {"utf-8", bytes("00 31 01 7f"), R"(\01\u0001\u007F)"},
        {"utf-8", bytes_of("你好\uFEFF"), R"(你好\uFEFF)"},
        {"utf-8", bytes("e4 bd 41 ff"), R"(\xE4\xBDA\xFF)"},
        {"gbk", bytes("c4 e3 20 c4 20 aa a1"), R"(你 \xC4 \xAA\xA1)"},
        {"gbk", bytes("c4 5c 5c c4"), R"(腬\\\xC4)"},
        {"utf-16le", bytes("60 4f 0a 00 01 00 41"), R"(你\n\u0001\x41)"},
        {"shift_jis", bytes("82 a0 fa 54 ee f9 41 5c"),
         R"(あ\xFA\x54\xEE\xF9A\\)"},  // second spellings of U+FFE2
        {"iso-2022-jp", bytes("1b 24 42 24 33 1b 28 42 41"), "こA"},
        {"iso-2022-jp", bytes("1b 24 42 24 33"), R"(\x1B$B$3)"},
        {"utf-8", {}, ""},
    };
    for (const auto& [name, payload, expected] : cases) {
        EXPECT_EQ(escape_payload(encoding(name), payload), expected) << name;
        EXPECT_EQ(encode_with_escapes(encoding(name), expected), payload) << name << " " << expected;
    }
}

TEST(EscapeControls, leaves_text_alone) {
    for (const char* text :
         {"", "hello, world 0123456789 ~!@#$%^&*()_+", "你好，网络调试助手。", "Привет é ü", "a\\x41\\n",
          "😀👨\u200D👩 می\u200Cخواهم", "\u00A0\u2003\u3000\u2010\u2027\u202F\u205F\uFFFD\uFF01"}) {
        EXPECT_EQ(escape_controls(text), text);
        EXPECT_EQ(escape_controls(text, Keep::line_breaks), text);
    }
}

TEST(EscapeControls, shows_controls_as_bytes) {
    EXPECT_EQ(escape_controls("\x1B[31mred\a"), R"(\x1B[31mred\x07)");
    EXPECT_EQ(escape_controls("a\r\nb\tc\nd"), R"(a\x0D\x0Ab\x09c\x0Ad)");
    EXPECT_EQ(escape_controls(std::string_view("\0\x1F\x7F", 3)), R"(\x00\x1F\x7F)");
    EXPECT_EQ(escape_controls("\xFF ok \x9B"
                              "31m \xE4\xBD"),
              R"(\xFF ok \x9B31m \xE4\xBD)");
    std::string every;
    for (char c = 1; c < 0x7F; ++c) every += c;
    for (const char c : escape_controls(every)) EXPECT_TRUE(c >= 0x20 && c < 0x7F);
}

TEST(EscapeControls, shows_what_hides_or_turns_text_around_by_number) {
    EXPECT_EQ(escape_controls("\u0080\u0085\u009B\u009F"), R"(\u0080\u0085\u009B\u009F)");
    EXPECT_EQ(escape_controls("a\u2028b\u2029c"), R"(a\u2028b\u2029c)");
    EXPECT_EQ(escape_controls("\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069"),
              R"(\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069)");
    EXPECT_EQ(escape_controls("\u200E\u200F\u061C"), R"(\u200E\u200F\u061C)");
    EXPECT_EQ(escape_controls("\uFEFF\u200B\u00AD\u180E\u2060\u206F\uFFF9\uFFFB"),
              R"(\uFEFF\u200B\u00AD\u180E\u2060\u206F\uFFF9\uFFFB)");
    EXPECT_EQ(escape_controls("\U000E0001\U000E0041"), R"(\uDB40\uDC01\uDB40\uDC41)");
}

TEST(EscapeControls, can_keep_line_breaks) {
    EXPECT_EQ(escape_controls("a\r\nb\tc\nd\re\r", Keep::line_breaks), "a\r\nb\tc\nd\\x0De\\x0D");
    EXPECT_EQ(escape_controls("a\r\n", Keep::line_breaks), "a\r\n");
    EXPECT_EQ(escape_controls("\r\r\n\x1B\v\f", Keep::line_breaks), "\\x0D\r\n\\x1B\\x0B\\x0C");
    EXPECT_EQ(escape_controls("\u2028\u0085", Keep::line_breaks), R"(\u2028\u0085)");
}

TEST(EscapeControls, finds_a_control_at_any_place) {
    for (std::size_t size = 1; size < 40; ++size) {
        for (std::size_t i = 0; i < size; ++i) {
            for (const char control : {'\0', '\n', '\x1F', '\x7F'}) {
                std::string text(size, 'x');
                text[i] = control;
                const std::string escaped = escape_controls(text);
                EXPECT_EQ(escaped.size(), size + 3);
                EXPECT_EQ(escaped.find('\\'), i);
            }
            for (const char harmless : {' ', '~', '!', '\\'}) {
                std::string text(size, 'x');
                text[i] = harmless;
                EXPECT_EQ(escape_controls(text), text);
            }
        }
    }
}

TEST(EscapeControls, appends) {
    std::string line = "> ";
    append_escaped_controls("a\nb", line);
    append_escaped_controls("\n", line, Keep::line_breaks);
    EXPECT_EQ(line, "> a\\x0Ab\n");
}

}  // namespace
}  // namespace sockdesk::codec
