#include "cli/stop_rules.hpp"

#include <gtest/gtest.h>

namespace sockdesk::cli {
namespace {

using namespace std::chrono_literals;
using Reason = StopRules::Reason;

SteadyTime at(std::chrono::nanoseconds time) { return SteadyTime{1000s} + time; }

StopWhen idle(std::chrono::nanoseconds time) {
    StopWhen when;
    when.idle = time;
    return when;
}

TEST(StopRules, without_rules_there_is_no_end) {
    StopRules rules({}, false, at(0s));
    rules.opened(at(0s));
    rules.set_all_sent(true, at(1s));
    EXPECT_FALSE(rules.deadline());
    EXPECT_FALSE(rules.reached(at(24h)));
}

TEST(StopRules, count_allows_exactly_so_many) {
    StopWhen when;
    when.count = 2;
    StopRules rules(when, false, at(0s));
    EXPECT_TRUE(rules.count_received());
    EXPECT_FALSE(rules.reached(at(0s)));
    EXPECT_TRUE(rules.count_received());
    EXPECT_EQ(rules.reached(at(0s)), Reason::count);
    EXPECT_FALSE(rules.count_received());
}

TEST(StopRules, for_counts_from_the_opening_and_until_then_from_the_start) {
    StopWhen when;
    when.after = 10s;
    StopRules rules(when, false, at(0s));
    EXPECT_EQ(rules.deadline(), at(10s));
    rules.opened(at(3s));
    EXPECT_EQ(rules.deadline(), at(13s));
    rules.opened(at(5s));  // again, after a loss
    rules.received(at(6s));
    EXPECT_EQ(rules.deadline(), at(13s));
    EXPECT_FALSE(rules.reached(at(13s) - 1ns));
    EXPECT_EQ(rules.reached(at(13s)), Reason::after);
}

TEST(StopRules, idle_begins_with_the_opening_and_anew_with_whatever_arrives) {
    StopRules rules(idle(2s), false, at(0s));
    EXPECT_FALSE(rules.deadline());
    EXPECT_FALSE(rules.reached(at(1h)));
    rules.opened(at(5s));
    EXPECT_EQ(rules.deadline(), at(7s));
    rules.received(at(6s));
    EXPECT_FALSE(rules.reached(at(7s)));
    EXPECT_EQ(rules.reached(at(8s)), Reason::idle);
}

TEST(StopRules, wait_begins_when_all_is_sent_and_anew_with_each_piece_of_an_answer) {
    StopRules rules({}, true, at(0s));
    rules.opened(at(0s));
    rules.received(at(4s));
    EXPECT_FALSE(rules.deadline());
    rules.set_all_sent(true, at(5s));
    rules.set_all_sent(true, at(5500ms));
    EXPECT_EQ(rules.deadline(), at(6s));
    rules.received(at(5900ms));
    EXPECT_FALSE(rules.reached(at(6s)));
    EXPECT_EQ(rules.reached(at(6900ms)), Reason::wait);
    rules.set_all_sent(false, at(6900ms));  // there is more to send after all
    EXPECT_FALSE(rules.reached(at(10s)));
}

TEST(StopRules, the_wait_that_was_asked_for_takes_the_place_of_the_usual_one) {
    StopWhen when;
    when.wait = 0s;
    StopRules rules(when, true, at(0s));
    rules.set_all_sent(true, at(1s));
    EXPECT_EQ(rules.reached(at(1s)), Reason::wait);
}

TEST(StopRules, the_first_deadline_of_several_counts) {
    StopWhen when = idle(2s);
    when.after = 3s;
    StopRules rules(when, false, at(0s));
    rules.opened(at(0s));
    EXPECT_EQ(rules.deadline(), at(2s));
    rules.received(at(2s));
    EXPECT_EQ(rules.deadline(), at(3s));
}

}  // namespace
}  // namespace sockdesk::cli
