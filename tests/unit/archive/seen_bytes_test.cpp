#include "archive/seen_bytes.hpp"

#include <algorithm>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace sockdesk::archive {
namespace {

/// What is fresh of a segment, pieces separated by "|".
std::string add(SeenBytes& seen, std::uint32_t sequence, std::string_view payload) {
    std::vector<ByteView> fresh;
    seen.add(sequence, as_bytes(payload), fresh);
    std::string result;
    for (const ByteView piece : fresh) {
        if (!result.empty()) result += '|';
        result += as_chars(piece);
    }
    return result;
}

TEST(SeenBytes, in_order_everything_is_fresh) {
    SeenBytes seen;
    EXPECT_EQ(add(seen, 100, "abc"), "abc");
    EXPECT_EQ(add(seen, 103, "def"), "def");
}

TEST(SeenBytes, what_is_sent_again_is_not) {
    SeenBytes seen;
    seen.start(100);
    EXPECT_EQ(add(seen, 100, "abcdef"), "abcdef");
    EXPECT_EQ(add(seen, 100, "abcdef"), "");
    EXPECT_EQ(add(seen, 102, "cd"), "");
    EXPECT_EQ(add(seen, 99, "x"), "");  // keep-alive
    EXPECT_EQ(add(seen, 104, "efgh"), "gh");
}

TEST(SeenBytes, a_gap_is_filled_once) {
    SeenBytes seen;
    seen.start(0);
    EXPECT_EQ(add(seen, 0, "ab"), "ab");
    EXPECT_EQ(add(seen, 6, "gh"), "gh");
    EXPECT_EQ(add(seen, 3, "d"), "d");
    EXPECT_EQ(add(seen, 0, "abcdefghij"), "c|ef|ij");
    EXPECT_EQ(add(seen, 0, "abcdefghij"), "");
}

TEST(SeenBytes, sequence_numbers_wrap_around) {
    SeenBytes seen;
    EXPECT_EQ(add(seen, 0xFFFFFFFE, "abcd"), "abcd");
    EXPECT_EQ(add(seen, 0xFFFFFFFF, "bcd"), "");
    EXPECT_EQ(add(seen, 2, "ef"), "ef");
}

TEST(SeenBytes, a_jump_beyond_any_window_begins_anew) {
    SeenBytes seen;
    seen.start(0);
    EXPECT_EQ(add(seen, 0, "ab"), "ab");
    EXPECT_EQ(add(seen, 0x7000'0000, "cd"), "cd");
    EXPECT_EQ(add(seen, 0x7000'0002, "ef"), "ef");
    EXPECT_EQ(add(seen, 0x7000'0000, "cd"), "");
    for (std::uint32_t i = 0; i < 1000; ++i) EXPECT_EQ(add(seen, i * 0x6000'0001U, "z"), "z") << i;
}

TEST(SeenBytes, gaps_that_are_never_filled_take_no_memory_without_end) {
    SeenBytes seen;
    seen.start(0);
    for (std::uint32_t i = 1; i <= 100'000; ++i) EXPECT_EQ(add(seen, i * 2, "x"), "x");
    EXPECT_EQ(add(seen, 199'999, "y"), "y");  // a gap of late is known
    EXPECT_EQ(add(seen, 1, "y"), "");         // one of long ago is not
}

TEST(SeenBytes, every_byte_is_fresh_exactly_once_in_any_order) {
    std::mt19937 random(7);
    for (int round = 0; round < 300; ++round) {
        constexpr std::size_t size = 400;
        const auto base = static_cast<std::uint32_t>(random());
        SeenBytes seen;
        seen.start(base);
        std::string stream(size, '\0');
        for (char& c : stream) c = static_cast<char>('a' + random() % 26);
        struct Segment {
            std::size_t at, size;
        };
        std::vector<Segment> segments;
        for (std::size_t at = 0; at < size; at += 10) segments.push_back({at, 10});
        for (int extra = 0; extra < 40; ++extra) {
            const std::size_t at = random() % size;
            segments.push_back({at, 1 + random() % (size - at)});
        }
        std::shuffle(segments.begin(), segments.end(), random);
        std::vector<int> count(size);
        for (const Segment& segment : segments) {
            const std::string payload = stream.substr(segment.at, segment.size);
            std::vector<ByteView> fresh;
            seen.add(base + static_cast<std::uint32_t>(segment.at), as_bytes(payload), fresh);
            for (const ByteView piece : fresh) {
                const auto offset = static_cast<std::size_t>(as_chars(piece).data() - payload.data());
                for (std::size_t i = 0; i < piece.size(); ++i) ++count[segment.at + offset + i];
            }
        }
        EXPECT_EQ(std::count(count.begin(), count.end(), 1), static_cast<std::ptrdiff_t>(size)) << round;
    }
}

}  // namespace
}  // namespace sockdesk::archive
