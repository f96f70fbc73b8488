// Where matches stand in the text of the log: in every view and encoding.
#include <gtest/gtest.h>

#include "app/go_to.hpp"
#include "app/item_highlights.hpp"
#include "app/search_query.hpp"
#include "capture/log_writer.hpp"

namespace sockdesk::app {
namespace {

class Highlights : public testing::Test {
protected:
    void datagram(std::string_view payload) {
        const IpAddress loopback = *IpAddress::parse("127.0.0.1");
        writer_.append_datagram(Timestamp(std::chrono::seconds(1)), capture::Direction::received,
                                {loopback, 1}, {loopback, 2}, as_bytes(payload));
        writer_.publish();
    }
    void piece(std::string_view payload) {
        writer_.append_stream(Timestamp(std::chrono::seconds(1)), capture::Direction::received, flow_,
                              as_bytes(payload));
        writer_.publish();
    }
    /// The marked pieces of text, for matches in the log's last record.
    std::vector<std::string> marked(std::vector<query::Match> matches, PayloadView view,
                                    const char* encoding = "utf-8") {
        LogFormat format;
        format.view = view;
        format.encoding = *codec::Encoding::find(encoding);
        LogItemFormatter formatter(log_);
        formatter.set_format(format);
        const RecordIndex last = log_->published() - 1;
        const LogItem item = formatter.format(std::span(&last, 1), {});
        PayloadTextMap map(log_);
        std::vector<MatchRange> ranges;
        map.append_ranges(item, item.parts.front(), format, matches, ranges);
        std::vector<std::string> texts;
        for (const MatchRange& range : ranges)
            texts.push_back(item.text.substr(range.text.begin, range.text.end - range.text.begin));
        return texts;
    }

