#include "codec/trailer.hpp"

#include <gmock/gmock.h>

#include "codec_test.hpp"

namespace sockdesk::codec {
namespace {

using testing::HasSubstr;
using Check = Trailer::Check;

Trailer trailer(std::string_view text) { return Trailer::parse(text).value(); }

/// What follows the payload.
Bytes appended(std::string_view text, ByteView payload) {
    Bytes sent(payload.begin(), payload.end());
    trailer(text).append_to(sent);
    EXPECT_TRUE(std::equal(payload.begin(), payload.end(), sent.begin())) << "the payload itself stays";
    return {sent.begin() + static_cast<std::ptrdiff_t>(payload.size()), sent.end()};
}

Bytes of_check_text(std::string_view text) { return appended(text, as_bytes("123456789")); }

TEST(Trailer, makes_a_modbus_request) {
    // Read ten holding registers of unit 1 from address 0: the example in every description of Modbus RTU.
    EXPECT_EQ(appended("crc16-modbus", bytes("01 03 00 00 00 0A")), bytes("C5 CD"));
    EXPECT_EQ(appended("lrc", bytes("01 03 00 00 00 0A")), bytes("F2")) << "in Modbus ASCII";
}

TEST(Trailer, follows_in_the_usual_order_or_the_one_that_is_said) {
    EXPECT_EQ(of_check_text("crc16-modbus"), bytes("37 4B"));
    EXPECT_EQ(of_check_text("crc16-modbus,be"), bytes("4B 37"));
    EXPECT_EQ(of_check_text("crc16-modbus,le"), bytes("37 4B"));
    EXPECT_EQ(of_check_text("crc16-xmodem"), bytes("31 C3"));
    EXPECT_EQ(of_check_text("crc16-xmodem,le"), bytes("C3 31"));
    EXPECT_EQ(of_check_text("crc32"), bytes("26 39 F4 CB"));
    EXPECT_EQ(of_check_text("adler32"), bytes("09 1E 01 DE"));
    EXPECT_EQ(of_check_text("crc:width=24,be,poly=0x864CFB,init=0xB704CE"), bytes("21 CF 02"));
    EXPECT_EQ(of_check_text("crc:width=24,poly=0x864CFB,init=0xB704CE,le"), bytes("02 CF 21"));
    EXPECT_EQ(of_check_text("crc:width=12,poly=0x80F"), bytes("0F 5B")) << "12 bits are two bytes";
}

TEST(Trailer, sums_have_the_width_that_is_said) {
    EXPECT_EQ(of_check_text("sum"), bytes("DD"));
    EXPECT_EQ(of_check_text("sum,bytes=2"), bytes("01 DD"));
    EXPECT_EQ(of_check_text("sum,bytes=2,le"), bytes("DD 01"));
    EXPECT_EQ(of_check_text("sum-negated,bytes=3"), bytes("FF FE 23"));
    EXPECT_EQ(of_check_text("xor,bytes=4"), bytes("3D 04 04 0C"));
    EXPECT_EQ(of_check_text("sum , bytes = 8"), bytes("00 00 00 00 00 00 01 DD"));
    EXPECT_EQ(of_check_text("sum bytes=2 le"), bytes("DD 01")) << "apart by blanks";
}

TEST(Trailer, covers_the_range_that_is_said) {
    const Bytes payload = bytes("01 02 04 08 10");
    EXPECT_EQ(appended("sum", payload), bytes("1F"));
    EXPECT_EQ(appended("sum,from=1", payload), bytes("1E"));
    EXPECT_EQ(appended("sum,to=-1", payload), bytes("0F"));
    EXPECT_EQ(appended("sum,from=1,to=-1", payload), bytes("0E"));
    EXPECT_EQ(appended("sum,from=-2", payload), bytes("18"));
    EXPECT_EQ(appended("sum,from=-4,to=-1", payload), bytes("0E"));
    EXPECT_EQ(appended("sum,to=3", payload), bytes("07"));
    EXPECT_EQ(appended("sum,from=0x1,to=0x3", payload), bytes("06"));
    EXPECT_EQ(appended("sum,from=-0", payload), bytes("1F"));
}

TEST(Trailer, of_a_range_outside_covers_what_there_is) {
    const Bytes payload = bytes("01 02 04");
    EXPECT_EQ(appended("sum,from=3", payload), bytes("00"));
    EXPECT_EQ(appended("sum,from=9", payload), bytes("00"));
    EXPECT_EQ(appended("sum,to=9", payload), bytes("07"));
    EXPECT_EQ(appended("sum,from=-9", payload), bytes("07"));
    EXPECT_EQ(appended("sum,to=-9", payload), bytes("00"));
    EXPECT_EQ(appended("sum,from=2,to=-2", payload), bytes("00")) << "they cross";
    EXPECT_EQ(appended("sum,from=9223372036854775807", payload), bytes("00"));
    EXPECT_EQ(appended("sum,from=-9223372036854775807,to=9223372036854775807", payload), bytes("07"));
    EXPECT_EQ(appended("crc16-modbus,from=1,to=-1", {}), bytes("FF FF"));
}

TEST(Trailer, may_be_fixed_bytes) {
    EXPECT_EQ(of_check_text("fixed=0D0A"), bytes("0D 0A"));
    EXPECT_EQ(of_check_text("fixed"), bytes("0D"));
    EXPECT_EQ(of_check_text(" Fixed = 0x01, 02:03 "), bytes("01 02 03"));
    EXPECT_EQ(trailer("fixed=0d 0a").to_string(), "fixed=0D0A");
    EXPECT_EQ(trailer("fixed=0d 0a").size(), 2U);
    EXPECT_EQ(of_check_text("fixed=" + std::string(2 * Trailer::max_fixed_size, 'A')),
              Bytes(Trailer::max_fixed_size, 0xAA));
}

TEST(Trailer, is_checked_on_what_arrives) {
    for (const char* text : {"crc16-modbus", "crc32c,be", "sum,bytes=2", "xor", "adler32", "fixed=0D0A",
                             "lrc,from=1,to=-1", "crc:width=40,poly=0x4820009"}) {
        const Trailer one = trailer(text);
        Bytes received = bytes_of("what arrives");
        one.append_to(received);
        EXPECT_EQ(one.check(received), Check::matches) << text;
        const Bytes end(received.end() - static_cast<std::ptrdiff_t>(one.size()), received.end());
        EXPECT_EQ(one.expected(received), end) << text;

        for (std::size_t i = 0; i < one.size(); ++i) {
            Bytes damaged = received;
            damaged[damaged.size() - 1 - i] ^= 0x40;
            EXPECT_EQ(one.check(damaged), Check::differs) << text << ", byte " << i << " from the end";
            EXPECT_EQ(one.expected(damaged), end) << text;
        }
        const ByteView short_one = ByteView(received).last(one.size() - 1);
        EXPECT_EQ(one.check(short_one), Check::too_short) << text;
        EXPECT_EQ(one.expected(short_one), Bytes()) << text;
    }
    Bytes damaged = bytes("01 03 00 00 00 0B C5 CD");
    EXPECT_EQ(trailer("crc16-modbus").check(damaged), Check::differs) << "the payload, not the trailer";
    EXPECT_EQ(trailer("crc16-modbus").check({}), Check::too_short);
    EXPECT_EQ(trailer("crc16-modbus").check(bytes("FF FF")), Check::matches) << "of nothing";
}

TEST(Trailer, written_out_and_read_again_is_the_same) {
    for (const auto& [text, canonical] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
             {"CRC-16/MODBUS , le", "crc16-modbus"},
             {"crc16-modbus,be", "crc16-modbus,be"},
             {"sum,from=0,bytes=1,be", "sum"},
             {"sum,to=-1,le,from=1,bytes=2", "sum,bytes=2,le,from=1,to=-1"},
             {"crc:to=0x10,poly=0x8005,le,width=16,refin", "crc:width=16,poly=0x8005,refin,le,to=16"},
             {"crc:poly=0x8005,width=16,refout,le", "crc:width=16,poly=0x8005,refout"},
             {"fixed", "fixed=0D"},
             {"adler32,from=-8", "adler32,from=-8"}}) {
        EXPECT_EQ(trailer(text).to_string(), canonical);
    }
    const Bytes payload = bytes_of("the same bytes are appended");
    std::vector<std::string> algorithms = {"crc:width=3,poly=3", "crc:width=64,poly=0x1B,refin,refout",
                                           "crc:width=17,poly=0x1685B,init=5,refin,xorout=1"};
    for (const NamedChecksum& named : Checksum::named()) algorithms.emplace_back(named.name);
    for (const std::string& algorithm : algorithms) {
        for (const char* order : {"", ",le", ",be"}) {
            for (const char* range : {"", ",from=2", ",to=-3", ",from=-9,to=20"}) {
                const std::string text = algorithm + order + range;
                const Trailer one = trailer(text);
                const Trailer again = trailer(one.to_string());
                EXPECT_EQ(again.to_string(), one.to_string()) << text;
                EXPECT_EQ(again.size(), one.size()) << text;
                EXPECT_EQ(appended(again.to_string(), payload), appended(text, payload)) << text;
            }
        }
    }
}

void expect_refused(std::string_view text, std::size_t position, std::string_view message) {
    const auto parsed = Trailer::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().position, position) << text << ": " << parsed.error().message;
    EXPECT_THAT(parsed.error().message, HasSubstr(std::string(message))) << text;
}

