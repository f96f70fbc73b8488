// What a replay sends, in which flows, and how it is read ahead.
#include <condition_variable>
#include <future>
#include <mutex>

#include <gmock/gmock.h>

#include "app/replay_job.hpp"
#include "app/replay_source.hpp"
#include "capture/log_writer.hpp"
#include "log_text_support.hpp"

namespace sockdesk::app {
namespace {

using capture::Direction;
using capture::Transport;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using testing::HasSubstr;

class ReplayTest : public testing::Test {
protected:
    void datagram(Direction direction, std::string_view payload, int at_ms) {
        writer.append_datagram(some_time + milliseconds(at_ms), direction, here, there, as_bytes(payload));
        writer.publish();
    }

    void stream(capture::TcpFlow& flow, Direction direction, std::string_view payload, int at_ms) {
        writer.append_stream(some_time + milliseconds(at_ms), direction, flow, as_bytes(payload));
        writer.publish();
    }

    static capture::TcpFlow flow(std::uint16_t port) {
        return {here, endpoint("127.0.0.1", port), false, {}, {}};
    }

    Result<ReplayPlan> plan(const ReplayChoice& choice = {}) {
        const std::atomic<bool> cancel{false};
        return plan_replay(log, choice, cancel);
    }

    static query::Filter filter(std::string_view text) { return query::Filter::parse(text).value(); }

    /// Everything that a source gives, waiting for it as the loop does.
    std::vector<engine::TimedPayload> drain(ReplaySource& source) {
        std::mutex mutex;
        std::condition_variable changed;
        bool news = false;
        source.on_ready([&] {
            const std::lock_guard lock(mutex);
            news = true;
            changed.notify_all();
        });
        std::vector<engine::TimedPayload> all;
        while (true) {
            switch (source.state()) {
                case engine::PayloadSource::State::ready:
                    all.push_back(source.next());
                    continue;
                case engine::PayloadSource::State::waiting: {
                    std::unique_lock lock(mutex);
                    EXPECT_TRUE(changed.wait_for(lock, std::chrono::seconds(20), [&] { return news; }));
                    news = false;
                    continue;
                }
                default:
                    source.on_ready(nullptr);
                    return all;
            }
        }
    }

