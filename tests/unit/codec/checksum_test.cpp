#include "codec/checksum.hpp"

#include <gmock/gmock.h>

#include <set>

#include "codec/trailer.hpp"
#include "codec_test.hpp"

namespace sockdesk::codec {
namespace {

using testing::HasSubstr;

Checksum checksum(std::string_view text) { return Checksum::parse(text).value(); }

std::uint64_t check_value(std::string_view text) { return checksum(text).of(bytes_of("123456789")); }

struct Known {
    std::string_view name;
    std::uint64_t check;
    std::string_view parameters;  ///< of a CRC: the same, in the words of the catalogue
};

constexpr Known known[] = {
    {"sum", 0xDD, ""},
    {"sum-negated", 0x23, ""},
    {"xor", 0x31, ""},
    {"lrc", 0x23, ""},
    {"crc8", 0xF4, "crc:width=8 poly=0x07 init=0x00 refin=false refout=false xorout=0x00 check=0xf4"},
    {"crc8-maxim", 0xA1, "crc:width=8 poly=0x31 init=0x00 refin=true refout=true xorout=0x00 check=0xa1"},
    {"crc16-modbus", 0x4B37,
     "crc:width=16 poly=0x8005 init=0xffff refin=true refout=true xorout=0x0000 check=0x4b37"},
    {"crc16-arc", 0xBB3D,
     "crc:width=16 poly=0x8005 init=0x0000 refin=true refout=true xorout=0x0000 check=0xbb3d"},
    {"crc16-ccitt-false", 0x29B1,
     "crc:width=16 poly=0x1021 init=0xffff refin=false refout=false xorout=0x0000 check=0x29b1"},
    {"crc16-xmodem", 0x31C3,
     "crc:width=16 poly=0x1021 init=0x0000 refin=false refout=false xorout=0x0000 check=0x31c3"},
    {"crc16-kermit", 0x2189,
     "crc:width=16 poly=0x1021 init=0x0000 refin=true refout=true xorout=0x0000 check=0x2189"},
    {"crc16-usb", 0xB4C8,
     "crc:width=16 poly=0x8005 init=0xffff refin=true refout=true xorout=0xffff check=0xb4c8"},
    {"crc32", 0xCBF43926,
     "crc:width=32 poly=0x04c11db7 init=0xffffffff refin=true refout=true xorout=0xffffffff "
     "check=0xcbf43926"},
    {"crc32c", 0xE3069283,
     "crc:width=32 poly=0x1edc6f41 init=0xffffffff refin=true refout=true xorout=0xffffffff "
     "check=0xe3069283"},
    {"adler32", 0x091E01DE, ""},
};

TEST(Checksum, has_the_check_values_of_the_catalogue) {
    std::set<std::string_view> names;
    for (const Known& one : known) {
        EXPECT_EQ(check_value(one.name), one.check) << one.name;
        names.insert(one.name);
    }
    for (const NamedChecksum& named : Checksum::named()) EXPECT_EQ(names.count(named.name), 1U) << named.name;
    EXPECT_EQ(Checksum::named().size(), names.size());
}

TEST(Checksum, by_name_and_by_parameters_is_the_same) {
    RandomStreams random(7);
    for (const Known& one : known) {
        if (one.parameters.empty()) continue;
        const Checksum named = checksum(one.name);
        const Checksum parametrised = checksum(one.parameters);
        EXPECT_EQ(named.size_bytes(), parametrised.size_bytes()) << one.name;
        EXPECT_EQ(named.is_usually_little_endian(), parametrised.is_usually_little_endian()) << one.name;
        for (std::size_t size = 0; size < 40; ++size) {
            const Bytes stream = random.garbage(size);
            EXPECT_EQ(named.of(stream), parametrised.of(stream)) << one.name;
        }
    }
}

TEST(Checksum, names_may_be_written_in_several_ways) {
    for (const char* name : {"crc16-modbus", "CRC16-MODBUS", "crc16_modbus", "Crc16/Modbus", "CRC-16/MODBUS",
                             "crc-16_modbus", "  crc16-modbus ", "\tcrc16-modbus\n"}) {
        EXPECT_EQ(checksum(name).to_string(), "crc16-modbus") << name;
    }
    for (const NamedChecksum& named : Checksum::named()) {
        EXPECT_EQ(checksum(named.name).to_string(), named.name);
        EXPECT_EQ(checksum(named.name).title(), named.title);
        EXPECT_EQ(checksum(named.name).size_bytes(), named.size_bytes);
        EXPECT_EQ(checksum(named.name).is_usually_little_endian(), named.little_endian);
    }
}

TEST(Checksum, sums_are_as_wide_as_one_says) {
    Checksum sum = checksum("sum");
    const Bytes stream(1000, 0xFF);
    EXPECT_EQ(sum.of(stream), 255'000U % 256);
    ASSERT_TRUE(sum.set_size_bytes(2));
    EXPECT_EQ(sum.size_bytes(), 2U);
    EXPECT_EQ(sum.of(stream), 255'000U % 65536);
    ASSERT_TRUE(sum.set_size_bytes(8));
    EXPECT_EQ(sum.of(stream), 255'000U);
    EXPECT_FALSE(sum.set_size_bytes(0));
    EXPECT_FALSE(sum.set_size_bytes(9));
    EXPECT_EQ(sum.size_bytes(), 8U);

    Checksum negated = checksum("sum-negated");
    for (std::size_t size = 1; size <= 8; ++size) {
        ASSERT_TRUE(sum.set_size_bytes(size) && negated.set_size_bytes(size));
        const std::uint64_t zero = sum.of(stream) + negated.of(stream);
        EXPECT_EQ(size == 8 ? zero : zero & ((std::uint64_t{1} << 8 * size) - 1), 0U) << size;
        EXPECT_EQ(sum.of({}), 0U);
        EXPECT_EQ(negated.of({}), 0U);
    }
}

TEST(Checksum, a_sum_does_not_run_over) {
    Checksum sum = checksum("sum");
    ASSERT_TRUE(sum.set_size_bytes(8));
    const Bytes stream(std::size_t{17} << 20, 0xFF);  // 4'545'576'960, beyond 32 bits
    EXPECT_EQ(sum.of(stream), stream.size() * 0xFF);
}

TEST(Checksum, a_wide_xor_goes_over_as_many_bytes) {
    Checksum exclusive_or = checksum("xor");
    ASSERT_TRUE(exclusive_or.set_size_bytes(2));
    EXPECT_EQ(exclusive_or.of(bytes("0102 0304")), 0x0206U);
    EXPECT_EQ(exclusive_or.of(bytes("0102 0304 05")), 0x0706U) << "the last one is 0500";
    ASSERT_TRUE(exclusive_or.set_size_bytes(3));
    EXPECT_EQ(exclusive_or.of(bytes("010203 040506")), 0x050705U);
    ASSERT_TRUE(exclusive_or.set_size_bytes(8));
    EXPECT_EQ(exclusive_or.of(bytes("FF")), 0xFF00000000000000U);
    EXPECT_EQ(exclusive_or.of({}), 0U);
}

TEST(Checksum, a_xor_of_any_width_and_length_is_what_one_byte_after_the_other_gives) {
    RandomStreams random(11);
    Checksum exclusive_or = checksum("xor");
    for (std::size_t size = 1; size <= 8; ++size) {
        ASSERT_TRUE(exclusive_or.set_size_bytes(size));
        for (std::size_t length = 0; length < 40; ++length) {
            const Bytes stream = random.garbage(length);
            std::uint64_t expected = 0;
            for (std::size_t i = 0; i < length; ++i) {
                expected ^= std::uint64_t{stream[i]} << 8 * (size - 1 - i % size);
            }
            EXPECT_EQ(exclusive_or.of(stream), expected) << size << " wide, " << length << " bytes";
        }
    }
}

TEST(Checksum, adler_is_right_beyond_the_piece_it_is_taken_in) {
    // zlib.adler32(b"\xff" * n)
    EXPECT_EQ(checksum("adler32").of({}), 1U);
    EXPECT_EQ(checksum("adler32").of(Bytes(5552, 0xFF)), 0xF18F9B8CU);
    EXPECT_EQ(checksum("adler32").of(Bytes(5553, 0xFF)), 0x8E299C8BU);
    EXPECT_EQ(checksum("adler32").of(Bytes(1'000'000, 0xFF)), 0x3843E1BEU);
}

TEST(Checksum, only_sums_have_another_width) {
    for (const NamedChecksum& named : Checksum::named()) {
        Checksum one = checksum(named.name);
        const bool sum = named.name == "sum" || named.name == "sum-negated" || named.name == "xor";
        EXPECT_EQ(one.has_own_size(), !sum) << named.name;
        EXPECT_EQ(one.set_size_bytes(3), sum) << named.name;
        EXPECT_EQ(one.size_bytes(), sum ? 3 : named.size_bytes) << named.name;
    }
    EXPECT_FALSE(checksum("crc:width=24,poly=0x864CFB").set_size_bytes(4));
}

TEST(Checksum, any_crc_by_its_parameters) {
    EXPECT_EQ(check_value("crc:width=24,poly=0x864cfb,init=0xb704ce"), 0x21CF02U);
    EXPECT_EQ(check_value("crc:width=5,poly=5,init=31,refin,refout,xorout=0x1F"), 0x19U);
    EXPECT_EQ(check_value("CRC: refout=1 , WIDTH = 12 , poly = 0X80F , refin=0"), 0xDAFU);
    EXPECT_EQ(check_value("crc:width=64,poly=0x42f0e1eba9ea3693,init=18446744073709551615,refin,refout,"
                          "xorout=0xFFFFFFFFFFFFFFFF"),
              0x995DC9BBDF1939FAU);
    EXPECT_EQ(checksum("crc:width=1,poly=1").size_bytes(), 1U);
    EXPECT_EQ(checksum("crc:width=9,poly=1").size_bytes(), 2U);
    EXPECT_EQ(checksum("crc:width=64,poly=1").size_bytes(), 8U);
    EXPECT_TRUE(checksum("crc:width=16,poly=1,refout").is_usually_little_endian());
    EXPECT_FALSE(checksum("crc:width=16,poly=1,refin").is_usually_little_endian());
    EXPECT_EQ(checksum("crc:width=24,poly=1").title(), "CRC-24");
}

TEST(Checksum, written_out_and_read_again_is_the_same) {
    std::mt19937_64 numbers(3);
    for (unsigned width = 1; width <= 64; ++width) {
        const std::uint64_t mask = ~std::uint64_t{0} >> (64 - width);
        std::string text =
            "crc:width=" + std::to_string(width) + ",poly=" + std::to_string((numbers() & mask) | 1);
        if (width % 2 == 0) text += ",init=" + std::to_string(numbers() & mask);
        if (width % 3 == 0) text += ",refin";
        if (width % 5 == 0) text += ",refout";
        if (width % 7 == 0) text += ",xorout=" + std::to_string(numbers() & mask);
        const Checksum one = checksum(text);
        const Checksum again = checksum(one.to_string());
        EXPECT_EQ(again.to_string(), one.to_string());
        EXPECT_EQ(again.of(bytes_of(text)), one.of(bytes_of(text))) << text;
    }
    EXPECT_EQ(checksum("crc:width=16,poly=32773,init=65535,refin=1,refout=true,xorout=0").to_string(),
              "crc:width=16,poly=0x8005,init=0xFFFF,refin,refout");
}

void expect_refused(std::string_view text, std::size_t position, std::string_view message) {
    const auto parsed = Checksum::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().position, position) << text << ": " << parsed.error().message;
    EXPECT_EQ(parsed.error().kind, ErrorKind::bad_input);
    EXPECT_THAT(parsed.error().message, HasSubstr(std::string(message))) << text;
}

TEST(Checksum, says_where_a_name_is_not_understood) {
    expect_refused("", 0, "name of a checksum is missing; known are sum, sum-negated, xor");
    expect_refused("   ", 3, "missing");
    expect_refused(",", 0, "nothing stands before");
    expect_refused("=", 0, "does not belong here");
    expect_refused(" crc99", 1, "there is no checksum \"crc99\"; known are sum");
    expect_refused("crc16", 0, "\"crc16\" is not one checksum but several: crc16-modbus, crc16-arc");
    expect_refused("crc", 0, "several: crc8,");
    expect_refused("sum,le", 4, "sum has no options");
    expect_refused("sum:le", 3, "sum has no parameters");
    expect_refused("sum,", 3, "nothing follows this comma");
    expect_refused("crc16-modbusle", 0, "there is no checksum");
    expect_refused("crc32\x1b[31m", 0, "\\x1B[31m");
    expect_refused(std::string_view("sum\0", 4), 0, "sum\\x00");
}

TEST(Checksum, says_where_a_parameter_is_not_understood) {
    expect_refused("crc:", 0,
                   "width is missing: a CRC by its parameters is written as in crc:width=16,poly=0x8005");
    expect_refused("crc:width=16", 0, "poly is missing");
    expect_refused("crc:poly=1", 0, "width is missing");
    expect_refused("crc:width=0,poly=1", 10, "1 to 64 bits");
    expect_refused("crc:width=65,poly=1", 10, "1 to 64 bits");
    expect_refused("crc:width=18446744073709551616,poly=1", 10, "too large");
    expect_refused("crc:width=-1,poly=1", 10, "\"-1\" is not a number");
    expect_refused("crc:width=,poly=1", 10, "\"width\" has no value");
    expect_refused("crc:width,poly=1", 4, "\"width\" has no value");
    expect_refused("crc:width=0x,poly=1", 10, "not a number");
    expect_refused("crc:width=1o,poly=1", 11, "\"1o\" is not a number");
    expect_refused("crc:width=16poly=0x8005", 12, "not a number");
    expect_refused("crc:width=16:poly=0x8005", 12, "not a number");
    expect_refused("crc:width=16,poly=0x80O5", 22, "\"0x80O5\" is not a number");
    expect_refused("crc:width=16,poly=0", 18, "polynomial of 0");
    expect_refused("crc:width=16,poly=0x18005", 18, "without its top bit: 0x8005");
    expect_refused("crc:width=16,poly=0x28005", 18, "does not fit in 16 bits");
    expect_refused("crc:width=3,poly=3,init=8", 24, "does not fit in 3 bits");
    expect_refused("crc:width=3,poly=3,xorout=0x1FFFFFFFFFFFFFFFF", 26, "too large");
    expect_refused("crc:width=3,poly=3,refin=2", 25, "\"refin\" is 0 or 1, not \"2\"");
    expect_refused("crc:width=3,poly=3,refin=", 25, "0 or 1");
    expect_refused("crc:width=3,poly=3,reflect", 19,
                   "there is no option \"reflect\" here; there are width, poly");
    expect_refused("crc:width=3,,poly=3", 12, "nothing stands before this comma");
    expect_refused("crc:,width=3,poly=3", 4, "nothing stands before this comma");
    expect_refused("crc:width=3,poly=3,", 18, "nothing follows this comma");
    expect_refused("crc:width=3,poly=3,=", 19, "\"=\" does not belong here");
    expect_refused("crc:width=3,poly=3,WIDTH=4", 19, "\"WIDTH\" is given twice");
    expect_refused("crc:width=16,poly=0x8005,check=0x4B37", 31,
                   "of \"123456789\" these parameters make 0xFEE8, not \"0x4B37\"");
}

TEST(Checksum, takes_a_line_of_the_catalogue_as_it_is) {
    const std::string line =
        "width=16 poly=0x8005 init=0xffff refin=true refout=true xorout=0x0000 check=0x4b37 residue=0x0000 "
        "name=\"CRC-16/MODBUS\"";
    for (const std::string& text : {line, "crc:" + line, "  " + line + "  "}) {
        const auto parsed = Checksum::parse(text);
        ASSERT_TRUE(parsed) << text << ": " << parsed.error().message;
        EXPECT_EQ(parsed->of(as_bytes("123456789")), 0x4B37u);
        EXPECT_EQ(parsed->to_string(), "crc:width=16,poly=0x8005,init=0xFFFF,refin,refout");
    }
    const auto trailer = Trailer::parse(line + " be from=1");
    ASSERT_TRUE(trailer) << trailer.error().message;
    EXPECT_EQ(trailer->to_string(), "crc:width=16,poly=0x8005,init=0xFFFF,refin,refout,be,from=1");
    expect_refused("width=16 poly=0x8005 check=0x4B37", 27,
                   "of \"123456789\" these parameters make 0xFEE8, not \"0x4B37\"");
    expect_refused("width=16 poly=0x8005 residue=0x10000", 29, "does not fit in 16 bits");
    expect_refused("width=16 poly=0x8005 colour=1", 21, "there is no option \"colour\"");
    expect_refused("poly=0x8005", 0, "width is missing");
    expect_refused("colour=1", 0, "the name of a checksum is missing");
}

TEST(Checksum, hostile_texts_are_only_refused) {
    std::string many = "crc:";
    for (int i = 0; i < 100'000; ++i) many += "k" + std::to_string(i) + ",";
    EXPECT_FALSE(Checksum::parse(many));
    const std::string long_name(std::size_t{4} << 20, 'x');
    const auto parsed = Checksum::parse(long_name);
    ASSERT_FALSE(parsed);
    EXPECT_LT(parsed.error().message.size(), 500U) << "a message is for a person";
    EXPECT_FALSE(Checksum::parse("crc:width=" + std::string(1'000'000, '9') + ",poly=1"));
    std::string wide;
    for (int i = 0; i < 100; ++i) wide += "中";
    EXPECT_THAT(Checksum::parse(wide).error().message, HasSubstr("中…\"")) << "cut between characters";
}

}  // namespace
}  // namespace sockdesk::codec
