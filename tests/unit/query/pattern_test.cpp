#include "query/pattern.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sockdesk::query {

std::ostream& operator<<(std::ostream& out, const Match& match) {
    return out << '[' << match.begin << ',' << match.end << ')';
}

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

std::vector<Match> all(const Pattern& pattern, ByteView bytes) {
    std::vector<Match> result;
    std::size_t from = 0;
    while (const auto match = pattern.find(bytes, from)) {
        EXPECT_GE(match->begin, from);
        EXPECT_GT(match->end, match->begin);
        EXPECT_LE(match->end, bytes.size());
        if (match->begin < from || match->end <= match->begin) break;
        result.push_back(*match);
        from = match->end;
    }
    return result;
}

std::vector<Match> all(const Pattern& pattern, std::string_view text) { return all(pattern, as_bytes(text)); }

Pattern literal(std::string_view text, LetterCase letter_case = LetterCase::exact) {
    return *Pattern::literal(bytes_of(text), letter_case);
}

Pattern regex(std::string_view text, LetterCase letter_case = LetterCase::exact) {
    const auto pattern = Pattern::regex(text, letter_case);
    EXPECT_TRUE(pattern) << text << ": " << pattern.error().message;
    return *pattern;
}

// ---- literals

TEST(PatternLiteral, finds_every_place_without_overlap) {
    EXPECT_THAT(all(literal("ab"), "ab xab ba abab"),
                ElementsAre(Match{0, 2}, Match{4, 6}, Match{10, 12}, Match{12, 14}));
    EXPECT_THAT(all(literal("aa"), "aaaaa"), ElementsAre(Match{0, 2}, Match{2, 4}));
    EXPECT_THAT(all(literal("ab"), "AB"), IsEmpty());
    EXPECT_THAT(all(literal("abc"), "ab"), IsEmpty());
    EXPECT_THAT(all(literal("abc"), ""), IsEmpty());
}

TEST(PatternLiteral, begins_no_earlier_than_asked) {
    const Pattern pattern = literal("ab");
    EXPECT_EQ(pattern.find(as_bytes("abab"), 1), (Match{2, 4}));
    EXPECT_EQ(pattern.find(as_bytes("abab"), 2), (Match{2, 4}));
    EXPECT_EQ(pattern.find(as_bytes("abab"), 3), std::nullopt);
    EXPECT_EQ(pattern.find(as_bytes("abab"), 4), std::nullopt);
    EXPECT_EQ(pattern.find(as_bytes("abab"), 400), std::nullopt);
}

TEST(PatternLiteral, ignores_the_case_of_ascii_letters_alone) {
    EXPECT_THAT(all(literal("hElLo", LetterCase::ignored), "HELLO hello HeLlO"),
                ElementsAre(Match{0, 5}, Match{6, 11}, Match{12, 17}));
    // These differ from letters of ours in just the bit that tells upper case from lower.
    EXPECT_THAT(all(literal("[", LetterCase::ignored), "{"), IsEmpty());
    EXPECT_THAT(all(literal("@", LetterCase::ignored), "`"), IsEmpty());
    EXPECT_THAT(all(literal("1", LetterCase::ignored), "\x11"), IsEmpty());
    EXPECT_THAT(all(literal("\xC3\xA9", LetterCase::ignored), "\xC3\x89"), IsEmpty());
}

TEST(PatternLiteral, refuses_what_is_empty_or_too_long) {
    EXPECT_EQ(Pattern::literal({}).error().kind, ErrorKind::bad_input);
    EXPECT_TRUE(Pattern::literal(Bytes(4096, 1)));
    EXPECT_EQ(Pattern::literal(Bytes(4097, 1)).error().kind, ErrorKind::too_large);
}

TEST(PatternLiteral, tells_its_bytes) {
    const Pattern pattern = literal("AbC", LetterCase::ignored);
    ASSERT_TRUE(pattern.literal_bytes());
    EXPECT_EQ(as_chars(*pattern.literal_bytes()), "AbC");
    EXPECT_EQ(pattern.longest_match(), 3U);
    EXPECT_FALSE(pattern.is_regex());
}