TEST(Trailer, says_where_an_option_is_not_understood) {
    expect_refused("", 0, "missing");
    expect_refused("crc", 0, "several");
    expect_refused("crc99,le", 0, "there is no checksum \"crc99\"");
    expect_refused("crc32,lee", 6, "there is no option \"lee\" here; there are le, be, bytes, from, to");
    expect_refused("crc:width=8,poly=7,lee", 19, "xorout, check, le, be, bytes, from, to");
    expect_refused("crc32,le,be", 9, "contradict");
    expect_refused("crc32,be,le", 9, "contradict");
    expect_refused("crc32,le,le", 9, "given twice");
    expect_refused("crc32,le=1", 9, "\"le\" takes no value");
    expect_refused("crc32,,le", 6, "nothing stands before this comma");
    expect_refused("crc32,le,", 8, "nothing follows this comma");
    expect_refused("crc32:le", 5, "crc32 has no parameters");
    expect_refused("crc32,width=16", 6, "there is no option \"width\"");
    expect_refused("crc32,bytes=2", 6, "the width of CRC-32 is its own");
    expect_refused("crc:width=8,poly=7,bytes=2", 19, "the width of CRC-8 is its own");
    expect_refused("lrc,bytes=2", 4, "the width of LRC is its own");
    expect_refused("sum,bytes=0", 10, "1 to 8 bytes");
    expect_refused("sum,bytes=9", 10, "1 to 8 bytes");
    expect_refused("sum,bytes=-1", 10, "not a number");
    expect_refused("sum,bytes=18446744073709551617", 10, "too large");
    expect_refused("sum,bytes", 4, "\"bytes\" has no value");
    expect_refused("sum,from=", 9, "\"from\" has no value");
    expect_refused("sum,from=-", 10, "\"-\" is not a number");
    expect_refused("sum,from=--1", 10, "not a number");
    expect_refused("sum,from=1.5", 10, "not a number");
    expect_refused("sum,from=9223372036854775808", 9, "beyond every payload");
    expect_refused("sum,from=-99999999999999999999", 10, "too large");
    expect_refused("sum,to=0", 7, "nothing lies before offset 0");
    expect_refused("sum,from=3,to=3", 14, "nothing lies between offset 3 and offset 3");
    expect_refused("sum,from=-1,to=-3", 15, "nothing lies between");
}

TEST(Trailer, says_where_fixed_bytes_are_not_understood) {
    expect_refused("fixed=", 5, "there are no bytes");
    expect_refused("fixed=  ", 5, "there are no bytes");
    expect_refused("fixed=0D0", 8, "has no second one");
    expect_refused(" fixed=0D,le", 10, "\"l\" is not a hex digit");
    expect_refused("fixed,le", 5, "fixed bytes have no options");
    expect_refused("fixed:0D", 5, "fixed bytes have no options");
    expect_refused("fixed=" + std::string(2 * Trailer::max_fixed_size + 2, '0'), 6,
                   "more than 1024 fixed bytes");
    expect_refused("fixed=" + std::string(std::size_t{8} << 20, '0'), 6, "more than 1024 fixed bytes");
    EXPECT_EQ(Trailer::parse("fixed=" + std::string(9000, '0')).error().kind, ErrorKind::too_large);
}

}  // namespace
}  // namespace sockdesk::codec
