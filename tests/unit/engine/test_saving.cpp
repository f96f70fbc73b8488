#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "unit/engine/engine_fixture.hpp"

namespace sockdesk::engine {
namespace {

namespace fs = std::filesystem;

class SavingTest : public EngineTest {
protected:
    SavingTest() {
        std::string pattern = (fs::temp_directory_path() / "sockdesk-test-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        std::tie(session_, local_) = open(udp_on("127.0.0.1"));
    }
    ~SavingTest() override { fs::remove_all(folder_); }

    void receive(std::string_view payload) {
        const auto before = session_.counters->rx_packets.load();
        engine_->submit(Send{session_.id, HostPort{"127.0.0.1", local_.port}, text(payload)});
        ASSERT_TRUE(wait_until([&] { return session_.counters->rx_packets == before + 1; }));
    }

    SaveChanged save(const fs::path& path, capture::SaveMode mode) {
        engine_->submit(StartSaving{session_.id, path, mode});
        return wait_for<SaveChanged>([](const SaveChanged& change) { return change.saving || change.error; });
    }

    void stop_saving() {
        engine_->submit(StopSaving{session_.id});
        wait_for<SaveChanged>([](const SaveChanged& change) { return !change.saving; });
    }

    /// Each payload is sent and received, so it stands in the file twice.
    static std::size_t occurrences(const fs::path& path, const std::string& payload) {
        std::ifstream file(path, std::ios::binary);
        const std::string all((std::istreambuf_iterator<char>(file)), {});
        std::size_t count = 0;
        for (auto at = all.find(payload); at != std::string::npos; at = all.find(payload, at + 1)) {
            ++count;
        }
        return count;
    }

    fs::path folder_;
    SessionHandle session_;
    Endpoint local_;
};

TEST_F(SavingTest, HoldsWhatCameBeforeAndWhatComesAfter) {
    const fs::path path = folder_ / "log.pcapng";
    receive("before");
    EXPECT_TRUE(save(path, capture::SaveMode::create).saving);
    receive("after");
    stop_saving();
    receive("unsaved");
    EXPECT_EQ(occurrences(path, "before"), 2u);
    EXPECT_EQ(occurrences(path, "after"), 2u);
    EXPECT_EQ(occurrences(path, "unsaved"), 0u);
}

TEST_F(SavingTest, AppendingGoesOnWhereTheSameFileStopped) {
    const fs::path path = folder_ / "log.pcapng";
    save(path, capture::SaveMode::create);
    receive("first");
    stop_saving();
    receive("between");
    EXPECT_TRUE(save(path, capture::SaveMode::append).saving);
    receive("last");
    stop_saving();
    for (const char* payload : {"first", "between", "last"}) {
        EXPECT_EQ(occurrences(path, payload), 2u) << payload;
    }
}

TEST_F(SavingTest, StopAndStartAtOnceOnTheSameFile) {
    const fs::path path = folder_ / "log.pcapng";
    save(path, capture::SaveMode::create);
    for (int i = 0; i < 20; ++i) {
        engine_->submit(StopSaving{session_.id});
        const auto started = save(path, capture::SaveMode::append);
        EXPECT_TRUE(started.saving) << (started.error ? started.error->message : "");
        wait_for<SaveChanged>([](const SaveChanged& change) { return !change.saving; });
    }
    receive("the end");
    stop_saving();
    EXPECT_EQ(occurrences(path, "the end"), 2u);
}

TEST_F(SavingTest, StartingAgainOnTheSameFileChangesNothing) {
    const fs::path path = folder_ / "log.pcapng";
    save(path, capture::SaveMode::create);
    EXPECT_TRUE(save(path, capture::SaveMode::create).saving);
    receive("still saved");
    stop_saving();
    EXPECT_EQ(occurrences(path, "still saved"), 2u);
}

TEST_F(SavingTest, AnUnwritablePlaceIsRefusedByName) {
    const fs::path path = folder_ / "no-such-folder" / "log.pcapng";
    const auto refused = save(path, capture::SaveMode::create);
    ASSERT_TRUE(refused.error);
    EXPECT_NE(refused.error->message.find(path.string()), std::string::npos) << refused.error->message;
}

TEST_F(SavingTest, GoesOnOverCloseAndOpenAndEndsWithTheEngine) {
    const fs::path path = folder_ / "log.pcapng";
    save(path, capture::SaveMode::create);
    receive("one");
    engine_->submit(CloseSession{session_.id});
    wait_for_state(session_.id, SessionState::closed);
    engine_->submit(OpenSession{session_.id, udp_on("127.0.0.1"), {}});
    local_ = wait_for_state(session_.id, SessionState::open).local.value_or(Endpoint{});
    receive("two");
    engine_.reset();
    EXPECT_EQ(occurrences(path, "one"), 2u);
    EXPECT_EQ(occurrences(path, "two"), 2u);
}

}  // namespace
}  // namespace sockdesk::engine
