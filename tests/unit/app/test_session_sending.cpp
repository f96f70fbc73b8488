// What a tab shows of its next send, and of a file that is being sent.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include <unistd.h>

#include "app/session_model.hpp"
#include "app/translation.hpp"
#include "capture/log.hpp"

namespace sockdesk::app {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class SessionSendingTest : public testing::Test {
protected:
    SessionSendingTest()
        : model_({SessionId{7}, std::make_shared<capture::Log>(pool_, "test"),
                  std::make_shared<engine::SessionCounters>()},
                 {}, [this](engine::Command command) { submitted_.push_back(std::move(command)); }) {
        set_language(Language::english);
        path_ = fs::temp_directory_path() / ("sockdesk-sending-" + std::to_string(::getpid()));
        open();
        model_.tab().session.target = "127.0.0.1:9";
        model_.tab().send.templates = true;
    }
    ~SessionSendingTest() override { fs::remove(path_); }

    void open() {
        model_.handle(engine::StateChanged{
            SessionId{7}, engine::SessionState::open, Endpoint{*IpAddress::parse("127.0.0.1"), 1}, {}, {}});
    }
    std::string preview() {
        const CompiledPayload& box = model_.compiled_at(Timestamp{}, SteadyTime{1h});
        return box.error ? box.error->message : std::string(as_chars(box.bytes));
    }
    const engine::Recipe& last_recipe() {
        return *std::get<engine::Send>(submitted_.back()).payload.recipe();
    }
    void refuse() {
        model_.handle(engine::SendRefused{SessionId{7}, {}, {ErrorKind::too_large, "too large", {}, 0}});
    }

    capture::SegmentPool pool_;
    std::vector<engine::Command> submitted_;
    SessionModel model_;
    fs::path path_;
};

TEST_F(SessionSendingTest, the_preview_is_what_the_next_send_will_be) {
    model_.tab().send.text = "profile={{counter}}";
    EXPECT_EQ(preview(), "profile=0");
    for (int i = 0; i < 3; ++i) {
        model_.send();
        ++*last_recipe().sent_by_hand;  // the engine has accepted it
        EXPECT_EQ(preview(), "profile=" + std::to_string(i + 1));
    }
    // A send that was refused, of whatever, counts nothing.
    model_.send();
    refuse();
    refuse();
    EXPECT_EQ(preview(), "profile=3");
}

TEST_F(SessionSendingTest, the_limit_of_answers_means_the_same_whatever_it_is) {
    ReplySettings& replies = model_.tab().replies;
    replies.on = true;
    ReplyRuleDraft& rule = replies.rules.emplace_back();
    rule.match = "a";
    rule.answer = "b";
    for (const auto& [typed, most] :
         {std::pair{"1000", 1'000U}, {"1001", 1'001U}, {"1.5k/s", 1'500U}, {"0", 0U}}) {
        replies.per_second = typed;
        model_.update_replies();
        const auto& plan = std::get<engine::SetReplies>(submitted_.back()).plan;
        ASSERT_TRUE(plan) << typed << ": " << model_.reply_trouble();
        EXPECT_EQ(plan->per_second, most);
        EXPECT_EQ(plan->burst, most);
    }
}

TEST_F(SessionSendingTest, what_is_sent_of_a_file_is_what_the_engine_accepted) {
    std::ofstream(path_) << std::string(25, 'x');
    model_.tab().send.file.on = true;
    model_.tab().send.file.path = path_.string();
    model_.tab().send.file.cut = FileCut::pieces;
    model_.tab().send.file.piece_bytes = "10";
    model_.tab().send.file.interval_ms = "2000";
    model_.send();
    const auto start = std::get<engine::StartPlayback>(submitted_.back());
    ASSERT_TRUE(start.progress) << model_.notice().text;
    const SteadyTime began = model_.sending_file()->since;
    EXPECT_EQ(model_.file_progress(began)->sent_bytes, 0u);
    EXPECT_EQ(model_.file_progress(began)->total_bytes, 25u);
    EXPECT_LT(model_.file_progress(began)->left.count(), 0) << "nobody knows yet";

    // The loop has the second one ready long before it is its time.
    while (start.source->state() == engine::PayloadSource::State::waiting) std::this_thread::yield();
    start.source->next();
    while (start.source->state() == engine::PayloadSource::State::waiting) std::this_thread::yield();
    start.source->next();
    start.progress->payloads = 1;
    const auto progress = model_.file_progress(began + 1ms);
    EXPECT_EQ(progress->sent_bytes, 10u);
    EXPECT_EQ(progress->packets, 1u);
    EXPECT_DOUBLE_EQ(progress->left.count(), 3.0) << "ten bytes in two seconds";

    model_.stop();
    model_.handle(engine::CycleFinished{SessionId{7}, start.cycle, 1, 0, {}, 0});
    EXPECT_EQ(model_.notice().text, "Stopped after 10 of 25 bytes of the file.");
    EXPECT_FALSE(model_.file_progress(began));
}

TEST_F(SessionSendingTest, a_file_sent_in_one_payload_is_said_to_be) {
    std::ofstream(path_) << "short";
    model_.tab().send.file.on = true;
    model_.tab().send.file.path = path_.string();
    model_.send();
    const auto start = std::get<engine::StartPlayback>(submitted_.back());
    while (start.source->state() == engine::PayloadSource::State::waiting) std::this_thread::yield();
    start.source->next();
    while (start.source->state() != engine::PayloadSource::State::ended) std::this_thread::yield();
    model_.handle(engine::CycleFinished{SessionId{7}, start.cycle, 1, 0, {}, 0});
    EXPECT_EQ(model_.notice().text, "The file was sent in 1 payload.");
}

TEST_F(SessionSendingTest, a_session_that_closes_lets_go_of_its_file) {
    std::ofstream(path_) << std::string(1'000'000, 'x');
    model_.tab().send.file.on = true;
    model_.tab().send.file.path = path_.string();
    model_.send();
    ASSERT_NE(model_.sending_file(), nullptr);
    const std::weak_ptr<const FileSource> source = model_.sending_file()->source;
    submitted_.clear();
    model_.handle(engine::StateChanged{SessionId{7}, engine::SessionState::closed, {}, {}, {}});
    EXPECT_TRUE(source.expired());
}

}  // namespace
}  // namespace sockdesk::app
