// Stepping through the matches of a log that goes on growing.
#include <gtest/gtest.h>

#include "app/log_search_model.hpp"
#include "capture/log_writer.hpp"
#include "log_text_support.hpp"

namespace sockdesk::app {
namespace {

class LogSearchModelTest : public testing::Test {
protected:
    void datagrams(int count, std::string_view payload) {
        for (int i = 0; i < count; ++i)
            writer_.append_datagram(some_time, capture::Direction::received, here, there, as_bytes(payload));
        writer_.publish();
    }
    bool update() {
        view_.update();
        view_.visible_rows(80, 25);
        return search_.update(view_);
    }

    std::shared_ptr<capture::SegmentPool> pool_ = std::make_shared<capture::SegmentPool>();
    std::shared_ptr<capture::Log> log_ = capture::Log::make(pool_, "test");
    capture::LogWriter writer_{log_};
    LogViewModel view_{log_};
    LogSearchModel search_{log_};
};

TEST_F(LogSearchModelTest, WrapsWhileTrafficFlows) {
    datagrams(1, "needle");
    datagrams(3, "hay");
    update();
    SearchQuery query;
    query.text = "needle";
    search_.look_for(query, view_);
    search_.wait();
    update();
    ASSERT_TRUE(search_.current());
    ASSERT_EQ(search_.current()->record, 0U);

    // In each frame there is more than has been searched; what was there when one asked is enough to tell.
    search_.step(LogSearchModel::Way::forward, view_);
    datagrams(20'000, "hay");
    update();
    EXPECT_EQ(search_.told(), LogSearchModel::Told::wrapped_to_start);
    EXPECT_EQ(search_.current()->record, 0U);
    search_.step(LogSearchModel::Way::backward, view_);
    search_.wait();
    datagrams(20'000, "hay");
    update();
    EXPECT_EQ(search_.told(), LogSearchModel::Told::wrapped_to_end);
}

}  // namespace
}  // namespace sockdesk::app
