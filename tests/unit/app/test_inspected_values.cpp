// What selected bytes may mean. Expected values are written by hand or come from Python's struct, time and ipaddress.
#include <algorithm>

#include <gmock/gmock.h>

#include "app/inspected_values.hpp"
#include "app/translation.hpp"
#include "log_text_support.hpp"

namespace sockdesk::app {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

using Rows = std::vector<InspectedValue>;

Bytes numbers(std::initializer_list<int> list) {
    Bytes bytes;
    for (const int number : list) bytes.push_back(static_cast<std::uint8_t>(number));
    return bytes;
}

const InspectedValue* find(const Rows& rows, std::string_view name) {
    const auto found = std::ranges::find(rows, name, &InspectedValue::name);
    return found == rows.end() ? nullptr : &*found;
}

/// "little | big", or the only reading; "-" where there is no such row.
std::string row(const Rows& rows, std::string_view name) {
    const InspectedValue* found = find(rows, name);
    if (found == nullptr) return "-";
    return found->has_orders ? found->little + " | " + found->big : found->little;
}

Rows whole(const Bytes& bytes) { return inspect(bytes, {0, bytes.size()}, {}); }

class InspectedValues : public InChina {
protected:
    InspectedValues() { set_language(Language::english); }
};

TEST_F(InspectedValues, IntegersOfEachWidthAndOrder) {
    const Rows rows = whole(numbers({0x80, 0x01, 0x02, 0xFF, 0, 0, 0, 0xFE}));
    EXPECT_EQ(row(rows, "uint8"), "128");
    EXPECT_EQ(row(rows, "int8"), "-128");
    EXPECT_EQ(row(rows, "uint16"), "384 | 32769");
    EXPECT_EQ(row(rows, "int16"), "384 | -32767");
    EXPECT_EQ(row(rows, "uint24"), "131456 | 8388866");
    EXPECT_EQ(row(rows, "int24"), "131456 | -8388350");
    EXPECT_EQ(row(rows, "uint32"), "4278321536 | 2147549951");
    EXPECT_EQ(row(rows, "int32"), "-16645760 | -2147417345");
    EXPECT_EQ(row(rows, "uint64"), "18302628889912017280 | 9223656806071402750");
    EXPECT_EQ(row(rows, "int64"), "-144115183797534336 | -9223087267638148866");
    EXPECT_EQ(row(rows, "Binary 8"), "1000 0000");
    EXPECT_EQ(row(rows, "Binary 16"), "0000 0001 1000 0000 | 1000 0000 0000 0001");
    EXPECT_EQ(row(rows, "Octal 8"), "0o200");
    EXPECT_EQ(row(rows, "Octal 16"), "0o600 | 0o100001");
    EXPECT_EQ(row(rows, "uint40"), "-") << "only for a selection of five bytes";
}

TEST_F(InspectedValues, FloatsOfEachWidthAndOrder) {
    EXPECT_EQ(row(whole(numbers({0x00, 0x3C})), "float16"), "1.0 | 3.6e-06");
    EXPECT_EQ(row(whole(numbers({0x41, 0x19, 0x99, 0x9A})), "float32"), "-6.3320117e-23 | 9.6");
    EXPECT_EQ(row(whole(numbers({0x40, 0x09, 0x21, 0xFB, 0x54, 0x44, 0x2D, 0x18})), "float64"),
              "3.207375630676366e-192 | 3.141592653589793");
}

TEST_F(InspectedValues, TheSelectionLimitsTheWidthAndOneByteIsAPlace) {
    const Bytes bytes = numbers({1, 2, 3, 4, 5, 6, 7, 8, 9});
    Rows rows = inspect(bytes, {1, 2}, {});
    EXPECT_EQ(row(rows, "uint8"), "2");
    EXPECT_EQ(row(rows, "uint64"), "650777868590383874 | 144964032628459529");
    rows = inspect(bytes, {1, 4}, {});
    EXPECT_EQ(row(rows, "uint24"), "262914 | 131844");
    EXPECT_EQ(row(rows, "uint32"), "-");
    rows = inspect(bytes, {0, 5}, {});
    EXPECT_EQ(row(rows, "uint40"), "21542142465 | 4328719365");
    rows = inspect(bytes, {7, 8}, {});
    EXPECT_EQ(row(rows, "uint16"), "2312 | 2057");
    EXPECT_EQ(row(rows, "uint24"), "-") << "the payload ends";
    EXPECT_THAT(inspect(bytes, {0, 0}, {}), SizeIs(0));
    EXPECT_THAT(inspect({}, {0, 4}, {}), SizeIs(0));
    EXPECT_EQ(row(inspect(bytes, {8, 100}, {}), "uint8"), "9");
}

Bytes big(std::uint64_t value, std::size_t size) {
    Bytes bytes(size);
    codec::write_number(value, bytes.data(), size, codec::ByteOrder::big);
    return bytes;
}
Bytes little(std::uint64_t value, std::size_t size) {
    Bytes bytes(size);
    codec::write_number(value, bytes.data(), size, codec::ByteOrder::little);
    return bytes;
}

TEST_F(InspectedValues, TimeStamps) {
    // 2026-11-21 02:00:00 UTC
    EXPECT_THAT(row(whole(big(1'795'226'400, 4)), "Unix time, s (32 bit)"),
                HasSubstr("| 2026-11-21 10:00:00"));
    EXPECT_THAT(row(whole(little(1'795'226'400, 4)), "Unix time, s (32 bit)"),
                HasSubstr("2026-11-21 10:00:00 |"));
    EXPECT_EQ(row(whole(big(1'795'226'400, 8)), "Unix time, s"), " | 2026-11-21 10:00:00");
    EXPECT_EQ(row(whole(big(1'795'226'400'123, 8)), "Unix time, ms"), " | 2026-11-21 10:00:00.123");
    EXPECT_EQ(row(whole(little(1'795'226'400'123'456, 8)), "Unix time, µs"), "2026-11-21 10:00:00.123456 | ");
    EXPECT_THAT(row(whole(big(1'795'226'400'123'456'789, 8)), "Unix time, ns"),
                testing::EndsWith(" | 2026-11-21 10:00:00.123456789"));
    EXPECT_THAT(
        row(whole(big((std::uint64_t{1'795'226'400} + 2'208'988'800) << 32 | 0x80000000U, 8)), "NTP time"),
        HasSubstr("| 2026-11-21 10:00:00.500000000"));
    EXPECT_THAT(row(whole(big(std::uint64_t{86'400} << 32, 8)), "NTP time"),
                HasSubstr("| 2036-02-08 14:28:16.000000000"))
        << "the second era";
    EXPECT_EQ(row(whole(little(134'397'000'001'234'567, 8)), "Windows FILETIME"),
              "2026-11-21 10:00:00.1234567 | ");
    // 21 November 2026, 10:00:58 in FAT: (46 << 9 | 11 << 5 | 21) << 16 | 10 << 11 | 29
    EXPECT_THAT(
        row(whole(little((46U << 9 | 11U << 5 | 21U) << 16 | 10U << 11 | 29U, 4)), "DOS date and time"),
        HasSubstr("2026-11-21 10:00:58 |"));
}

TEST_F(InspectedValues, ImplausibleTimesAreNotShown) {
    const auto times = [](const Bytes& bytes) {
        std::vector<std::string> names;
        for (const InspectedValue& value : whole(bytes)) {
            if (value.group == ValueGroup::time) names.push_back(value.name);
        }
        return names;
    };
    EXPECT_THAT(times(Bytes(8, 0xFF)), testing::UnorderedElementsAre("Unix time, s (32 bit)", "NTP time"));
    EXPECT_THAT(times(Bytes(3, 1)), SizeIs(0));
    // The last second of 2200 and the first of 2201, in the same width.
    EXPECT_THAT(times(big(7'289'654'399, 8)), Contains("Unix time, s"));
    EXPECT_THAT(times(big(7'289'654'400, 8)), Not(Contains("Unix time, s")));
    EXPECT_THAT(times(big(116'444'735'999'999'999, 8)), Not(Contains("Windows FILETIME")))
        << "the end of 1969";
    EXPECT_THAT(times(big(116'444'736'000'000'000, 8)), Contains("Windows FILETIME"));
    // 31 November, 25 o'clock, month 0: none in either order.
    for (const std::uint32_t wrong :
         {(46U << 9 | 11U << 5 | 31U) << 16 | 0xBFU << 8 | 0xBFU,
          (46U << 9 | 11U << 5 | 21U) << 16 | 25U << 11, (46U << 9 | 0U << 5 | 21U) << 16}) {
        const Rows rows = whole(little(wrong, 4));
        const InspectedValue* dos = find(rows, "DOS date and time");
        EXPECT_TRUE(dos == nullptr || dos->little.empty()) << wrong;
    }
}

TEST_F(InspectedValues, AddressesOfExactlyTheirWidth) {
    EXPECT_EQ(row(whole(numbers({192, 168, 0, 7})), "IPv4"), "7.0.168.192 | 192.168.0.7");
    EXPECT_EQ(row(whole(numbers({0x00, 0x1A, 0x2B, 0x3C, 0x4D, 0xFF})), "MAC"), "00:1a:2b:3c:4d:ff");
    Bytes six(16);
    six[0] = 0x20;
    six[1] = 0x01;
    six[2] = 0x0d;
    six[3] = 0xb8;
    six[15] = 1;
    EXPECT_EQ(row(whole(six), "IPv6"), "2001:db8::1");
    EXPECT_EQ(row(inspect(six, {0, 5}, {}), "IPv4"), "-");
    EXPECT_EQ(row(inspect(six, {0, 1}, {}), "IPv4"), "-");
}

std::vector<std::string> texts(const Rows& rows) {
    std::vector<std::string> lines;
    for (const InspectedValue& value : rows) {
        if (value.group == ValueGroup::text)
            lines.push_back(value.name + ": " + value.little + (value.certain ? "" : " ?"));
    }
    return lines;
}

TEST_F(InspectedValues, TextInEachCommonEncoding) {
    const Bytes gbk = numbers({0xC4, 0xE3, 0xBA, 0xC3});
    const auto lines = texts(inspect(gbk, {0, 4}, codec::Encoding::utf8()));
    ASSERT_FALSE(lines.empty());
    EXPECT_EQ(lines.front(), "utf-8, ascii: \\xC4\\xE3\\xBA\\xC3 ?")
        << "the person's own goes first, whatever it says";
    EXPECT_THAT(lines, Contains("gbk, gb18030, gb2312: 你好"));
    EXPECT_THAT(lines, Contains("windows-1252: ÄãºÃ").Times(0)) << "it says what iso-8859-1 says";
    EXPECT_THAT(lines, Contains(HasSubstr("iso-8859-1, ")));
    EXPECT_THAT(lines, Contains("utf-16le: \uE3C4쎺 ?").Times(0));
    // What can be goes before what cannot.
    const auto doubtful =
        std::ranges::find_if(lines.begin() + 1, lines.end(), [](const auto& l) { return l.ends_with("?"); });
    EXPECT_TRUE(std::all_of(doubtful, lines.end(), [](const auto& l) { return l.ends_with("?"); }));
    // Every common encoding is in one row and in no other.
    for (const std::string_view name : codec::common_encodings()) {
        EXPECT_EQ(
            std::ranges::count_if(lines,
                                  [&](const std::string& line) {
                                      const std::string names = ", " + line.substr(0, line.find(':')) + ",";
                                      return names.find(", " + std::string(name) + ",") != std::string::npos;
                                  }),
            1)
            << name;
    }
}

TEST_F(InspectedValues, TextOfAsciiTakesOneRowForAllThatAgree) {
    const Bytes plain = numbers({'a', '\\', 'x', '4', '1', 0, '\n'});
    const auto lines = texts(whole(plain));
    EXPECT_THAT(lines.front(), testing::EndsWith("koi8-r, ascii: a\\x41\\x00\\x0A"));
    EXPECT_LE(lines.size(), 3U) << "the others are UTF-16";
}

TEST_F(InspectedValues, LongTextIsCutAndCopiedWhole) {
    Bytes payload;
    for (int i = 0; i < 20'000; ++i) payload.insert(payload.end(), {0xE4, 0xBD, 0xA0});
    const Rows rows = whole(payload);
    const auto text = std::ranges::find(rows, ValueGroup::text, &InspectedValue::group);
    ASSERT_NE(text, rows.end());
    EXPECT_TRUE(text->certain) << "a character cut by the limit is no fault of the text";
    EXPECT_THAT(text->little, testing::EndsWith("你…"));
    EXPECT_LT(text->little.size(), max_inspected_text + 8);
    EXPECT_EQ(whole_text(*text->encoding, payload).size(), 60'000U);
}

}  // namespace
}  // namespace sockdesk::app
