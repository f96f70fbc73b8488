#include <algorithm>
#include <deque>
#include <thread>

#include "engine/payload_source.hpp"
#include "engine_fixture.hpp"

namespace sockdesk::engine {
namespace {

using std::chrono::milliseconds;

/// What a test gives it, when the test gives it.
class ScriptedSource final : public PayloadSource {
public:
    void give(std::chrono::nanoseconds at, std::string_view characters) {
        const ByteView bytes = as_bytes(characters);
        change([&] { queue_.push_back({at, make_payload(Bytes(bytes.begin(), bytes.end()))}); });
    }
    void end() {
        change([&] { ended_ = true; });
    }
    void break_off(std::string message) {
        change([&] { error_ = Error{ErrorKind::system, std::move(message), {}, Error::no_position}; });
    }
    bool has_listener() {
        const std::lock_guard lock(mutex_);
        return static_cast<bool>(ready_);
    }
    std::size_t left() {
        const std::lock_guard lock(mutex_);
        return queue_.size();
    }

    State state() override {
        const std::lock_guard lock(mutex_);
        if (!queue_.empty()) return State::ready;
        if (error_) return State::failed;
        return ended_ ? State::ended : State::waiting;
    }
    TimedPayload next() override {
        const std::lock_guard lock(mutex_);
        TimedPayload first = queue_.front();
        queue_.pop_front();
        return first;
    }
    Error error() const override { return *error_; }
    void on_ready(std::function<void()> ready) override {
        const std::lock_guard lock(mutex_);
        ready_ = std::move(ready);
    }

private:
    void change(const std::function<void()>& how) {
        const std::lock_guard lock(mutex_);
        how();
        if (ready_) ready_();
    }

    std::mutex mutex_;
    std::deque<TimedPayload> queue_;
    std::function<void()> ready_;
    std::optional<Error> error_;
    bool ended_ = false;
};

class PlaybackTest : public EngineTest {
protected:
    static constexpr CycleId playback{7};

    PlaybackTest() {
        std::tie(receiver, receiver_address) = open(udp_on("127.0.0.1"));
        SessionConfig config = udp_on("127.0.0.1");
        config.remote = HostPort{"127.0.0.1", receiver_address.port};
        sender = open(config).first;
    }

    void start() { engine_->submit(StartPlayback{sender.id, playback, source, ToDefault{}}); }

