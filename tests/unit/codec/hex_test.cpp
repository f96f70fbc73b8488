#include "codec/hex.hpp"

#include <gmock/gmock.h>

#include "codec_test.hpp"

namespace sockdesk::codec {
namespace {

using testing::HasSubstr;

TEST(ParseHex, accepts_what_people_type_and_paste) {
    const Bytes hello = bytes("48656c6c6f");
    for (const char* text :
         {"48656C6C6F", "48656c6c6f", "48 65 6c 6C 6f", "48 65 6C 6C 6F ", "  48\t65\r\n6C\n6C,6F\n",
          "0x48,0x65,0x6C,0x6c,0X6F", "0x48, 0x65, 0x6C, 0x6c, 0x6F,", "0x48 0x65 0x6C 0x6C 0x6F",
          "0x480x650x6C0x6C0x6F", "0x48656C6C6F", "0x4865 6C6C6F", "\\x48\\x65\\x6C\\x6C\\x6F",
          "48:65:6c:6c:6f", "48-65-6C-6C-6F", "4865:6c6c-6f"}) {
        EXPECT_EQ(parse_hex(text), hello) << text;
    }
    EXPECT_EQ(parse_hex(""), Bytes{});
    EXPECT_EQ(parse_hex(" \r\n, "), Bytes{});
    EXPECT_EQ(parse_hex("00 fF"), bytes("00 ff"));
}

void expect_refused(std::string_view text, std::size_t position, const std::string& message) {
    const auto parsed = parse_hex(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().kind, ErrorKind::bad_input);
    EXPECT_EQ(parsed.error().position, position) << text;
    EXPECT_THAT(parsed.error().message, HasSubstr(message)) << text;
}

TEST(ParseHex, never_guesses_what_an_odd_digit_means) {
    expect_refused("4", 0, "the digit \"4\" has no second one");
    expect_refused("486", 2, "the digit \"6\" has no second one");
    expect_refused("486 5", 2, "the digit \"6\"");
    expect_refused("4 8", 0, "the digit \"4\"");
    expect_refused("48,6,65", 3, "the digit \"6\"");
    expect_refused("0x4", 2, "the digit \"4\"");
    expect_refused("0x48,0x6\n", 7, "the digit \"6\"");
    expect_refused("4:8", 0, "the digit \"4\"");
    expect_refused("\\x4", 2, "the digit \"4\"");
}

TEST(ParseHex, names_the_foreign_character) {
    expect_refused("48 zz", 3, "\"z\" is not a hex digit");
    expect_refused("4g", 1, "\"g\" is not a hex digit");
    expect_refused("48，65", 2, "\"，\" (U+FF0C) is not a hex digit");
    expect_refused("你", 0, "\"你\" (U+4F60)");
    expect_refused("4你", 1, "\"你\" (U+4F60)");
    expect_refused("48 😀", 3, "U+1F600");
    expect_refused("48\x01", 2, "\"\\x01\"");
    expect_refused("48\u200B", 2, "\"\\u200B\" (U+200B)");
    expect_refused("48\xFF", 2, "byte FF, which is not valid UTF-8, is not a hex digit");
    expect_refused("{0x48}", 0, "\"{\"");
    expect_refused("48;65", 2, "\";\"");
    expect_refused("48h", 2, "\"h\"");
    expect_refused(std::string_view("48\0", 3), 2, "\\x00");
}

TEST(ParseHex, marks_prefixes_and_joints_that_lead_nowhere) {
    expect_refused("0x", 0, "\"0x\" has no digits after it");
    expect_refused("48 0x 65", 3, "\"0x\" has no digits after it");
    expect_refused("0x0x48", 3, "\"x\" is not a hex digit");
    expect_refused("\\x", 0, "\"\\x\" has no digits");
    expect_refused("\\n", 0, "\"\\\"");
    expect_refused("x48", 0, "\"x\"");
    expect_refused("-48", 0, "\"-\" may only stand between two bytes");
    expect_refused("48-", 2, "\"-\" may only stand between two bytes");
    expect_refused("48--65", 2, "\"-\" may only stand between two bytes");
    expect_refused("48: 65", 2, "\":\" may only stand between two bytes");
    expect_refused("48 :65", 3, "\":\" may only stand between two bytes");
}

TEST(FormatHex, is_uppercase_with_a_space_after_every_byte) {
    EXPECT_EQ(format_hex(as_bytes("hello")), "68 65 6C 6C 6F ");
    EXPECT_EQ(format_hex({}), "");
    std::string line = "> ";
    append_hex(bytes("00 ff 0a"), line);
    EXPECT_EQ(line, "> 00 FF 0A ");
}

TEST(FormatHex, lower_has_nothing_between) {
    EXPECT_EQ(format_hex_lower(bytes("c4 e3 ba c3")), "c4e3bac3");
    EXPECT_EQ(format_hex_lower({}), "");
    std::string line = "\"";
    append_hex_lower(bytes("00 FF"), line);
    EXPECT_EQ(line, "\"00ff");
}

TEST(FormatHex, both_forms_read_back) {
    RandomStreams random(7);
    const Bytes stream = random.garbage(3000);
    EXPECT_EQ(parse_hex(format_hex(stream)), stream);
    EXPECT_EQ(parse_hex(format_hex_lower(stream)), stream);
}

}  // namespace
}  // namespace sockdesk::codec
