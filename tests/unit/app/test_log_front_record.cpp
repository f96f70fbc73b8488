// The payload that a person looks at, where an item of the view is more than one record.
#include <gtest/gtest.h>

#include "app/log_view_model.hpp"
#include "capture/log_writer.hpp"
#include "log_text_support.hpp"

namespace sockdesk::app {
namespace {

class FrontRecord : public testing::Test {
protected:
    void piece(std::string_view payload) {
        writer_.append_stream(some_time, capture::Direction::received, flow_, as_bytes(payload));
        writer_.publish();
    }
    void settle() {
        view_.wait();
        view_.update();
        view_.visible_rows(80, 50);
    }
    std::optional<RecordIndex> clicked(std::size_t offset) {
        view_.select_from({view_.visible_rows(80, 50).front().item->first, offset});
        return view_.payload_in_front();
    }

    std::shared_ptr<capture::SegmentPool> pool_ = std::make_shared<capture::SegmentPool>();
    std::shared_ptr<capture::Log> log_ = capture::Log::make(pool_, "test");
    capture::LogWriter writer_{log_};
    LogViewModel view_{log_};
    capture::TcpFlow flow_ = [] {
        capture::TcpFlow flow;
        flow.local = here;
        flow.remote = there;
        return flow;
    }();
};

TEST_F(FrontRecord, OfPiecesInOneItemIsTheOneThatWasClicked) {
    LogFormat format;
    format.log_mode = false;
    view_.set_format(format);
    piece("hello ");
    writer_.append_stream(some_time, capture::Direction::sent, flow_, as_bytes("not shown"));
    piece("world");
    piece("!");
    settle();
    EXPECT_EQ(view_.payload_in_front(), 3U) << "the newest";
    const LogItem& item = *view_.visible_rows(80, 50).front().item;
    const std::size_t world = item.text.find("world");
    ASSERT_NE(world, std::string::npos) << item.text;
    EXPECT_EQ(clicked(item.text.find("hello")), 0U);
    EXPECT_EQ(clicked(world + 2), 2U);
    EXPECT_EQ(clicked(item.text.size()), 3U);
    EXPECT_EQ(clicked(0), 0U) << "the line above names the peer";
    format.view = PayloadView::hex;
    view_.set_format(format);
    settle();
    EXPECT_EQ(view_.payload_in_front(), 3U) << "another format, another text: nothing is clicked";
    const std::string& text = view_.visible_rows(80, 50).front().item->text;
    EXPECT_EQ(clicked(text.find("77")), 2U);
}

TEST_F(FrontRecord, IsNoEventAndGoesBackABoundedWay) {
    EXPECT_EQ(view_.payload_in_front(), std::nullopt);
    piece("data");
    const auto events = [&](int count) {
        for (int i = 0; i < count; ++i) writer_.append_event(event(capture::SessionEvent::Kind::note));
        writer_.publish();
        settle();
    };
    events(10);
    EXPECT_EQ(view_.payload_in_front(), 0U);
    events(900);
    EXPECT_EQ(view_.payload_in_front(), 0U) << "no newer one has come";
    LogViewModel late(log_);
    late.update();
    EXPECT_EQ(late.payload_in_front(), std::nullopt) << "no frame goes through them all";
    piece("more");
    late.update();
    EXPECT_EQ(late.payload_in_front(), 911U);
    view_.select_from({5, 0});
    EXPECT_EQ(view_.payload_in_front(), std::nullopt);
    view_.clear_selection();
    view_.clear();
    settle();
    EXPECT_EQ(view_.payload_in_front(), std::nullopt) << "what is not shown is not in front";
}

TEST_F(FrontRecord, StaysWhereItIsKept) {
    LogFormat format;
    format.log_mode = false;
    view_.set_format(format);
    piece("one ");
    piece("two ");
    piece("three");
    settle();
    view_.keep_in_front(1);
    EXPECT_EQ(view_.payload_in_front(), 1U) << "of the three in one item";
    piece("four");
    settle();
    EXPECT_EQ(view_.payload_in_front(), 1U);
    view_.keep_in_front(2);
    EXPECT_EQ(view_.payload_in_front(), 1U) << "something is clicked already";
    view_.clear_selection();
    EXPECT_EQ(view_.payload_in_front(), 3U);
}

}  // namespace
}  // namespace sockdesk::app