    SessionHandle receiver;
    Endpoint receiver_address;
    SessionHandle sender;
    std::shared_ptr<ScriptedSource> source = std::make_shared<ScriptedSource>();
};

TEST_F(PlaybackTest, payloads_go_in_order_and_none_before_its_time) {
    for (int i = 0; i < 20; ++i) source->give(milliseconds(i * 5), "payload " + std::to_string(i));
    source->end();
    const auto begun = std::chrono::steady_clock::now();
    start();
    const auto finished = wait_for<CycleFinished>();
    EXPECT_GE(std::chrono::steady_clock::now() - begun, milliseconds(95));
    EXPECT_EQ(finished.cycle, playback);
    EXPECT_EQ(finished.rounds, 20U);
    EXPECT_EQ(finished.missed_rounds, 0U);
    EXPECT_FALSE(finished.error);

    ASSERT_TRUE(wait_until([&] { return payloads(receiver).received.size() == 20; }));
    std::vector<std::string> expected;
    for (int i = 0; i < 20; ++i) expected.push_back("payload " + std::to_string(i));
    EXPECT_EQ(payloads(receiver).received, expected);
    EXPECT_EQ(payloads(sender).sent, expected);

    // Each is due from the beginning, not from the one before.
    capture::LogReader reader(sender.log);
    std::vector<Timestamp> times;
    for (RecordIndex i = 0; i < sender.log->published(); ++i) {
        const auto record = reader.record(i);
        if (record.kind == capture::RecordKind::payload) times.push_back(record.time);
    }
    ASSERT_EQ(times.size(), 20U);
    EXPECT_TRUE(std::is_sorted(times.begin(), times.end()));
}

TEST_F(PlaybackTest, what_a_source_has_later_is_sent_later) {
    source->give({}, "at once");
    start();
    ASSERT_TRUE(wait_until([&] { return payloads(receiver).received.size() == 1; }));
    source->give(milliseconds(0), "its time has passed");
    ASSERT_TRUE(wait_until([&] { return payloads(receiver).received.size() == 2; }));
    source->end();
    const auto finished = wait_for<CycleFinished>();
    EXPECT_EQ(finished.rounds, 2U);
    EXPECT_EQ(payloads(receiver).received, (std::vector<std::string>{"at once", "its time has passed"}));
}

TEST_F(PlaybackTest, lateness_is_counted_and_loses_nothing) {
    start();
    const auto begun = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - begun < milliseconds(30)) std::this_thread::yield();
    source->give(milliseconds(1), "late");
    source->give(milliseconds(1), "late, too");
    source->end();
    const auto finished = wait_for<CycleFinished>();
    EXPECT_EQ(finished.rounds, 2U);
    EXPECT_EQ(finished.late, 2U);
    EXPECT_EQ(payloads(sender).sent, (std::vector<std::string>{"late", "late, too"}));
}

TEST_F(PlaybackTest, it_can_be_stopped_and_lets_go_of_its_source) {
    source->give({}, "first");
    source->give(std::chrono::hours(1), "never");
    start();
    ASSERT_TRUE(wait_until([&] { return payloads(receiver).received.size() == 1; }));
    engine_->submit(StopCycle{sender.id, playback});
    const auto finished = wait_for<CycleFinished>();
    EXPECT_EQ(finished.rounds, 1U);
    EXPECT_FALSE(finished.error);
    engine_.reset();
    EXPECT_FALSE(source->has_listener());
    EXPECT_EQ(source.use_count(), 1);
    source->end();  // calls nobody
}

TEST_F(PlaybackTest, closing_the_session_ends_it) {
    source->give(std::chrono::hours(1), "never");
    start();
    engine_->submit(CloseSession{sender.id});
    EXPECT_EQ(wait_for<CycleFinished>().rounds, 0U);
}

TEST_F(PlaybackTest, a_source_that_fails_says_why) {
    source->give({}, "as far as it went");
    source->break_off("read the capture: the disk reports a failure");
    start();
    const auto finished = wait_for<CycleFinished>();
    EXPECT_EQ(finished.rounds, 1U);
    ASSERT_TRUE(finished.error);
    EXPECT_EQ(finished.error->message, "read the capture: the disk reports a failure");
    EXPECT_EQ(payloads(sender).sent, std::vector<std::string>{"as far as it went"});
}

TEST_F(PlaybackTest, a_closed_session_refuses) {
    engine_->submit(CloseSession{sender.id});
    source->give({}, "nobody");
    start();
    const auto finished = wait_for<CycleFinished>();
    ASSERT_TRUE(finished.error);
    EXPECT_EQ(finished.error->kind, ErrorKind::closed);
    EXPECT_EQ(source->left(), 1U);
}

TEST_F(PlaybackTest, several_run_at_once) {
    const auto other = std::make_shared<ScriptedSource>();
    for (int i = 0; i < 50; ++i) {
        source->give(milliseconds(i), "a" + std::to_string(i));
        other->give(milliseconds(i), "b" + std::to_string(i));
    }
    source->end();
    other->end();
    start();
    engine_->submit(StartPlayback{sender.id, CycleId{8}, other, ToDefault{}});
    wait_for<CycleFinished>([](const CycleFinished& finished) { return finished.cycle == playback; });
    wait_for<CycleFinished>([](const CycleFinished& finished) { return finished.cycle == CycleId{8}; });
    ASSERT_TRUE(wait_until([&] { return payloads(receiver).received.size() == 100; }));
    for (const char name : {'a', 'b'}) {
        std::vector<std::string> own;
        for (const std::string& each : payloads(receiver).received) {
            if (each.front() == name) own.push_back(each);
        }
        for (std::size_t i = 0; i < own.size(); ++i) EXPECT_EQ(own[i], name + std::to_string(i));
    }
}

}  // namespace
}  // namespace sockdesk::engine
