// Rows, wrapping and positions of the log view, without a toolkit.
#include <gtest/gtest.h>

#include "app/cell_width.hpp"
#include "app/log_view_model.hpp"
#include "capture/log_writer.hpp"

namespace sockdesk::app {
namespace {

LogItem laid_out(std::string text, std::size_t columns) {
    LogItem item;
    item.text = std::move(text);
    lay_out(item, columns);
    return item;
}

std::vector<std::string> rows_of(const LogItem& item) {
    std::vector<std::string> rows;
    for (const LogRow& row : item.rows) rows.push_back(item.text.substr(row.begin, row.end - row.begin));
    return rows;
}

using Rows = std::vector<std::string>;

TEST(LayOut, BreaksAtLineEndsAndAtTheEdge) {
    EXPECT_EQ(rows_of(laid_out("one\r\ntwo\n", 80)), (Rows{"one", "two", ""}));
    EXPECT_EQ(rows_of(laid_out("abcdefgh", 3)), (Rows{"abc", "def", "gh"}));
    EXPECT_EQ(rows_of(laid_out("", 3)), Rows{});
}

TEST(LayOut, KeepsWordsAndHexBytesWhole) {
    EXPECT_EQ(rows_of(laid_out("48 65 6C 6C 6F ", 8)), (Rows{"48 65 6C ", "6C 6F "}));
    EXPECT_EQ(rows_of(laid_out("the quick fox", 9)), (Rows{"the quick ", "fox"}));
    EXPECT_EQ(rows_of(laid_out("a " + std::string(40, 'x'), 30))[1], std::string(40, 'x').substr(28))
        << "too far back";
}

TEST(LayOut, CountsWideCharactersTwice) {
    EXPECT_EQ(rows_of(laid_out("你好世界", 5)), (Rows{"你好", "世界"}));
    EXPECT_EQ(rows_of(laid_out("你", 1)), (Rows{"你"})) << "at least one character a row";
    const LogItem item = laid_out("a你\tb", 80);
    EXPECT_EQ(item.rows[0].columns, 5U);
    EXPECT_FALSE(item.rows[0].ascii);
}

TEST(Cells, MapColumnsToOffsets) {
    const std::string line = "a你b";
    EXPECT_EQ(columns_of(line), 4U);
    EXPECT_EQ(offset_at_column(line, 0.0, true), 0U);
    EXPECT_EQ(offset_at_column(line, 0.6, true), 1U);
    EXPECT_EQ(offset_at_column(line, 1.4, true), 1U);
    EXPECT_EQ(offset_at_column(line, 2.4, true), 4U);
    EXPECT_EQ(offset_at_column(line, 99, true), 5U);
    EXPECT_EQ(code_point_at("\xFF", 0).character, U'\uFFFD');
    EXPECT_EQ(code_point_at("\xE4\xBD", 0).length, 1U) << "cut short";
}

class LogViewModelTest : public testing::Test {
protected:
    void add(std::string_view payload, capture::Direction direction = capture::Direction::received) {
        const IpAddress loopback = *IpAddress::parse("127.0.0.1");
        writer_.append_datagram(time_, direction, {loopback, 1}, {loopback, 2}, as_bytes(payload));
        writer_.publish();
    }
    void to_all(std::size_t clients) {
        ++group_;
        for (std::uint32_t i = 0; i < clients; ++i) {
            capture::TcpFlow flow;
            flow.local = {*IpAddress::parse("127.0.0.1"), 9};
            flow.remote = {*IpAddress::parse("127.0.0.1"), static_cast<std::uint16_t>(100 + i)};
            writer_.append_stream(time_, capture::Direction::sent, flow, as_bytes("all"), {group_, i});
        }
        writer_.publish();
    }
    void event(capture::SessionEvent::Kind kind, std::string message) {
        capture::SessionEvent event;
        event.kind = kind;
        event.time = time_;
        event.message = std::move(message);
        writer_.append_event(event);
        writer_.publish();
    }
    void piece(capture::TcpFlow& flow, std::string_view payload,
               capture::Direction direction = capture::Direction::received) {
        writer_.append_stream(time_, direction, flow, as_bytes(payload));
        writer_.publish();
    }
    static capture::TcpFlow flow(std::uint16_t port) {
        capture::TcpFlow flow;
        flow.local = {*IpAddress::parse("127.0.0.1"), 9};
        flow.remote = {*IpAddress::parse("127.0.0.1"), port};
        return flow;
    }
    void filter(std::string_view line) {
        const auto parsed = query::Filter::parse(line);
        ASSERT_TRUE(parsed) << parsed.error().message;
        view_.set_filter(*parsed);
    }
    void settle() {
        view_.wait();
        EXPECT_TRUE(view_.update());
    }
    std::vector<std::string> page(std::size_t rows, std::size_t columns = 80) {
        settle();
        std::vector<std::string> shown;
        for (const VisibleRow& row : view_.visible_rows(columns, rows)) {
            const LogRow& extent = row.extent();
            if (extent.begin >= row.item->header_end) {
                shown.push_back(row.item->text.substr(extent.begin, extent.end - extent.begin));
            }
        }
        return shown;
    }

