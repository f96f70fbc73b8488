#include "codec/struct_format.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "codec_test.hpp"

namespace sockdesk::codec {
namespace {

using testing::HasSubstr;

StructFormat format(std::string_view text) { return StructFormat::parse(text).value(); }

std::string values(std::string_view text, std::string_view hex) {
    std::string joined;
    for (const StructField& field : format(text).unpack(bytes(hex)).fields) {
        if (!joined.empty()) joined += ' ';
        joined += struct_value_text(field);
    }
    return joined;
}

TEST(StructFormat, reads_the_example_of_the_documents) {
    const auto reading = format("!H8sb").unpack(bytes("1f90 68 65 6c 6c 6f 00 00 00 fe"));
    ASSERT_EQ(reading.fields.size(), 3U);
    EXPECT_EQ(std::get<std::uint64_t>(reading.fields[0].value), 8080U);
    EXPECT_EQ(std::get<Bytes>(reading.fields[1].value), bytes("68656c6c6f000000"));
    EXPECT_EQ(std::get<std::int64_t>(reading.fields[2].value), -2);
    EXPECT_EQ(reading.fields[1].begin, 2U);
    EXPECT_EQ(reading.fields[1].size, 8U);
    EXPECT_EQ(reading.fields[1].format_position, 2U) << "of the count";
    EXPECT_EQ(reading.missing, 0U);
    EXPECT_EQ(reading.rest, 11U);
    EXPECT_EQ(struct_value_text(reading.fields[1]), R"("hello\x00\x00\x00")");
}

TEST(StructFormat, aligns_in_native_order_alone) {
    EXPECT_EQ(format("bi").size(), 8U);
    EXPECT_EQ(format("@bq").size(), 16U);
    EXPECT_EQ(format("=bq").size(), 9U);
    EXPECT_EQ(format("<bl").size(), 5U);
    EXPECT_EQ(format("bl").size(), 16U);
    EXPECT_EQ(format("qb").size(), 9U) << "nothing behind the last";
    EXPECT_EQ(format("qb0q").size(), 16U) << "but for a count of 0";
    EXPECT_EQ(format(" b\n\ti ").size(), 8U);
    EXPECT_EQ(format("").size(), 0U);
    EXPECT_EQ(format("").value_count(), 0U);
    EXPECT_EQ(format("3x2s0H4B").value_count(), 5U);
    const auto reading = format("bi").unpack(bytes("01 ffffff 02000000"));
    EXPECT_EQ(reading.fields[1].begin, 4U);
    EXPECT_EQ(std::get<std::int64_t>(reading.fields[1].value), 2);
}

TEST(StructFormat, reads_every_code) {
    EXPECT_EQ(values("<?cbB", "01 41 ff ff"), R"(True "A" -1 255)");
    EXPECT_EQ(values(">hHiI", "8000 8000 80000000 80000000"), "-32768 32768 -2147483648 2147483648");
    EXPECT_EQ(values(">qQ", "ffffffffffffffff ffffffffffffffff"), "-1 18446744073709551615");
    EXPECT_EQ(values("nNP", "ffffffffffffffff ffffffffffffffff efbeadde00000000"),
              "-1 18446744073709551615 0xdeadbeef");
    EXPECT_EQ(values("<efd", "002e 9a991941 9a99999999990140"), "0.09375 9.6 2.2")
        << "as many digits as it takes";
    EXPECT_EQ(values(">e", "2e66"), "0.1");
    EXPECT_EQ(values(">eeee", "7c00 fc00 7e00 3c00"), "inf -inf nan 1.0");
    EXPECT_EQ(values("4p 3p 1p", "02 61 62 63 ff 61 62 05"), R"("ab" "ab" "")");
    EXPECT_EQ(values("0s0p", ""), R"("" "")");
    EXPECT_EQ(values("<2H", "0100 0200"), "1 2");
}

TEST(StructFormat, shows_what_fits_of_a_short_record) {
    auto reading = format("!HHI").unpack(bytes("0001 00"));
    ASSERT_EQ(reading.fields.size(), 1U);
    EXPECT_EQ(reading.missing, 5U);
    EXPECT_EQ(reading.rest, 2U);
    reading = format("!8s").unpack(bytes("0001"));
    EXPECT_TRUE(reading.fields.empty());
    EXPECT_EQ(reading.missing, 6U);
    EXPECT_EQ(reading.rest, 0U);
    reading = format("!4B").unpack(bytes("01 02 03"));
    EXPECT_EQ(reading.fields.size(), 3U);
    EXPECT_EQ(reading.missing, 1U);
    // A field behind one that is cut off is beyond the record, too.
    reading = format("!HIB").unpack(bytes("0001 0002"));
    EXPECT_EQ(reading.fields.size(), 1U);
    EXPECT_EQ(reading.missing, 3U);
}

TEST(StructFormat, tells_the_rest_of_a_long_record) {
    const auto reading = format("!H2x").unpack(bytes("0001 0000 0003"));
    EXPECT_EQ(reading.missing, 0U);
    EXPECT_EQ(reading.rest, 4U);
}

void expect_refused(std::string_view text, std::size_t position, const std::string& message,
                    ErrorKind kind = ErrorKind::bad_input) {
    const auto parsed = StructFormat::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().position, position) << text;
    EXPECT_EQ(parsed.error().kind, kind) << text;
    EXPECT_THAT(parsed.error().message, HasSubstr(message)) << text;
}

TEST(StructFormat, marks_what_it_does_not_understand) {
    expect_refused("!Hz", 2, "\"z\" is no format code");
    expect_refused("H!", 1, "byte order \"!\" may only stand at the very beginning");
    expect_refused(" <H", 1, "byte order");
    expect_refused("<n", 1, "\"n\" has a size of its own");
    expect_refused("=3P", 2, "\"P\" has a size of its own");
    expect_refused("H12", 1, "no code after it");
    expect_refused("2 H", 1, "no blank");
    expect_refused("H你", 1, "\"你\"");
    expect_refused("H\xff", 1, "byte FF");
    expect_refused(std::string_view("H\0", 2), 1, "\\x00");
    expect_refused("H-1s", 1, "\"-\"");
}

TEST(StructFormat, hostile_counts_allocate_nothing) {
    for (const char* text : {"H999999999999s", "H99999999999999999999999999999999999999999999Q", "H16777215s",
                             "H18446744073709551615x", "H18446744073709551617B", "H9223372036854775807H",
                             "H2305843009213693952d"}) {
        expect_refused(text, 1, "16 MiB", ErrorKind::too_large);
    }
    EXPECT_EQ(format("16777216s").size(), StructFormat::max_size);
    expect_refused("16777216sB", 9, "16 MiB", ErrorKind::too_large);
    // A huge count costs what the record holds, not what the count says.
    EXPECT_EQ(format("16777216B").unpack(bytes("01 02")).fields.size(), 2U);
    // What takes no bytes, and the code behind it, still has a place.
    EXPECT_EQ(format("00000000000000000000000000000000001B").size(), 1U);
}

Result<Bytes> pack(std::string_view text, const std::vector<StructValue>& values) {
    return format(text).pack(values);
}
StructValue integer(std::int64_t value) { return value; }
StructValue large(std::uint64_t value) { return value; }

TEST(StructPack, writes_what_unpack_reads) {
    EXPECT_EQ(pack("!H8sb", {integer(8080), bytes_of("hello"), integer(-2)}),
              bytes("1f90 68656c6c6f000000 fe"));
    EXPECT_EQ(pack("bi", {integer(1), integer(2)}), bytes("01000000 02000000"));
    EXPECT_EQ(pack("<efd", {0.1, 9.6, integer(1)}), bytes("662e 9a991941 000000000000f03f"));
    EXPECT_EQ(pack("?????", {0.0, bytes(""), bytes("00"), true, integer(7)}), bytes("00 00 01 01 01"));
    EXPECT_EQ(pack("3s3s", {bytes_of("abcd"), bytes_of("a")}), bytes("616263 610000"));
    EXPECT_EQ(pack("3p3p1p0p", {bytes_of("abcd"), bytes_of("a"), bytes_of("a"), bytes_of("a")}),
              bytes("026162 016100 00"));
    EXPECT_EQ(pack("Qq", {large(std::numeric_limits<std::uint64_t>::max()), integer(-1)}),
              bytes("ffffffffffffffff ffffffffffffffff"));
    EXPECT_EQ(pack("!B2xB", {true, integer(2)}), bytes("01 0000 02"));
    EXPECT_EQ(pack("", {}), Bytes{});
}

TEST(StructPack, long_pascal_strings_are_as_in_python) {
    const auto packed = pack("300p", {Bytes(400, 'x')});
    ASSERT_TRUE(packed);
    ASSERT_EQ(packed->size(), 300U);
    EXPECT_EQ(packed->front(), 255U);
    EXPECT_EQ(packed->back(), 'x');
}

TEST(StructPack, refuses_what_does_not_fit) {
    const auto refusal = [](std::string_view text, const std::vector<StructValue>& values) {
        const auto packed = pack(text, values);
        return packed ? std::string("packed") : packed.error().message;
    };
    EXPECT_EQ(refusal("!H", {integer(65536)}), "value 1 for \"H\": 65536 is out of its range, 0 to 65535");
    EXPECT_EQ(refusal("!H", {integer(-1)}), "value 1 for \"H\": -1 is out of its range, 0 to 65535");
    EXPECT_EQ(refusal("!b", {integer(-129)}), "value 1 for \"b\": -129 is out of its range, -128 to 127");
    EXPECT_THAT(refusal("!q", {large(std::uint64_t{1} << 63)}),
                HasSubstr("9223372036854775808 is out of its range"));
    EXPECT_EQ(refusal("!BB", {integer(1)}), "the format takes 2 values, and there are 1");
    EXPECT_EQ(refusal("!H", {1.0}), "value 1 for \"H\": an integer is needed");
    EXPECT_EQ(refusal("!H", {bytes("00")}), "value 1 for \"H\": an integer is needed");
    EXPECT_EQ(refusal("!d", {bytes("00")}), "value 1 for \"d\": a number is needed");
    EXPECT_EQ(refusal("!4s", {integer(1)}), "value 1 for \"s\": bytes are needed");
    EXPECT_EQ(refusal("!c", {bytes_of("ab")}), "value 1 for \"c\": one byte is needed, and there are 2");
    EXPECT_THAT(refusal("!e", {65520.0}), HasSubstr("larger than its largest number, 65504"));
    EXPECT_THAT(refusal("!f", {1e39}), HasSubstr("larger than its largest number, 3.40"));
    EXPECT_THAT(refusal("f", {-1e39}), HasSubstr("larger than its largest number"));
    const auto packed = pack("!B 2H", {integer(1), integer(2), integer(-3)});
    EXPECT_EQ(packed.error().position, 3U);
}

TEST(Half, is_exact_for_every_half) {
    for (unsigned bits = 0; bits <= 0xFFFF; ++bits) {
        const double value = half_to_double(static_cast<std::uint16_t>(bits));
        if (std::isnan(value)) continue;
        ASSERT_EQ(double_to_half(value), bits);
        const double read_back = std::strtod(half_text(value).c_str(), nullptr);
        ASSERT_EQ(double_to_half(read_back), bits) << half_text(value);
        // Halfway to the next one it is the even one's.
        if ((bits & 0x7FFF) >= 0x7BFF) continue;
        const double next = half_to_double(static_cast<std::uint16_t>(bits + 1));
        const double middle = (value + next) / 2;
        ASSERT_EQ(double_to_half(middle), bits % 2 == 0 ? bits : bits + 1);
        ASSERT_EQ(double_to_half(std::nextafter(middle, value)), bits);
        ASSERT_EQ(double_to_half(std::nextafter(middle, next)), bits + 1);
    }
    EXPECT_EQ(double_to_half(65519.999), 0x7BFF);
    EXPECT_EQ(double_to_half(65520), std::nullopt);
    EXPECT_EQ(double_to_half(-1e300), std::nullopt);
    EXPECT_EQ(double_to_half(5e-324), 0);
    EXPECT_EQ(double_to_half(-0.0), 0x8000);
}

TEST(Half, of_a_float_beyond_the_largest) {
    EXPECT_EQ(double_to_float(0x1.fffffep127), std::numeric_limits<float>::max());
    EXPECT_EQ(double_to_float(-0x1.fffffefp127), -std::numeric_limits<float>::max());
    EXPECT_EQ(double_to_float(0x1.ffffffp127), std::nullopt);
    EXPECT_EQ(double_to_float(std::numeric_limits<double>::infinity()),
              std::numeric_limits<float>::infinity());
}

TEST(ByteNumbers, of_every_width) {
    EXPECT_EQ(read_unsigned(bytes("01 02 03"), ByteOrder::big), 0x010203U);
    EXPECT_EQ(read_unsigned(bytes("01 02 03"), ByteOrder::little), 0x030201U);
    EXPECT_EQ(read_signed(bytes("ff ff fe"), ByteOrder::big), -2);
    EXPECT_EQ(read_signed(bytes("80"), ByteOrder::big), -128);
    EXPECT_EQ(read_signed(bytes("8000000000000000"), ByteOrder::big),
              std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(read_unsigned({}, ByteOrder::big), 0U);
    EXPECT_EQ(read_signed({}, ByteOrder::little), 0);
}

}  // namespace
}  // namespace sockdesk::codec