/// What a literal, with or without regard to case, means.
std::optional<std::size_t> plain_find(ByteView bytes, std::size_t from, ByteView value, bool ignores_case) {
    const auto same = [&](std::uint8_t a, std::uint8_t b) {
        if (a == b) return true;
        const int lower = a | 0x20;
        return ignores_case && lower == (b | 0x20) && lower >= 'a' && lower <= 'z';
    };
    if (from > bytes.size()) return std::nullopt;
    const auto found = std::search(bytes.begin() + static_cast<std::ptrdiff_t>(from), bytes.end(),
                                   value.begin(), value.end(), same);
    if (found == bytes.end()) return std::nullopt;
    return static_cast<std::size_t>(found - bytes.begin());
}

TEST(PatternLiteral, finds_what_a_plain_search_finds_at_every_length_and_place) {
    std::mt19937 random(2);
    for (int round = 0; round < 20'000; ++round) {
        // Few different bytes, so that there is much that nearly matches.
        const std::size_t letters = 1 + random() % 3;
        const auto some = [&](std::size_t size) {
            Bytes bytes(size);
            for (auto& byte : bytes) {
                byte = static_cast<std::uint8_t>("aAbBcC"[random() % (2 * letters)]);
            }
            return bytes;
        };
        // Of the size that was allocated, so that a look beyond the end is seen by the address sanitizer.
        const Bytes bytes = some(random() % 150);
        const Bytes value = some(1 + random() % (random() % 10 == 0 ? 40 : 6));
        const bool ignores_case = random() % 2 == 0;
        const auto pattern = *Pattern::literal(value, ignores_case ? LetterCase::ignored : LetterCase::exact);
        const std::size_t from = random() % 20;
        const auto expected = plain_find(bytes, from, value, ignores_case);
        const auto found = pattern.find(bytes, from);
        ASSERT_EQ(found.has_value(), expected.has_value()) << as_chars(value) << " in " << as_chars(bytes);
        if (found) {
            ASSERT_EQ(found->begin, *expected) << as_chars(value) << " in " << as_chars(bytes);
        }
    }
}

TEST(PatternLiteral, finds_the_end_of_data_that_nearly_matches_everywhere) {
    // Each place looks right but for a byte in the middle, which is as common as the others. With an exact text this must
    // not cost the product of both lengths; with wildcards it may, so they have less to go through.
    Bytes value(4096, 'a');
    value[2000] = 'e';
    for (const LetterCase letter_case : {LetterCase::exact, LetterCase::ignored}) {
        const std::size_t size =
            letter_case == LetterCase::exact ? std::size_t{32} << 20U : std::size_t{64} << 10U;
        Bytes bytes(size, 'a');
        std::copy(value.begin(), value.end(), bytes.end() - 4096);
        const auto match = Pattern::literal(value, letter_case)->find(bytes);
        ASSERT_TRUE(match);
        EXPECT_EQ(match->end, bytes.size());
        EXPECT_EQ(match->begin, bytes.size() - 4096);
    }
}

TEST(PatternLiteral, knows_what_may_go_on) {
    const Pattern pattern = literal("abab");
    EXPECT_EQ(pattern.unfinished(as_bytes("xx")), 0U);
    EXPECT_EQ(pattern.unfinished(as_bytes("xa")), 1U);
    EXPECT_EQ(pattern.unfinished(as_bytes("xaba")), 3U);
    EXPECT_EQ(pattern.unfinished(as_bytes("ab")), 2U);
    EXPECT_EQ(pattern.unfinished(as_bytes("abab")), 2U);
    EXPECT_EQ(pattern.unfinished({}), 0U);
    EXPECT_EQ(literal("a").unfinished(as_bytes("aaa")), 0U);
    EXPECT_EQ(literal("AB", LetterCase::ignored).unfinished(as_bytes("xa")), 1U);
    EXPECT_EQ(Pattern::hex("?? 41 41")->unfinished(as_bytes("xyA")), 2U);
}

// ---- hex

TEST(PatternHex, takes_wildcards_for_digits_and_bytes) {
    EXPECT_THAT(all(*Pattern::hex("48 ?? 6C"), "Hello H.l H.L"), ElementsAre(Match{0, 3}, Match{6, 9}));
    EXPECT_THAT(all(*Pattern::hex("4? 65"), "He\x4F\x65 \x5F\x65"), ElementsAre(Match{0, 2}, Match{2, 4}));
    EXPECT_THAT(all(*Pattern::hex("?8"), "Hx\x19"), ElementsAre(Match{0, 1}, Match{1, 2}));
    EXPECT_THAT(all(*Pattern::hex("????"), "abcde"), ElementsAre(Match{0, 2}, Match{2, 4}));
}

