// What was sent by hand: without duplicates, within limits, kept, and walked through as in a shell.
#include "app/send_history.hpp"

#include <gtest/gtest.h>

namespace sockdesk::app {
namespace {

SentPayload entry(std::string text, bool hex = false) { return {std::move(text), hex, false, false, {}}; }

std::string texts(const SendHistory& history) {
    std::string all;
    for (const SentPayload& each : history.entries()) all += (all.empty() ? "" : " ") + each.text;
    return all;
}

TEST(SendHistory, HasTheNewestFirstAndEachOnce) {
    SendHistory history;
    for (const char* text : {"a", "b", "a", "c", "c"}) history.add(entry(text));
    EXPECT_EQ(texts(history), "c a b");
    history.add(entry("a", true));
    EXPECT_EQ(texts(history), "a c a b") << "hex is another payload";
}

TEST(SendHistory, StaysWithinItsLimits) {
    SendHistory history;
    for (int i = 0; i < 600; ++i) history.add(entry(std::to_string(i)));
    EXPECT_EQ(history.entries().size(), SendHistory::max_entries);
    EXPECT_EQ(history.entries().front().text, "599");
    const std::string half(SendHistory::max_bytes / 2, 'x');
    history.add(entry(half + "1"));
    history.add(entry(half + "2"));
    EXPECT_EQ(history.entries().size(), 1U) << "two of them are more than all may take";
    history.add(entry("small"));
    history.add(entry(half + half + half));
    EXPECT_EQ(history.entries().size(), 2U) << "what is too long is not kept, and takes nothing else with it";
    // Removing gives room back.
    history.remove(1);
    for (int i = 0; i < 400; ++i) history.add(entry(std::to_string(i)));
    EXPECT_EQ(history.entries().size(), 401U);
}

TEST(SendHistory, ComesBackFromItsFile) {
    SendHistory history;
    history.add({"01 02", true, false, true, "crc16-modbus"});
    history.add({"line\r\n\"quoted\" 你好 \\r", false, true, false, {}});
    const auto back = history_from_json(to_json(history.entries()));
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(*back, history.entries());
    for (const char* broken :
         {"", "{", "[]", R"({"sockdesk_history":2,"entries":[]})",
          R"({"sockdesk_history":1,"entries":[{"text":5}]})", R"({"sockdesk_history":1})",
          R"({"sockdesk_history":1,"entries":[{"text":"a","hex":"yes"}]})"}) {
        const auto refused = history_from_json(broken);
        ASSERT_FALSE(refused) << broken;
        EXPECT_EQ(refused.error().message.find("exception"), std::string::npos) << refused.error().message;
    }
    SendHistory invalid;
    invalid.add(entry("\xFF"));
    EXPECT_TRUE(history_from_json(to_json(invalid.entries())));
    history.set_entries(std::deque<SentPayload>(600, entry(std::string(4000, 'x'))));
    EXPECT_LE(history.entries().size(), SendHistory::max_bytes / 4000)
        << "limits hold for what was kept, too";
}

class Walk : public testing::Test {
protected:
    Walk() {
        for (const char* text : {"first", "second", "third"}) history_.add(entry(text));
        box_.text = "draft";
    }
    std::string older() { return walk_.older(history_, box_) ? box_.text : "stays"; }
    std::string newer() { return walk_.newer(history_, box_) ? box_.text : "stays"; }

    SendHistory history_;
    HistoryWalk walk_;
    SendSettings box_;
};

TEST_F(Walk, GoesBackAndForthToTheDraft) {
    EXPECT_EQ(newer(), "stays");
    EXPECT_EQ(older(), "third");
    EXPECT_EQ(older(), "second");
    EXPECT_EQ(newer(), "third");
    EXPECT_EQ(older(), "second");
    EXPECT_EQ(older(), "first");
    EXPECT_EQ(older(), "stays");
    EXPECT_EQ(newer(), "second");
    EXPECT_EQ(newer(), "third");
    EXPECT_EQ(newer(), "draft");
    EXPECT_EQ(newer(), "stays");
}

TEST_F(Walk, RestoresHowItWasWritten) {
    history_.add({"01", true, false, true, "xor"});
    box_.escapes = true;
    ASSERT_EQ(older(), "01");
    EXPECT_TRUE(box_.hex && box_.templates && box_.trailer.append && !box_.escapes);
    EXPECT_EQ(box_.trailer.trailer, "xor");
    ASSERT_EQ(newer(), "draft");
    EXPECT_TRUE(!box_.hex && box_.escapes && !box_.trailer.append);
}

TEST_F(Walk, LeavesForTheDraftAtOnce) {
    older();
    older();
    EXPECT_TRUE(walk_.is_shown(box_));
    walk_.leave(box_);
    EXPECT_EQ(box_.text, "draft");
    EXPECT_FALSE(walk_.is_shown(box_));
}

TEST_F(Walk, ChangesNothingThatWouldBeAppended) {
    history_.add({"01", true, false, true, "xor"});
    box_.trailer = {false, "crc16-modbus"};
    const SendSettings before = box_;
    ASSERT_EQ(older(), "01");
    EXPECT_EQ(box_.trailer.trailer, "xor");
    walk_.leave(box_);
    EXPECT_EQ(box_, before);
}

TEST_F(Walk, KeepsTheDraftWhenAnEntryIsSent) {
    walk_.go_to(history_, 1, box_);
    ASSERT_EQ(box_.text, "second");
    history_.add(entry("second"));
    walk_.go_to(history_, 2, box_);
    ASSERT_EQ(box_.text, "first");
    walk_.leave(box_);
    EXPECT_EQ(box_.text, "draft");
}

TEST_F(Walk, TakesWhatWasEditedForADraft) {
    older();
    box_.text += " edited";
    EXPECT_FALSE(walk_.is_shown(box_));
    EXPECT_EQ(newer(), "stays");
    EXPECT_EQ(older(), "third");
    EXPECT_EQ(newer(), "third edited");
}

TEST_F(Walk, PassesOverWhatWasJustSent) {
    history_.add(entry("draft"));
    EXPECT_EQ(older(), "third") << "what stands in the box is no step";
    EXPECT_EQ(newer(), "draft");
}

TEST_F(Walk, BeginsAnewAfterASend) {
    older();
    ASSERT_EQ(older(), "second");
    history_.add(entry("second"));
    EXPECT_EQ(older(), "third");
    EXPECT_EQ(older(), "first");
}

TEST(HistoryList, FindsEveryWord) {
    SendHistory history;
    for (const char* text : {"AT+CSQ", "at+creg", "hello"}) history.add(entry(text));
    HistoryList list;
    list.update(history, "at+ c");
    EXPECT_EQ(list.rows().size(), 2U);
    history.add(entry("AT+C new"));
    list.update(history, "at+ c");
    EXPECT_EQ(list.rows().size(), 3U);
    EXPECT_EQ(list.rows().front(), 0U);
}

}  // namespace
}  // namespace sockdesk::app