    capture::SegmentPool pool_;
    std::shared_ptr<capture::Log> log_ = std::make_shared<capture::Log>(pool_, "test");
    capture::LogWriter writer_{log_};
    capture::TcpFlow flow_{};
};

using Texts = std::vector<std::string>;

TEST_F(Highlights, AreBytesInHex) {
    datagram("hello");
    EXPECT_EQ(marked({{1, 3}}, PayloadView::hex), (Texts{"65 6C"}));
    EXPECT_EQ(marked({{0, 1}, {4, 5}}, PayloadView::hex), (Texts{"68", "6F"}));
}

TEST_F(Highlights, CountEscapesAndLineEnds) {
    datagram("a\x01z\r\n\xFFok\r!");
    EXPECT_EQ(marked({{1, 3}}, PayloadView::text), (Texts{"\\x01z"}));
    EXPECT_EQ(marked({{3, 4}, {4, 5}}, PayloadView::text), (Texts{"\r", "\n"}));
    EXPECT_EQ(marked({{5, 8}}, PayloadView::text), (Texts{"\\xFFok"}));
    EXPECT_EQ(marked({{8, 10}}, PayloadView::text), (Texts{"\\x0D!"})) << "no line's end";
}

TEST_F(Highlights, AreWholeCharacters) {
    datagram("x\xC4\xE3\xBA\xC3y");  // GBK: 你好
    EXPECT_EQ(marked({{1, 3}}, PayloadView::text, "gbk"), (Texts{"你"}));
    EXPECT_EQ(marked({{3, 6}}, PayloadView::text, "gbk"), (Texts{"好y"}));
    EXPECT_EQ(marked({{2, 4}}, PayloadView::text, "gbk"), (Texts{"你好"})) << "the halves of two";
    datagram(std::string("h\0i\0`O", 6));  // UTF-16: hi你
    EXPECT_EQ(marked({{2, 6}}, PayloadView::text, "utf-16le"), (Texts{"i你"}));
    EXPECT_EQ(marked({{0, 1}}, PayloadView::text, "utf-16le"), (Texts{"h"}));
}

TEST_F(Highlights, AreOnBothSidesAndInEveryRow) {
    datagram("0123456789abcdef0123456789abcdef");
    EXPECT_EQ(marked({{2, 4}}, PayloadView::both), (Texts{"32 33", "23"}));
    EXPECT_EQ(marked({{14, 18}}, PayloadView::both), (Texts{"65 66", "ef", "30 31", "01"}));
    EXPECT_EQ(marked({{30, 32}}, PayloadView::both), (Texts{"65 66", "ef"}));
    datagram("0123456789abcde你");  // its first byte ends a row, the character stands in the next
    EXPECT_EQ(marked({{15, 18}}, PayloadView::both), (Texts{"E4", "BD A0", "你"}));
}

TEST_F(Highlights, BeginWithinACharacterOfTheRecordBefore) {
    flow_.local = {*IpAddress::parse("127.0.0.1"), 9};
    flow_.remote = {*IpAddress::parse("127.0.0.1"), 6000};
    piece("a\xE4\xBD");
    piece("\xA0hello");
    EXPECT_EQ(marked({{1, 3}}, PayloadView::text), (Texts{"he"}));
    EXPECT_EQ(marked({{0, 2}}, PayloadView::text), (Texts{"你h"}));
}

TEST(GoTo, UnderstandsNumbersAndTimes) {
    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    const auto begin = Timestamp(std::chrono::seconds(1'795'226'400));  // 2026-11-21 10:00:00 in Shanghai
    const auto record = [&](std::string_view text) {
        const auto found = parse_go_to(text, begin, 5000);
        return found ? std::get<RecordIndex>(*found) : RecordIndex{999'999};
    };
    EXPECT_EQ(record("1"), 0U);
    EXPECT_EQ(record(" #5,000 "), 4999U);
    const auto after = [&](std::string_view text) {
        const auto found = parse_go_to(text, begin, 5000);
        return found ? std::get<Timestamp>(*found) - begin : std::chrono::nanoseconds(-1);
    };
    using namespace std::chrono_literals;
    EXPECT_EQ(after("10:00:05"), 5s);
    EXPECT_EQ(after("10:00:05.25"), 5250ms);
    EXPECT_EQ(after("09:00"), 23h) << "the next morning";
    EXPECT_EQ(after("2026-11-21 10:00:05.5"), 5500ms);
    EXPECT_EQ(after("2026-11-22T10:00:00"), 24h);
    for (const char* bad : {"", "x", "0", "5001", "99999999999999999999", "12x", "#", "10:", "10:61", "24:00",
                            "10:00:05.", "10:00:05 x", "2026-02-30 10:00:00", "2026-11-21", "-1"}) {
        const auto found = parse_go_to(bad, begin, 5000);
        ASSERT_FALSE(found) << bad;
        EXPECT_LE(found.error().position, std::string_view(bad).size()) << bad;
    }
    EXPECT_FALSE(parse_go_to("1", begin, 0));
}

TEST(SearchQuery, EncodesWhatIsTyped) {
    SearchQuery query;
    query.text = "你好";
    query.encoding = *codec::Encoding::find("gbk");
    const auto find = [&](std::string_view in) {
        const auto pattern = compile_search(query);
        return pattern && pattern->find(as_bytes(in)).has_value();
    };
    EXPECT_TRUE(find("x\xC4\xE3\xBA\xC3"));
    query.kind = SearchKind::regex;
    query.text = "好+!";
    EXPECT_TRUE(find("\xBA\xC3\xBA\xC3!"));
    EXPECT_FALSE(find("\xC3!"));
    query.text = "[你]";
    const auto in_class = compile_search(query);
    ASSERT_FALSE(in_class);
    EXPECT_EQ(in_class.error().position, 1U);
    query.text = "好(";
    ASSERT_FALSE(compile_search(query));
    query.text = "no such: \xF0\x9F\x98\x80";
    query.kind = SearchKind::text;
    const auto emoji = compile_search(query);
    ASSERT_FALSE(emoji) << "GBK has no such character";
    EXPECT_EQ(emoji.error().position, 9U);
}

}  // namespace
}  // namespace sockdesk::app
