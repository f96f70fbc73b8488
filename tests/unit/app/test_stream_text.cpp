#include "app/stream_text.hpp"

#include "log_text_support.hpp"

namespace sockdesk::app {
namespace {

using capture::Direction;

std::string text(StreamText& texts, const capture::RecordView& record) {
    std::string out;
    texts.append(record, out);
    return out;
}

std::string end(StreamText& texts, Direction direction, const Endpoint& remote = there) {
    std::string out;
    texts.end(direction, here, remote, out);
    return out;
}

TEST(StreamText, a_character_over_two_reads_stands_whole_in_the_second) {
    StreamText texts(encoding("gbk"));
    EXPECT_EQ(text(texts, piece(Direction::received, "a\xc4", 0)), "a");
    EXPECT_EQ(text(texts, piece(Direction::received, "\xe3\xba", 2)), "你");
    EXPECT_EQ(text(texts, piece(Direction::received, "\xc3", 4)), "好");
    EXPECT_EQ(end(texts, Direction::received), "");
}

TEST(StreamText, streams_do_not_mix) {
    StreamText texts(encoding("utf-8"));
    const Endpoint other = endpoint("127.0.0.1", 8081);
    EXPECT_EQ(text(texts, piece(Direction::received, "\xe4\xbd", 0)), "");
    EXPECT_EQ(text(texts, piece(Direction::sent, "\xe5", 0)), "");
    EXPECT_EQ(text(texts, piece(Direction::received, "x", 0, other)), "x");
    EXPECT_EQ(text(texts, piece(Direction::received, "\xa0", 2)), "你");
    EXPECT_EQ(text(texts, piece(Direction::sent, "\xa5\xbd", 1)), "好");
    EXPECT_EQ(texts.streams(), 3U);
}

TEST(StreamText, streams_that_never_end_are_bounded) {
    StreamText texts(encoding("utf-8"));
    EXPECT_EQ(text(texts, piece(Direction::received, "\xe4\xbd", 0)), "");
    for (int i = 0; i < 100'000; ++i) {
        const Endpoint peer{IpAddress::v4({10, static_cast<std::uint8_t>(i >> 16),
                                           static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)}),
                            80};
        ASSERT_EQ(text(texts, piece(Direction::received, "x", 0, peer)), "x");
    }
    EXPECT_LT(texts.streams(), 70'000U);
    // One that waits for the rest of a character is not among those forgotten first.
    EXPECT_EQ(text(texts, piece(Direction::received, "\xa0", 2)), "你");
}

TEST(StreamText, datagrams_are_texts_of_their_own) {
    StreamText texts(encoding("utf-8"));
    EXPECT_EQ(text(texts, datagram(Direction::received, "a\xe4\xbd")), "a\\xE4\\xBD");
    EXPECT_EQ(text(texts, datagram(Direction::received, "\xa0")), "\\xA0");
    EXPECT_EQ(texts.streams(), 0U);
}

TEST(StreamText, what_is_held_back_is_handed_over_at_the_end_and_forgotten) {
    StreamText texts(encoding("utf-8"));
    EXPECT_EQ(text(texts, piece(Direction::received, "\xe4\xbd", 0)), "");
    EXPECT_EQ(end(texts, Direction::sent), "");
    EXPECT_EQ(end(texts, Direction::received), "\\xE4\\xBD");
    EXPECT_EQ(texts.streams(), 0U);
    EXPECT_EQ(end(texts, Direction::received), "");
    EXPECT_EQ(text(texts, piece(Direction::received, "\xa0", 5)), "\\xA0");
}

TEST(StreamText, a_connection_with_the_same_addresses_begins_anew) {
    StreamText texts(encoding("utf-8"));
    EXPECT_EQ(text(texts, piece(Direction::received, "\xe4\xbd", 0)), "");
    EXPECT_EQ(text(texts, piece(Direction::received, "\xa0", 0)), "\\xA0");
}

}  // namespace
}  // namespace sockdesk::app
