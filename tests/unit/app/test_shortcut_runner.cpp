// Shortcuts sent by hand and in a row: what they count, and which of them is at it.
#include <gtest/gtest.h>

#include "app/shortcut_runner.hpp"
#include "app/translation.hpp"
#include "capture/log.hpp"

namespace sockdesk::app {
namespace {

class ShortcutRunnerTest : public testing::Test {
protected:
    ShortcutRunnerTest()
        : session_({SessionId{7}, std::make_shared<capture::Log>(pool_, "test"),
                    std::make_shared<engine::SessionCounters>()},
                   {}, [this](engine::Command command) { submitted_.push_back(std::move(command)); }) {
        set_language(Language::english);
        session_.handle(engine::StateChanged{
            SessionId{7}, engine::SessionState::open, Endpoint{*IpAddress::parse("127.0.0.1"), 1}, {}, {}});
        session_.tab().session.target = "127.0.0.1:9";
    }

    ShortcutId add(const std::string& payload, const std::string& delay = "") {
        Shortcut shortcut;
        shortcut.name = payload;
        shortcut.payload = payload;
        shortcut.templates = true;
        shortcut.delay = delay;
        return *library_.add(shortcut);
    }
    /// As the engine makes and counts it.
    std::string send(ShortcutId id) {
        if (!runner_.send(session_, library_, id)) return session_.notice().text;
        const engine::Outgoing sent = std::get<engine::Send>(submitted_.back()).payload;
        submitted_.clear();
        codec::TemplateMoment moment;
        if (sent.recipe() != nullptr) moment.counter = (*sent.recipe()->sent_by_hand)++;
        Bytes bytes;
        make_bytes(sent, moment, bytes);
        return std::string(as_chars(bytes));
    }

    capture::SegmentPool pool_;
    std::vector<engine::Command> submitted_;
    SessionModel session_;
    ShortcutLibrary library_;
    ShortcutRunner runner_;
};

TEST_F(ShortcutRunnerTest, every_shortcut_of_a_large_library_counts_on) {
    std::vector<ShortcutId> ids;
    for (int i = 0; i < 600; ++i) ids.push_back(add(std::to_string(i) + ":{{counter}}"));
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 600; ++i) {
            ASSERT_EQ(send(ids[static_cast<std::size_t>(i)]),
                      std::to_string(i) + ":" + std::to_string(round));
        }
    }
}

TEST_F(ShortcutRunnerTest, a_changed_shortcut_counts_anew) {
    const ShortcutId id = add("a{{counter}}");
    EXPECT_EQ(send(id), "a0");
    EXPECT_EQ(send(id), "a1");
    Shortcut changed = *library_.find(id);
    changed.payload = "b{{counter}}";
    library_.replace(id, changed);
    EXPECT_EQ(send(id), "b0");
}

TEST_F(ShortcutRunnerTest, what_a_row_is_at_is_what_the_engine_says) {
    const std::vector<ShortcutId> ids = {add("one", "100"), add("two", "200")};
    ASSERT_TRUE(runner_.run(session_, library_, ids, std::nullopt)) << session_.notice().text;
    const engine::CyclePlan plan = std::get<engine::StartCycle>(submitted_.back()).plan;
    EXPECT_EQ(plan.period, std::chrono::milliseconds(300));
    ASSERT_TRUE(plan.progress);
    ASSERT_TRUE(runner_.progress(session_));
    EXPECT_EQ(runner_.progress(session_)->round, 1u);
    plan.progress->rounds = 423'000;
    plan.progress->step = 1;
    EXPECT_EQ(runner_.progress(session_)->round, 423'000u);
    EXPECT_EQ(runner_.progress(session_)->sending, ids[1]);
    plan.progress->step = 0;
    EXPECT_EQ(runner_.progress(session_)->sending, ids[0]);
    session_.handle(engine::CycleFinished{SessionId{7}, *session_.running(), 423'000, 0, {}, 0});
    EXPECT_FALSE(runner_.progress(session_));
}

}  // namespace
}  // namespace sockdesk::app
