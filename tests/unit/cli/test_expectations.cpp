#include "cli/expectations.hpp"

#include <gtest/gtest.h>

namespace sockdesk::cli {
namespace {

using namespace std::chrono_literals;

const Endpoint here{IpAddress::v4({127, 0, 0, 1}), 9000};

Endpoint peer(std::uint16_t port) { return {IpAddress::v4({127, 0, 0, 1}), port}; }

class ExpectationsTest : public testing::Test {
protected:
    static Expectations expect(std::vector<std::string> texts) {
        std::vector<Expectation> all;
        for (const std::string& text : texts) {
            const ByteView bytes = as_bytes(text);
            auto matcher =
                query::Matcher::of_bytes(query::MatchKind::contains, Bytes(bytes.begin(), bytes.end()));
            all.push_back({text, std::move(*matcher), 2s});
        }
        return Expectations(std::move(all), codec::Encoding::utf8());
    }

    void says(Expectations& expectations, const Endpoint& remote, std::string_view text) {
        capture::RecordView record;
        record.direction = capture::Direction::received;
        record.transport = capture::Transport::tcp;
        record.local = here;
        record.remote = remote;
        record.payload = as_bytes(text);
        record.stream_offset = offsets_[remote];
        offsets_[remote] += text.size();
        expectations.add(record, now);
    }

    SteadyTime now{100s};

private:
    std::map<Endpoint, std::uint64_t> offsets_;
};

TEST_F(ExpectationsTest,
       the_first_one_has_its_time_from_the_beginning_and_each_further_one_from_the_one_before) {
    Expectations expectations = expect({"a", "b"});
    EXPECT_FALSE(expectations.deadline());
    expectations.begin(now);
    expectations.begin(now + 1s);  // it has begun
    EXPECT_EQ(expectations.deadline(), now + 2s);
    EXPECT_FALSE(expectations.is_late(now + 1999ms));
    EXPECT_TRUE(expectations.is_late(now + 2s));
    now += 1500ms;
    says(expectations, peer(1), "a");
    EXPECT_EQ(expectations.deadline(), now + 2s);
    says(expectations, peer(1), "b");
    EXPECT_TRUE(expectations.all_met());
    EXPECT_FALSE(expectations.deadline());
}

TEST_F(ExpectationsTest, nothing_is_kept_of_connections_that_have_ended) {
    Expectations expectations = expect({"needle"});
    for (std::uint16_t port = 1; port <= 5000; ++port) {
        says(expectations, peer(port), "need");
        expectations.stream_ended(here, peer(port), now);
    }
    EXPECT_EQ(expectations.streams(), 0U);
    says(expectations, peer(7), "need");
    says(expectations, peer(7), "le");
    EXPECT_TRUE(expectations.all_met());
}

TEST_F(ExpectationsTest, of_too_many_connections_the_one_that_has_been_silent_the_longest_is_given_up) {
    Expectations expectations = expect({"needle"});
    // The last ones have the lowest addresses.
    const auto first = static_cast<std::uint16_t>(Expectations::most_streams + 1);
    for (std::uint16_t port = first; port >= 2; --port) says(expectations, peer(port), "ne");
    EXPECT_EQ(expectations.streams(), Expectations::most_streams);
    says(expectations, peer(first), "e");  // not the longest any more
    says(expectations, peer(1), "ne");     // one too many
    EXPECT_EQ(expectations.streams(), Expectations::most_streams);
    const auto given_up = static_cast<std::uint16_t>(first - 1);
    says(expectations, peer(given_up), "edle");
    EXPECT_FALSE(expectations.all_met());
    says(expectations, peer(2), "edle");
    EXPECT_TRUE(expectations.all_met());
}

TEST_F(ExpectationsTest, one_that_speaks_goes_on_counting_when_others_are_given_up) {
    Expectations expectations = expect({"needle"});
    const auto first = static_cast<std::uint16_t>(Expectations::most_streams + 1);
    for (std::uint16_t port = first; port >= 2; --port) says(expectations, peer(port), "ne");
    says(expectations, peer(first), "e");
    says(expectations, peer(1), "x");
    says(expectations, peer(first), "dle");
    EXPECT_TRUE(expectations.all_met());
}

TEST_F(ExpectationsTest, an_exact_text_is_met_when_its_message_has_ended) {
    std::vector<Expectation> all;
    const std::string text = "done";
    for (int i = 0; i < 2; ++i) {
        const ByteView bytes = as_bytes(text);
        all.push_back({text,
                       *query::Matcher::of_bytes(query::MatchKind::exact, Bytes(bytes.begin(), bytes.end())),
                       2s});
    }
    Expectations expectations(std::move(all), codec::Encoding::utf8());
    says(expectations, peer(1), "done");
    const auto decided = expectations.decides_at();
    ASSERT_TRUE(decided) << "more may come";
    expectations.pass_time(*decided - 1ns);
    EXPECT_EQ(expectations.decides_at(), decided);
    expectations.pass_time(*decided);
    EXPECT_FALSE(expectations.decides_at());
    EXPECT_FALSE(expectations.all_met());
    now = *decided;
    says(expectations, peer(2), "done");
    expectations.stream_ended(here, peer(2), now);
    EXPECT_TRUE(expectations.all_met());
    EXPECT_EQ(expectations.streams(), 1U);
}

}  // namespace
}  // namespace sockdesk::cli