    std::shared_ptr<capture::SegmentPool> pool = std::make_shared<capture::SegmentPool>();
    std::shared_ptr<capture::Log> log = capture::Log::make(pool, "x");
    capture::LogWriter writer{log};
};

TEST_F(ReplayTest, what_was_received_unless_there_is_nothing) {
    datagram(Direction::sent, "out", 0);
    auto planned = plan();
    ASSERT_TRUE(planned);
    EXPECT_EQ(planned->direction, Direction::sent);
    datagram(Direction::received, "in", 5);
    planned = plan();
    ASSERT_TRUE(planned);
    EXPECT_EQ(planned->direction, Direction::received);
    EXPECT_EQ(planned->records(), 1U);
    EXPECT_EQ(planned->begin, some_time + milliseconds(5));
    ReplayChoice choice;
    choice.direction = Direction::sent;
    EXPECT_EQ(plan(choice)->direction, Direction::sent);
}

TEST_F(ReplayTest, refusals_say_how_to_choose) {
    EXPECT_THAT(plan().error().message, HasSubstr("no payload that could be sent"));
    datagram(Direction::received, "udp", 0);
    auto tcp = flow(1);
    stream(tcp, Direction::received, "tcp", 1);
    const auto both = plan();
    ASSERT_FALSE(both);
    EXPECT_EQ(both.error().kind, ErrorKind::bad_input);
    EXPECT_THAT(both.error().message, HasSubstr("\"udp\" or \"tcp\""));
    ReplayChoice choice;
    choice.transport = Transport::tcp;
    EXPECT_EQ(plan(choice)->transport, Transport::tcp);
    choice = {};
    choice.filter = filter("udp");
    EXPECT_EQ(plan(choice)->transport, Transport::udp);
    choice.filter = filter("len>100");
    EXPECT_THAT(plan(choice).error().message, HasSubstr("passes the filter"));
    choice = {};
    choice.direction = Direction::sent;
    EXPECT_THAT(plan(choice).error().message, HasSubstr("that was sent"));
}

TEST_F(ReplayTest, connections_are_told_apart_also_where_addresses_come_again) {
    auto first = flow(1);
    auto second = flow(2);
    stream(first, Direction::received, "a", 0);
    stream(second, Direction::received, "b", 1);
    stream(first, Direction::received, "c", 2);
    auto again = flow(1);
    stream(again, Direction::received, "d", 3);
    stream(second, Direction::sent, "x", 4);
    stream(second, Direction::received, "e", 5);
    const auto planned = plan();
    ASSERT_TRUE(planned);
    ASSERT_EQ(planned->flows.size(), 3U);
    EXPECT_EQ(planned->flows[0].records(), 2U);
    EXPECT_EQ(planned->flows[1].steps, std::vector<std::uint32_t>{4});
    EXPECT_EQ(planned->flows[2].remote.port, 1);
    EXPECT_EQ(planned->flows[2].begin, some_time + milliseconds(3));
    EXPECT_EQ(planned->duration(), milliseconds(5));
}

TEST_F(ReplayTest, more_connections_than_sockets_are_refused) {
    for (std::uint16_t i = 0; i <= ReplayPlan::most_flows; ++i) {
        auto each = flow(static_cast<std::uint16_t>(i + 1));
        stream(each, Direction::received, "x", i);
    }
    const auto planned = plan();
    ASSERT_FALSE(planned);
    EXPECT_EQ(planned.error().kind, ErrorKind::too_large);
    EXPECT_THAT(planned.error().message, HasSubstr("256"));
}

TEST_F(ReplayTest, a_source_gives_every_payload_in_order_with_its_time) {
    constexpr int count = 20'000;
    for (int i = 0; i < count; ++i) {
        writer.append_datagram(some_time + milliseconds(i), Direction::received, here, there,
                               as_bytes(std::to_string(i)));
    }
    writer.publish();
    auto planned = plan();
    ASSERT_TRUE(planned);
    ReplaySource source(log, planned->flows[0], planned->begin, 2);
    const auto all = drain(source);
    ASSERT_EQ(all.size(), std::size_t{count});
    for (int i = 0; i < count; ++i) {
        const auto& each = all[static_cast<std::size_t>(i)];
        ASSERT_EQ(as_chars(*each.payload), std::to_string(i));
        ASSERT_EQ(each.at, nanoseconds(milliseconds(i)) / 2);
    }
    EXPECT_EQ(source.state(), engine::PayloadSource::State::ended);
}

TEST_F(ReplayTest, a_source_that_nobody_drains_can_be_let_go) {
    const std::string payload(60'000, 'x');
    for (int i = 0; i < 200; ++i) datagram(Direction::received, payload, i);
    const ReplaySource source(log, plan()->flows[0], some_time, 1);
}

TEST_F(ReplayTest, a_preparation_takes_a_time_of_day_as_of_the_day_of_the_log) {
    datagram(Direction::received, "on that day", 0);
    const auto prepare = [&](std::string filter_line) {
        std::promise<void> done;
        ReplayPreparation preparation(log, nullptr, {std::move(filter_line), {}, {}},
                                      [&] { done.set_value(); });
        done.get_future().wait();
        return std::pair(preparation.result().value(), preparation.filter_failed());
    };
    // The epoch's day, which is where a time is without a record, ended long before.
    const auto [planned, failed] = prepare("time<=23:59:59.999");
    ASSERT_TRUE(planned);
    EXPECT_FALSE(failed);
    EXPECT_EQ(planned->records(), 1U);

    const auto [refused, refused_failed] = prepare("len>");
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused_failed);
    const auto [nothing, nothing_failed] = prepare("len>1000");
    ASSERT_FALSE(nothing);
    EXPECT_FALSE(nothing_failed) << "it is understood, but nothing passes";
}

TEST(ReplayTime, is_exact_at_the_speed_of_the_recording) {
    const nanoseconds odd{1'234'567'890'123'456'789};
    EXPECT_EQ(replay_time(odd, 1), odd);
    EXPECT_EQ(replay_time(milliseconds(10), 2), milliseconds(5));
    EXPECT_EQ(replay_time(milliseconds(10), 0.5), milliseconds(20));
    EXPECT_EQ(replay_time(odd, 0), nanoseconds(0));
    EXPECT_EQ(replay_time(nanoseconds(-5), 1), nanoseconds(0));
    EXPECT_GT(replay_time(nanoseconds(INT64_MAX), 1e-6), odd);
}

}  // namespace
}  // namespace sockdesk::app
