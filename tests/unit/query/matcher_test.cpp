#include "query/matcher.hpp"

#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "query/stream_matcher.hpp"

namespace sockdesk::query {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

Matcher bytes(MatchKind kind, std::string_view text) {
    auto made = Matcher::of_bytes(kind, bytes_of(text));
    EXPECT_TRUE(made) << made.error().message;
    return *made;
}
Matcher exact(std::string_view text) { return bytes(MatchKind::exact, text); }
Matcher prefix(std::string_view text) { return bytes(MatchKind::prefix, text); }
Matcher contains(std::string_view text) { return bytes(MatchKind::contains, text); }
Matcher regex(std::string_view text) {
    auto made = Matcher::regex(text);
    EXPECT_TRUE(made) << made.error().message;
    return *made;
}
Matcher hex(std::string_view text) {
    auto made = Matcher::hex(text);
    EXPECT_TRUE(made) << made.error().message;
    return *made;
}

/// The texts of the groups, or nothing.
std::vector<std::string> in_datagram(const Matcher& matcher, std::string_view datagram) {
    MatchGroups found;
    if (!matcher.match_datagram(as_bytes(datagram), found)) return {};
    std::vector<std::string> result;
    for (const auto& group : found.groups)
        result.emplace_back(datagram.substr(group.begin, group.end - group.begin));
    return result;
}

/// What a stream makes of some matchers: "number:match", in order.
class Heard final : public StreamMatcher::Sink {
public:
    explicit Heard(std::vector<Matcher> matchers, std::size_t most_kept = 65'536)
        : once_(matchers.size(), false),
          stream_(std::make_shared<const std::vector<Matcher>>(std::move(matchers)), most_kept) {}

    Heard& add(std::string_view piece) {
        stream_.add(as_bytes(piece), *this);
        return *this;
    }
    Heard& add_one_by_one(std::string_view text) {
        for (const char& c : text) add({&c, 1});
        return *this;
    }
    void only_once(std::size_t matcher) { once_[matcher] = true; }

    bool is_active(std::size_t matcher) const override { return !once_[matcher] || counts_[matcher] == 0; }
    void on_match(std::size_t matcher, ByteView bytes, const MatchGroups& groups) override {
        ++counts_[matcher];
        std::string text = std::to_string(matcher);
        for (const auto& group : groups.groups) {
            text += ':' + std::string(as_chars(bytes.subspan(group.begin, group.end - group.begin)));
        }
        matches.push_back(std::move(text));
    }

    std::vector<std::string> matches;

private:
    std::vector<bool> once_;
    mutable std::map<std::size_t, int> counts_;
    StreamMatcher stream_;
};

TEST(Matcher, DatagramsAreLookedAtAsAWhole) {
    EXPECT_THAT(in_datagram(exact("ping"), "ping"), ElementsAre("ping"));
    EXPECT_THAT(in_datagram(exact("ping"), "ping\n"), IsEmpty());
    EXPECT_THAT(in_datagram(exact(""), ""), ElementsAre(""));
    EXPECT_THAT(in_datagram(exact(""), "x"), IsEmpty());
    EXPECT_THAT(in_datagram(prefix("GET "), "GET /"), ElementsAre("GET "));
    EXPECT_THAT(in_datagram(prefix("GET "), " GET /"), IsEmpty());
    EXPECT_THAT(in_datagram(contains("ell"), "hello"), ElementsAre("ell"));
    EXPECT_THAT(in_datagram(hex("65 ?? 6F"), "hello"), IsEmpty());
    EXPECT_THAT(in_datagram(hex("65 6? 6C"), "hello"), ElementsAre("ell"));
    EXPECT_THAT(in_datagram(Matcher::any(), ""), ElementsAre(""));
    EXPECT_THAT(in_datagram(Matcher::any(), "x\ny"), ElementsAre("x\ny"));
}

TEST(Matcher, ARegularExpressionTellsItsGroups) {
    const Matcher matcher = regex(R"((?P<verb>\w+) (\d+)(x)?)");
    EXPECT_THAT(matcher.group_names(), ElementsAre("verb", "", ""));
    EXPECT_THAT(in_datagram(matcher, "** set 42"), ElementsAre("set 42", "set", "42", ""));
    EXPECT_THAT(in_datagram(matcher, "set"), IsEmpty());
    EXPECT_THAT(in_datagram(regex("^$"), ""), ElementsAre(""));
    EXPECT_THAT(in_datagram(regex("(?s)^(.*)$"), std::string(60'000, 'a') + "\n").size(), 2U);
    EXPECT_THAT(in_datagram(regex("\\xFF(.)"), "a\xFF\x80"), ElementsAre("\xFF\x80", "\x80"));
}

TEST(Matcher, WhatCannotBeUnderstoodIsAtItsPlace) {
    EXPECT_EQ(Matcher::regex("ab(c").error().position, 2U);
    EXPECT_EQ(Matcher::hex("48 4x").error().position, 4U);
    EXPECT_THAT(Matcher::hex("").error().message, HasSubstr("48 ?? 6C"));
    EXPECT_EQ(Matcher::of_bytes(MatchKind::prefix, {}).error().position, 0U);
    EXPECT_EQ(Matcher::of_bytes(MatchKind::contains, Bytes(5000)).error().kind, ErrorKind::too_large);
    std::string many;
    for (int i = 0; i < 100; ++i) many += "(a)";
    EXPECT_THAT(Matcher::regex(many).error().message, HasSubstr("99 groups"));
}

TEST(StreamMatcher, AMatchMayComeInAnyPieces) {
    const std::vector<Matcher> rules = {regex("PING (\\d+)\\n"), contains("stop"), hex("00 ?? 02")};
    const std::string stream = std::string("xPING 42\nPING 7\n..stop") + '\0' + "\1\2PING 1\n";
    const std::vector<std::string> expected = {"0:PING 42\n:42", "0:PING 7\n:7", "1:stop",
                                               std::string("2:") + '\0' + "\1\2", "0:PING 1\n:1"};
    EXPECT_EQ(Heard(rules).add(stream).matches, expected);
    EXPECT_EQ(Heard(rules).add_one_by_one(stream).matches, expected);
    for (std::size_t cut = 1; cut < stream.size(); ++cut) {
        EXPECT_EQ(Heard(rules).add(stream.substr(0, cut)).add(stream.substr(cut)).matches, expected) << cut;
    }
}

TEST(StreamMatcher, AMessageBeginsWithTheStreamBehindALineEndAndBehindAMatch) {
    for (const auto& rule : {exact("ping"), prefix("ping"), regex("^ping")}) {
        EXPECT_THAT(Heard({rule}).add("ping").matches, ElementsAre("0:ping"));
        EXPECT_THAT(Heard({rule}).add("pingping").matches, ElementsAre("0:ping", "0:ping"));
        EXPECT_THAT(Heard({rule}).add_one_by_one("xping\nping").matches, ElementsAre("0:ping"));
        EXPECT_THAT(Heard({rule}).add("xping\nping").matches, ElementsAre("0:ping"));
        EXPECT_THAT(Heard({rule, contains("x")}).add("xping").matches, ElementsAre("1:x", "0:ping"));
        EXPECT_THAT(Heard({rule, contains("x")}).add_one_by_one("xping").matches,
                    ElementsAre("1:x", "0:ping"));
    }
}

TEST(StreamMatcher, TheMatchThatIsCompleteFirstWinsAndOfTwoTheEarlierRule) {
    EXPECT_THAT(Heard({contains("abcd"), contains("bc")}).add("abcd").matches, ElementsAre("1:bc"));
    EXPECT_THAT(Heard({contains("abc"), contains("bc")}).add("abcd").matches, ElementsAre("0:abc"));
    EXPECT_THAT(Heard({contains("bc"), contains("abc")}).add("abcd").matches, ElementsAre("0:bc"));
    EXPECT_THAT(Heard({regex("a.*\\n|bc")}).add("abc\n").matches, ElementsAre("0:bc"));
    EXPECT_THAT(Heard({regex("a.*\\n|bc")}).add_one_by_one("abc\n").matches, ElementsAre("0:bc"));
}

TEST(StreamMatcher, WhatCouldGoOnTakesWhatThereIs) {
    EXPECT_THAT(Heard({regex("PING (\\d+)")}).add("PING 42").matches, ElementsAre("0:PING 42:42"));
    EXPECT_THAT(Heard({regex("PING (\\d+)")}).add("PING 42").add("3 PING 4").matches,
                ElementsAre("0:PING 42:42", "0:PING 4:4"));
}

TEST(StreamMatcher, AnyTakesWhatIsThere) {
    EXPECT_THAT(Heard({Matcher::any()}).add("one").add("two").matches, ElementsAre("0:one", "0:two"));
    EXPECT_THAT(Heard({exact("ping"), Matcher::any()}).add("ping").add("pong").matches,
                ElementsAre("0:ping", "1:pong"));
}

TEST(StreamMatcher, ARuleThatIsOverIsNotLookedAt) {
    Heard heard({contains("a"), Matcher::any()});
    heard.only_once(0);
    EXPECT_THAT(heard.add("a").add("a").matches, ElementsAre("0:a", "1:a"));
}

TEST(StreamMatcher, WhatWaitsIsBounded) {
    // The beginning is given up, so the end alone is nothing.
    Heard heard({contains("abcdef")}, 3);
    EXPECT_THAT(heard.add("abcd").add("ef").matches, IsEmpty());
    EXPECT_THAT(heard.add("abc").add("def").matches, ElementsAre("0:abcdef"));
    const std::string far = "a" + std::string(20'000, '.');
    EXPECT_THAT(Heard({regex("(?s)a.*b")}).add(far).add("b").matches, IsEmpty());
}

/// The same, thought out plainly: byte after byte, each rule tried at every place where it may begin.
std::vector<std::string> plainly(const std::vector<std::pair<MatchKind, std::string>>& rules,
                                 const std::string& stream) {
    std::vector<std::string> result;
    std::size_t begin = 0;
    for (std::size_t end = 1; end <= stream.size(); ++end) {
        bool matched = false;
        for (std::size_t i = 0; i < rules.size() && !matched; ++i) {
            const auto& [kind, text] = rules[i];
            if (end - begin < text.size()) continue;
            const std::size_t at = end - text.size();
            const bool is_message = at == begin || stream[at - 1] == '\n';
            if (stream.compare(at, text.size(), text) != 0) continue;
            if (kind != MatchKind::contains && !is_message) continue;
            result.push_back(std::to_string(i) + ':' + text);
            begin = end;
            matched = true;
        }
    }
    return result;
}

TEST(StreamMatcher, NoCutChangesWhatMatches) {
    std::mt19937 random(7);
    const auto below = [&](std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
    };
    for (int round = 0; round < 3000; ++round) {
        std::vector<std::pair<MatchKind, std::string>> rules;
        std::vector<Matcher> matchers;
        const std::size_t count = 1 + below(3);
        for (std::size_t i = 0; i < count; ++i) {
            std::string text(1 + below(4), 'a');
            for (char& c : text) c = "ab\n"[below(3)];
            const MatchKind kind = below(2) == 0 ? MatchKind::prefix : MatchKind::contains;
            // An expression that says the same has to find the same.
            if (kind == MatchKind::contains && below(2) == 0) {
                matchers.push_back(regex("(?:" + text + ")"));
            } else {
                matchers.push_back(bytes(kind, text));
            }
            rules.emplace_back(kind, text);
        }
        std::string stream(below(40), 'a');
        for (char& c : stream) c = "ab\n"[below(3)];
        Heard heard(matchers);
        for (std::size_t at = 0; at < stream.size();) {
            const std::size_t size = 1 + below(6);
            heard.add(std::string_view(stream).substr(at, size));
            at += size;
        }
        ASSERT_EQ(heard.matches, plainly(rules, stream))
            << testing::PrintToString(stream) << testing::PrintToString(rules);
    }
}

TEST(StreamMatcher, ExpressionsDoNotDependOnTheCutEither) {
    std::mt19937 random(11);
    const auto below = [&](std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
    };
    // All of them know where they end.
    const std::vector<std::string> expressions = {"a+b",       "(a|b)*c",    "^b+\\n",      "\\ba.c",
                                                  "(?s)a.*?c", "[^a]b{2}",   "a(b)?c\\n",   "^$c",
                                                  "(a)(b)|ca", "^(\\w+)\\n", "a.*\\n|bc\\n"};
    for (int round = 0; round < 3000; ++round) {
        std::vector<Matcher> matchers;
        for (std::size_t i = 0, count = 1 + below(3); i < count; ++i) {
            matchers.push_back(regex(expressions[below(expressions.size())]));
        }
        std::string stream(below(40), 'a');
        for (char& c : stream) c = "abc\n"[below(4)];
        Heard whole(matchers);
        whole.add(stream);
        Heard single(matchers);
        single.add_one_by_one(stream);
        ASSERT_EQ(whole.matches, single.matches) << testing::PrintToString(stream);
    }
}

TEST(StreamMatcher, ManyMatchesOfOneRuleDoNotMakeTheOthersSearchAgainAndAgain) {
    // Were all the rest searched anew behind each, this would be 2 GB for each rule and not end in the time of a test.
    const std::string piece(65'536, 'x');
    std::vector<Matcher> rules = {contains("x")};
    for (int i = 0; i < 40; ++i) rules.push_back(i % 2 == 0 ? regex("never(\\d+)\\n") : prefix("never"));
    Heard heard(rules);
    heard.add(piece);
    EXPECT_EQ(heard.matches.size(), piece.size());
}

}  // namespace
}  // namespace sockdesk::query