TEST(PatternHex, is_written_as_in_the_send_box) {
    for (const char* text : {"48656c", "48 65 6C", "0x48,0x65,0x6C", "48:65:6c", "48-65-6C",
                             "\\x48\\x65\\x6c", " 48\t65\n6c ", "0X48656C"}) {
        const auto pattern = Pattern::hex(text);
        ASSERT_TRUE(pattern) << text << ": " << pattern.error().message;
        EXPECT_THAT(all(*pattern, "Hel"), ElementsAre(Match{0, 3})) << text;
        ASSERT_TRUE(pattern->literal_bytes());
        EXPECT_EQ(as_chars(*pattern->literal_bytes()), "Hel");
    }
    EXPECT_FALSE(Pattern::hex("48 ??")->literal_bytes());
}

struct BadText {
    const char* text;
    std::size_t position;
    const char* message;
};

TEST(PatternHex, marks_what_it_does_not_understand) {
    for (const BadText& bad : std::vector<BadText>{
             {"", 0, "no bytes"},
             {"   ", 0, "no bytes"},
             {"48 6", 3, "second one"},
             {"48 6 65", 3, "second one"},
             {"48 ? 65", 3, "second one"},
             {"48 xy", 3, "\"x\" is neither"},
             {"4x", 1, "\"x\" is neither"},
             {"48 0x", 3, "no digits"},
             {":48", 0, "between two bytes"},
             {"48:", 2, "between two bytes"},
             {"48 \xE4\xBD\xA0", 3, "\"\xE4\xBD\xA0\" is neither"},
             {"48 \x01", 3, "byte 01"},
         }) {
        const auto pattern = Pattern::hex(bad.text);
        ASSERT_FALSE(pattern) << bad.text;
        EXPECT_EQ(pattern.error().position, bad.position) << bad.text;
        EXPECT_THAT(pattern.error().message, HasSubstr(bad.message)) << bad.text;
    }
}

// ---- regular expressions

TEST(PatternRegex, is_about_bytes) {
    EXPECT_THAT(all(regex("h.llo"), "hello hallo h\nllo h\xFFllo"),
                ElementsAre(Match{0, 5}, Match{6, 11}, Match{18, 23}));
    EXPECT_THAT(all(regex("\\xFF\\x00+"), std::string_view("a\xFF\0\0b", 5)), ElementsAre(Match{1, 4}));
    EXPECT_THAT(all(regex("[\\x80-\\xFF]+"), "a\xE4\xBD\xA0z"), ElementsAre(Match{1, 4}));
    EXPECT_THAT(all(regex("\xE4\xBD\xA0"), "a\xE4\xBD\xA0z"), ElementsAre(Match{1, 4}));
    EXPECT_TRUE(regex("a").is_regex());
    EXPECT_FALSE(regex("a").literal_bytes());
}

TEST(PatternRegex, ignores_the_case_of_ascii_letters_alone) {
    EXPECT_THAT(all(regex("hello\\d", LetterCase::ignored), "HELLO1"), ElementsAre(Match{0, 6}));
    EXPECT_THAT(all(regex("hello"), "HELLO"), IsEmpty());
    // E9 and C9 are letters of Latin-1, but halves of characters elsewhere.
    EXPECT_THAT(all(regex("x\xE9+", LetterCase::ignored), "X\xE9 x\xC9"), ElementsAre(Match{0, 2}));
    EXPECT_THAT(all(regex("[^\xE9]\\]", LetterCase::ignored), "a] b"), ElementsAre(Match{0, 2}));
}