    capture::SegmentPool pool_;
    std::shared_ptr<capture::Log> log_ = std::make_shared<capture::Log>(pool_, "test");
    capture::LogWriter writer_{log_};
    LogViewModel view_{log_};
    Timestamp time_ = Timestamp(std::chrono::seconds(1));
    std::uint64_t group_ = 0;
};

TEST_F(LogViewModelTest, ShowsOneLineForASendToAll) {
    to_all(5);
    to_all(3);
    EXPECT_EQ(page(20), (Rows{"all", "", "all", ""}));
}

TEST_F(LogViewModelTest, ScrollsRowByRow) {
    for (int i = 0; i < 10; ++i) add(std::to_string(i));  // three rows each: header, payload, blank
    EXPECT_EQ(page(6), (Rows{"8", "", "9", ""}));
    view_.scroll(-1);
    EXPECT_EQ(page(6), (Rows{"", "8", "", "9"})) << "the blank of 7 on top";
    view_.scroll(-1000);
    EXPECT_EQ(page(3), (Rows{"0", ""}));
    EXPECT_FALSE(view_.is_following());
    view_.scroll(4);
    EXPECT_EQ(page(2), (Rows{"1", ""}));
    view_.scroll(1000);
    EXPECT_TRUE(view_.is_following());
    EXPECT_EQ(page(3), (Rows{"9", ""}));
    EXPECT_DOUBLE_EQ(view_.fraction(), 1.0);
}

TEST_F(LogViewModelTest, ScrollsWithinOneLongRecord) {
    std::string lines;
    for (int i = 0; i < 100; ++i) lines += std::to_string(i) + "\n";
    add(lines);
    EXPECT_EQ(page(3), (Rows{"98", "99", ""}));
    view_.scroll_to_fraction(0.5);
    EXPECT_EQ(page(2).size(), 2U);
    EXPECT_NEAR(view_.fraction(), 0.5, 0.02);
    view_.scroll_to_start();
    EXPECT_EQ(page(3), (Rows{"0", "1"}));
}

TEST_F(LogViewModelTest, StaysAtItsRecordWhenTheFormatChanges) {
    for (int i = 0; i < 100; ++i) add("text " + std::to_string(i));
    view_.update();
    view_.visible_rows(80, 6);
    view_.scroll_to_fraction(0.5);
    const std::string before = page(6).front();
    LogFormat format = view_.format();
    format.view = PayloadView::both;
    view_.set_format(format);
    format.view = PayloadView::text;
    view_.set_format(format);
    EXPECT_EQ(page(6).front(), before);
}

TEST_F(LogViewModelTest, HidesReceivedButShowsSent) {
    for (int i = 0; i < 3; ++i) {
        add("in");
        add("out", capture::Direction::sent);
    }
    view_.set_hide_received(true);
    EXPECT_EQ(page(20), (Rows{"out", "", "out", "", "out", ""}));
    EXPECT_EQ(view_.item_count(), 3U);
}

TEST_F(LogViewModelTest, SelectsAcrossRecords) {
    add("first");
    add("second");
    page(20);
    view_.select_all();
    using End = SelectedPayloads::End;
    const auto payloads = [&](PayloadLimits limits) { return view_.selected_payloads(limits); };
    EXPECT_EQ(payloads({}).records, (std::vector<RecordIndex>{0, 1}));
    EXPECT_EQ(payloads({}).end, End::complete);
    PayloadLimits limits;
    limits.payloads = 1;
    EXPECT_EQ(payloads(limits).end, End::too_many_records) << "there are more";
    EXPECT_EQ(payloads(limits).records, (std::vector<RecordIndex>{0}));
    limits = {};
    limits.records = 1;
    EXPECT_EQ(payloads(limits).end, End::too_many_records);
    limits = {};
    limits.bytes = 10;  // of 11
    EXPECT_EQ(payloads(limits).end, End::too_many_bytes);
    EXPECT_EQ(payloads(limits).records, (std::vector<RecordIndex>{0}));
    limits = {};
    limits.bytes_read = 4;
    EXPECT_EQ(payloads(limits).end, End::too_many_bytes);
    const CopiedText all = view_.selected_text(1000);
    EXPECT_TRUE(all.complete);
    EXPECT_NE(all.text.find("first"), std::string::npos);
    EXPECT_FALSE(view_.selected_text(60).complete);
    view_.clear_selection();
    EXPECT_FALSE(view_.has_selection());
}

TEST_F(LogViewModelTest, ShowsErrorsAndDropsInTheBareStream) {
    LogFormat format;
    format.log_mode = false;
    view_.set_format(format);
    capture::TcpFlow one = flow(100);
    piece(one, "be");
    event(capture::SessionEvent::Kind::note, "not shown");
    piece(one, "gin");
    event(capture::SessionEvent::Kind::error, "cannot go on");
    piece(one, "rest");
    EXPECT_EQ(view_.item_count(), 0U) << "nothing was asked yet";
    settle();
    EXPECT_EQ(view_.item_count(), 3U);
    std::vector<std::string> texts;
    for (const VisibleRow& row : view_.visible_rows(80, 20)) {
        if (row.row == 0) texts.push_back(row.item->text);
    }
    ASSERT_EQ(texts.size(), 3U);
    EXPECT_EQ(texts[0], "【Receive from 127.0.0.1 : 100】\nbegin");
    EXPECT_TRUE(texts[1].ends_with("Error: cannot go on")) << texts[1];
    EXPECT_EQ(texts[2], "【Receive from 127.0.0.1 : 100】\nrest") << "whose it is, said anew";
    // With the received data hidden what went wrong is still there.
    view_.set_hide_received(true);
    settle();
    EXPECT_EQ(view_.item_count(), 1U);
}

TEST_F(LogViewModelTest, JoinsNoPiecesOverAGapThatTheFilterLeaves) {
    LogFormat format;
    format.log_mode = false;
    view_.set_format(format);
    capture::TcpFlow one = flow(100);
    piece(one, "long enough ");
    piece(one, "s");
    piece(one, "and also long");
    piece(one, " enough");
    piece(one, "sent, in between", capture::Direction::sent);
    piece(one, " and on");
    filter("len>3 rx");
    settle();
    EXPECT_EQ(view_.item_count(), 2U);
    const auto& rows = view_.visible_rows(80, 20);
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[2].item->text, "and also long enough and on");
    EXPECT_EQ(view_.hidden_count(), 1U);
    EXPECT_EQ(view_.shown_count(), 4U);
}

TEST_F(LogViewModelTest, FiltersWhatIsThereAndWhatComes) {
    for (int i = 0; i < 100; ++i) add(i % 10 == 0 ? "tenth " + std::to_string(i) : "other");
    filter("\"tenth\"");
    EXPECT_EQ(page(100).size(), 20U) << "with the blank rows between";
    EXPECT_EQ(view_.hidden_count(), 90U);
    EXPECT_EQ(view_.shown_count(), 10U);
    add("another");
    add("tenth, too");
    EXPECT_EQ(page(2), (Rows{"tenth, too", ""})) << "and following goes on";
    EXPECT_EQ(view_.hidden_count(), 91U);
    view_.set_filter({});
    EXPECT_EQ(page(2), (Rows{"tenth, too", ""}));
    EXPECT_EQ(view_.item_count(), 102U);
    EXPECT_EQ(view_.hidden_count(), 0U);
}

TEST_F(LogViewModelTest, AFilterKeepsThePlaceOrTheNearestAfterIt) {
    for (int i = 0; i < 100'000; ++i) {
        const IpAddress loopback = *IpAddress::parse("127.0.0.1");
        const std::string text = "record " + std::to_string(i) + (i % 3 == 0 ? " fizz" : "");
        writer_.append_datagram(time_, capture::Direction::received, {loopback, 1}, {loopback, 2},
                                as_bytes(text));
    }
    writer_.publish();
    settle();
    view_.visible_rows(80, 12);
    view_.reveal(50'000);
    view_.scroll(4);  // from a third of the page below the top to the top
    ASSERT_EQ(page(2).back(), "record 50000");
    filter("\"fizz\"");
    EXPECT_EQ(page(2).back(), "record 50001 fizz");
    filter("\"no such text\"");
    EXPECT_EQ(page(2), Rows{});
    view_.set_filter({});
    EXPECT_EQ(page(2).back(), "record 50000") << "taken back, it leads back";
    // Also where the log is shown in another way altogether.
    LogFormat format = view_.format();
    format.log_mode = false;
    view_.set_format(format);
    EXPECT_EQ(page(1).front(), "record 50000");
    format.log_mode = true;
    view_.set_format(format);
    EXPECT_EQ(page(2).back(), "record 50000");
    // Who has gone somewhere else meanwhile stays there.
    filter("\"fizz\"");
    page(2);
    view_.scroll(3);
    EXPECT_EQ(page(2).back(), "record 50004 fizz");
    view_.set_filter({});
    EXPECT_EQ(page(2).back(), "record 50004 fizz");
}

TEST_F(LogViewModelTest, GoesToRecordsAndStaysThere) {
    for (int i = 0; i < 1000; ++i) add("record " + std::to_string(i));
    page(12);
    const std::uint64_t before = view_.formatted_records();
    view_.go_to(500);
    const Rows shown = page(12);
    EXPECT_NE(std::find(shown.begin(), shown.end(), "record 500"), shown.end());
    EXPECT_FALSE(view_.is_following());
    EXPECT_LT(view_.formatted_records() - before, 20U);
    EXPECT_EQ(view_.caret_record(), RecordIndex{500});
    for (int i = 0; i < 100; ++i) add("flood");
    EXPECT_EQ(page(12), shown) << "what pours in moves nothing";
    // Near enough to the middle: nothing moves.
    view_.reveal(501);
    EXPECT_EQ(page(12), shown);
    view_.go_to(1099);
    EXPECT_EQ(page(12).size(), 8U) << "the end of the log is the end of the page";
    EXPECT_EQ(view_.fraction(), 1.0);
}

TEST_F(LogViewModelTest, ExtendsTheSelectionByKeys) {
    for (int i = 0; i < 10; ++i) add("line " + std::to_string(i));
    page(30);
    view_.select_from({2, view_.visible_rows(80, 30)[7].extent().begin + 2});  // payload of record 2
    using Move = LogViewModel::CaretMove;
    view_.extend_selection(Move::right);
    view_.extend_selection(Move::right);
    EXPECT_EQ(view_.selected_text(100).text, "ne");
    view_.extend_selection(Move::left);
    EXPECT_EQ(view_.selected_text(100).text, "n");
    view_.extend_selection(Move::row_end);
    EXPECT_EQ(view_.selected_text(100).text, "ne 2");
    view_.extend_selection(Move::row_start);
    EXPECT_EQ(view_.selected_text(100).text, "li");
    view_.extend_selection(Move::down);
    view_.extend_selection(Move::down);
    EXPECT_EQ(view_.caret_record(), RecordIndex{3});
    view_.extend_selection(Move::log_start);
    EXPECT_EQ(view_.caret_record(), RecordIndex{0});
    view_.extend_selection(Move::log_end);
    EXPECT_TRUE(view_.selected_text(1000).text.ends_with("line 9\n"));
    view_.select_from({9, 0});
    page(6);
    view_.extend_selection(Move::page_up);
    EXPECT_FALSE(view_.is_following()) << "the caret is to be seen";
    EXPECT_LT(*view_.caret_record(), 9U);
}

TEST_F(LogViewModelTest, PagesThroughASendToThousandsInAFrame) {
    view_.set_protocol(0, engine::Protocol::tcp_server);
    for (int i = 0; i < 5; ++i) to_all(2000);
    EXPECT_EQ(page(20).size(), 10U);
    EXPECT_LE(view_.formatted_records(), 5U) << "what has no rows is not even looked at";
    EXPECT_EQ(view_.item_count(), 5U);
}

TEST_F(LogViewModelTest, BoundsWhatItKeeps) {
    for (int i = 0; i < 5000; ++i) add("x");
    view_.update();
    view_.visible_rows(80, 40);
    for (int step = 0; step < 400; ++step) {
        view_.scroll(-40);
        page(40);
    }
    const std::uint64_t formatted = view_.formatted_records();
    EXPECT_LE(formatted, 5100U) << "each once";
    view_.scroll_to_end();
    page(40);
    EXPECT_LE(view_.formatted_records() - formatted, 40U);
}

}  // namespace
}  // namespace sockdesk::app
