#include "cli/numbers.hpp"

#include <cstdint>
#include <string>

#include <gtest/gtest.h>

namespace sockdesk::cli {
namespace {

using namespace std::chrono_literals;

TEST(Duration, is_a_number_and_a_unit) {
    const std::pair<const char*, std::chrono::nanoseconds> cases[] = {
        {"0", 0ns},        {"0s", 0ns},    {"250ns", 250ns},     {"100us", 100us},
        {"100µs", 100us},  {"5ms", 5ms},   {"1s", 1s},           {"1.5s", 1500ms},
        {"0.25ms", 250us}, {"2m", 2min},   {"2min", 2min},       {"1h", 1h},
        {"0.1h", 6min},    {"007ms", 7ms}, {"100000h", 100000h}, {"1.9999999999s", 1'999'999'999ns}};
    for (const auto& [text, expected] : cases) {
        const auto result = parse_duration(text);
        ASSERT_TRUE(result) << text << ": " << result.error().message;
        EXPECT_EQ(*result, expected) << text;
    }
}

TEST(Duration, refuses_everything_else_and_names_the_form) {
    for (const char* text :
         {"",    " ",     "5",    "s",    "ms", "-5s", "+5s",  "5 s",   "5parsecs", "1.s",
          ".5s", "1..5s", "1e3s", "0x5s", "5S", "١s",  "1,5s", "1s2ms", "inf",      "nan"}) {
        const auto result = parse_duration(text);
        ASSERT_FALSE(result) << text;
        EXPECT_NE(result.error().message.find("100us, 5ms, 1s or 2m"), std::string::npos)
            << result.error().message;
        EXPECT_NE(result.error().message.find("\"" + std::string(text) + "\""), std::string::npos);
    }
}

TEST(Duration, refuses_what_no_deadline_can_hold) {
    for (const char* text :
         {"100001h", "100000.5h", "18446744073709551615h", "99999999999999999999999s", "6000001m"}) {
        const auto result = parse_duration(text);
        ASSERT_FALSE(result) << text;
        EXPECT_EQ(result.error().kind, ErrorKind::too_large) << text;
    }
}

TEST(Count, lies_within_its_range) {
    EXPECT_EQ(parse_count("1", 1, 10), 1U);
    EXPECT_EQ(parse_count("10", 1, 10), 10U);
    EXPECT_EQ(parse_count("18446744073709551615", 1, UINT64_MAX), UINT64_MAX);
    for (const char* text : {"0", "11", "-1", "18446744073709551616", "99999999999999999999999999"}) {
        const auto result = parse_count(text, 1, 10);
        ASSERT_FALSE(result) << text;
        EXPECT_EQ(result.error().message, std::string(text) + " is out of range: 1 to 10 is meant");
    }
    for (const char* text : {"", "-", "1x", " 1", "1 ", "many", "1.5", "+1", "--1", "0x1"}) {
        const auto result = parse_count(text, 1, 10);
        ASSERT_FALSE(result) << text;
        EXPECT_EQ(result.error().message, "\"" + std::string(text) + "\" is not a whole number");
    }
}

TEST(Size, has_units_of_1024) {
    EXPECT_EQ(parse_size("1"), 1U);
    EXPECT_EQ(parse_size("64k"), 65'536U);
    EXPECT_EQ(parse_size("64K"), 65'536U);
    EXPECT_EQ(parse_size("16M"), std::size_t{16} << 20);
    EXPECT_EQ(parse_size("2G"), std::size_t{2} << 30);
    for (const char* text : {"", "0", "0k", "k", "-1", "1.5M", "1T", "1 k", "1kB", "18446744073709551615k",
                             "99999999999999999999"}) {
        EXPECT_FALSE(parse_size(text)) << text;
    }
}

TEST(Rate, IsReadInThousandthsOfASecondsCount) {
    EXPECT_EQ(parse_rate("200/s"), 200'000U);
    EXPECT_EQ(parse_rate("50k/s"), 50'000'000U);
    EXPECT_EQ(parse_rate("1.5M/s"), 1'500'000'000U);
    EXPECT_EQ(parse_rate("0.5/s"), 500U);
    EXPECT_EQ(parse_rate("1000M/s"), 1'000'000'000'000U);
    for (const char* wrong : {"", "/s", "50", "50k", "k/s", "-1/s", "0/s", "0.0001/s", "1e3/s", "1.k/s",
                              "5 /s", "5x/s", "1001M/s", "99999999999999999999/s", "1/m"}) {
        EXPECT_FALSE(parse_rate(wrong)) << wrong;
    }
}

}  // namespace
}  // namespace sockdesk::cli