TEST(PatternRegex, finds_ends_of_lines_and_words) {
    EXPECT_THAT(all(regex("^a"), "a\na ba"), ElementsAre(Match{0, 1}, Match{2, 3}));
    EXPECT_THAT(all(regex("a$"), "a\nab a"), ElementsAre(Match{0, 1}, Match{5, 6}));
    EXPECT_THAT(all(regex("\\Aa"), "aaa"), ElementsAre(Match{0, 1}));
    // What stands before the place to begin at is seen.
    EXPECT_EQ(regex("^a").find(as_bytes("xa"), 1), std::nullopt);
    EXPECT_EQ(regex("\\ba").find(as_bytes("xa a"), 1), (Match{3, 4}));
}

TEST(PatternRegex, has_no_empty_matches) {
    EXPECT_THAT(all(regex("x*"), "abxxc"), ElementsAre(Match{2, 4}));
    EXPECT_THAT(all(regex("x*"), "abc"), IsEmpty());
    EXPECT_THAT(all(regex("^"), "abc\nabc"), IsEmpty());
    EXPECT_THAT(all(regex("a*?"), "aaa"), IsEmpty());
}

TEST(PatternRegex, matches_no_more_than_its_span) {
    const Bytes bytes(10'000, 'a');
    EXPECT_THAT(all(regex("a+"), bytes), ElementsAre(Match{0, 4096}, Match{4096, 8192}, Match{8192, 10'000}));
    Bytes far = bytes;
    far.front() = '<';
    far[4095] = '>';
    EXPECT_THAT(all(regex("<a*>"), far), ElementsAre(Match{0, 4096}));
    std::swap(far[4095], far[4096]);
    EXPECT_THAT(all(regex("<a*>"), far), IsEmpty());
}

TEST(PatternRegex, finds_matches_everywhere_in_long_data) {
    // Around the places where one look ends and the next begins.
    const Pattern pattern = regex("<[a-y]*>");
    for (std::size_t place = 0; place < 40'000; place += 37) {
        Bytes bytes(60'000, 'z');
        const std::size_t size = 2 + place % 4000;
        std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(place), size, 'a');
        bytes[place] = '<';
        bytes[place + size - 1] = '>';
        ASSERT_THAT(all(pattern, bytes), ElementsAre(Match{place, place + size}));
    }
}

TEST(PatternRegex, marks_what_it_does_not_understand) {
    for (const BadText& bad : std::vector<BadText>{
             {"", 0, "empty"},
             {"ab(c", 2, "( is not closed"},
             {"(a)(b(c)", 3, "( is not closed"},
             {"\\((a", 2, "( is not closed"},
             {"[(](", 3, "( is not closed"},
             {"a)b", 1, ") closes none"},
             {"ab[c", 2, "[ is not closed"},
             {"a**", 1, "repeats a repetition"},
             {"ab|*a", 3, "nothing that"},
             {"\\\\q\\q", 3, "means nothing"},
             {"abc\\", 3, "backslash"},
             {"a(?z)", 1, "no group"},
             {"xx{1001}", 2, "too often"},
             {"q[z-a]", 2, "no range"},
             {"((a{100}){100}){100}", 9, "too often"},
             {"(\\pL{1000}|[^b]{1000}){1}(.{1000}|x{999}){1}(?:[a-c]{1000})[^ad]{1000}.{1000}.{1000}.{1000}.{"
              "1000}",
              0, "too large"},
         }) {
        const auto pattern = Pattern::regex(bad.text);
        ASSERT_FALSE(pattern) << bad.text;
        EXPECT_EQ(pattern.error().position, bad.position) << bad.text << ": " << pattern.error().message;
        EXPECT_THAT(pattern.error().message, HasSubstr(bad.message)) << bad.text;
    }
    EXPECT_FALSE(Pattern::regex(std::string(4097, 'a')));
}

TEST(PatternRegex, ends_whatever_the_expression_and_the_data) {
    const Bytes same(65'000, 'a');
    Bytes mixed = same;
    std::mt19937 random(4);
    for (auto& byte : mixed) byte = random() % 2 == 0 ? 'a' : 'b';
    for (const char* text : {"(a*)*b", "(a|aa)+$c", "(?s).*.*.*=.*", "[ab]*a[ab]{200}c", "(x+x+)+y", "a.*b|c",
                             "(a?){500}a{500}z", "a[^z]*z", "(?s)a(.*b)?"}) {
        const Pattern pattern = regex(text);
        all(pattern, same);
        all(pattern, mixed);
    }
}

}  // namespace
}  // namespace sockdesk::query
