// A session that is kept without anybody having asked for it.
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "unit/engine/engine_fixture.hpp"

namespace sockdesk::engine {
namespace {

namespace fs = std::filesystem;

class RecordingTest : public EngineTest {
protected:
    RecordingTest() {
        std::string pattern = (fs::temp_directory_path() / "sockdesk-test-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        start([this](const SessionConfig&) -> Result<fs::path> {
            return folder_ / (std::to_string(++asked_) + ".pcapng");
        });
    }
    ~RecordingTest() override {
        engine_.reset();
        fs::remove_all(folder_);
    }

    void start(std::function<Result<fs::path>(const SessionConfig&)> recording_path) {
        EngineOptions options;
        options.recording_path = std::move(recording_path);
        engine_.emplace(std::move(options));
        engine_->on_activity([this] {
            const std::lock_guard lock(mutex_);
            activity_ = true;
            changed_.notify_all();
        });
    }

    void send_to_itself(const SessionHandle& session, std::uint16_t port, std::string_view payload) {
        engine_->submit(Send{session.id, HostPort{"127.0.0.1", port}, text(payload)});
        ASSERT_TRUE(wait_until([&] {
            const auto received = payloads(session).received;
            return !received.empty() && received.back() == payload;
        }));
    }

    void close(const SessionHandle& session) {
        engine_->submit(CloseSession{session.id});
        wait_for_state(session.id, SessionState::closed);
    }

    void remove(const SessionHandle& session) {
        engine_->submit(RemoveSession{session.id});
        wait_for<RecordingChanged>([](const RecordingChanged& change) { return !change.recording; });
    }

    static std::string content(const fs::path& path) {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    std::atomic<int> asked_{0};
    fs::path folder_;
};

TEST_F(RecordingTest, KeepsWhatASessionCarriesOverItsOpensAndCloses) {
    const auto [session, local] = open(udp_on("127.0.0.1"));
    const auto started = wait_for<RecordingChanged>();
    EXPECT_TRUE(started.recording);
    EXPECT_EQ(started.path, folder_ / "1.pcapng");
    send_to_itself(session, local.port, "first time");
    close(session);
    engine_->submit(OpenSession{session.id, udp_on("127.0.0.1"), {}});
    const auto again = wait_for_state(session.id, SessionState::open);
    send_to_itself(session, again.local->port, "second time");
    remove(session);
    const std::string kept = content(folder_ / "1.pcapng");
    EXPECT_NE(kept.find("first time"), std::string::npos);
    EXPECT_NE(kept.find("second time"), std::string::npos);
    EXPECT_EQ(asked_, 1);
}

TEST_F(RecordingTest, KeepsNothingOfASessionThatCarriedNothing) {
    const auto [session, local] = open(udp_on("127.0.0.1"));
    EXPECT_TRUE(wait_for<RecordingChanged>().recording);
    remove(session);
    EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(RecordingTest, EndsWithTheEngine) {
    {
        const auto [session, local] = open(udp_on("127.0.0.1"));
        send_to_itself(session, local.port, "to the end");
    }
    engine_.reset();
    EXPECT_NE(content(folder_ / "1.pcapng").find("to the end"), std::string::npos);
}

TEST_F(RecordingTest, IsNotWhatTheSessionDependsOn) {
    events_.clear();
    start([](const SessionConfig&) -> Result<fs::path> { return "/proc/no/such/folder/1.pcapng"; });
    const auto [session, local] = open(udp_on("127.0.0.1"));
    const auto refused = wait_for<RecordingChanged>();
    EXPECT_FALSE(refused.recording);
    ASSERT_TRUE(refused.error);
    EXPECT_NE(refused.error->message.find("/proc/no/such/folder/1.pcapng"), std::string::npos);
    send_to_itself(session, local.port, "all the same");
    EXPECT_EQ(payloads(session).received, std::vector<std::string>{"all the same"});
}

}  // namespace
}  // namespace sockdesk::engine
