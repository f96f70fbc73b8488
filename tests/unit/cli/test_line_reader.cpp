#include "cli/line_reader.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace sockdesk::cli {
namespace {

std::vector<std::string> take(LineReader& reader) {
    std::vector<std::string> lines;
    while (const auto line = reader.next()) lines.emplace_back(*line);
    return lines;
}

using Lines = std::vector<std::string>;

TEST(LineReader, lines_end_with_lf_or_cr_lf_and_the_last_one_with_the_input) {
    LineReader reader;
    reader.feed("one\r\ntwo\n\nthree");
    EXPECT_EQ(take(reader), (Lines{"one", "two", ""}));
    reader.end();
    EXPECT_EQ(take(reader), (Lines{"three"}));
    EXPECT_EQ(take(reader), Lines{});
}

TEST(LineReader, the_input_may_come_in_any_pieces) {
    LineReader reader;
    Lines lines;
    for (const char c : std::string("ab\r\n\r\nc\rd\n")) {
        reader.feed({&c, 1});
        for (auto& line : take(reader)) lines.push_back(line);
    }
    EXPECT_EQ(lines, (Lines{"ab", "", "c\rd"}));
    reader.end();
    EXPECT_EQ(take(reader), Lines{}) << "after a line end there is no further line";
}

TEST(LineReader, a_line_without_end_is_noticed) {
    LineReader reader;
    const std::string chunk(std::size_t{1} << 20, 'x');
    for (int i = 0; i < 16; ++i) reader.feed(chunk);
    EXPECT_FALSE(reader.next());
    EXPECT_FALSE(reader.too_long());
    reader.feed("y");
    EXPECT_FALSE(reader.next());
    EXPECT_TRUE(reader.too_long());
}

}  // namespace
}  // namespace sockdesk::cli
