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
        stream_.add(as_bytes(piece), now_, *this);
        while (stream_.is_behind()) stream_.go_on(*this);
        return *this;
    }
    /// Nothing comes for so long that the message has ended.
    Heard& pause() {
        now_ += StreamMatcher::pause;
        stream_.end_message(*this);
        while (stream_.is_behind()) stream_.go_on(*this);
        return *this;
    }
    bool waits() const { return stream_.decides_at().has_value(); }
    Heard& add_one_by_one(std::string_view text) {
        for (const char& c : text) add({&c, 1});
        return *this;
    }
    void only_once(std::size_t matcher) { once_[matcher] = true; }

    bool is_active(std::size_t matcher) const override { return !once_[matcher] || counts_[matcher] == 0; }
    bool on_match(std::size_t matcher, ByteView bytes, const MatchGroups& groups) override {
        if (refusals > 0) {
            --refusals;
            return false;
        }
        ++counts_[matcher];
        std::string text = std::to_string(matcher);
        for (const auto& group : groups.groups) {
            text += ':' + std::string(as_chars(bytes.subspan(group.begin, group.end - group.begin)));
        }
        matches.push_back(std::move(text));
        return true;
    }

    std::vector<std::string> matches;
    int refusals = 0;

private:
    std::vector<bool> once_;
    mutable std::map<std::size_t, int> counts_;
    StreamMatcher stream_;
    SteadyTime now_{};
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

TEST(StreamMatcher, AMessageBeginsWithTheStreamBehindALineEndAndBehindAPause) {
    for (const auto& rule : {prefix("ping"), regex("^ping"), regex("\\Aping")}) {
        EXPECT_THAT(Heard({rule}).add("ping").matches, ElementsAre("0:ping"));
        EXPECT_THAT(Heard({rule}).add("pingping").matches, ElementsAre("0:ping"));
        EXPECT_THAT(Heard({rule}).add_one_by_one("xping\nping").matches, ElementsAre("0:ping"));
        EXPECT_THAT(Heard({rule}).add("xping\nping").matches, ElementsAre("0:ping"));
        EXPECT_THAT(Heard({rule}).add("hello").pause().add("ping").matches, ElementsAre("0:ping"));
        // A pause tears nothing apart.
        EXPECT_THAT(Heard({rule}).add("pi").pause().add("ng").matches, ElementsAre("0:ping"));
        EXPECT_THAT(Heard({rule}).add("xpi").pause().add("ng").matches, IsEmpty());
        EXPECT_THAT(Heard({rule, contains("x")}).add("xping").matches, ElementsAre("1:x"));
        EXPECT_THAT(Heard({rule, contains("x")}).add_one_by_one("xping").matches, ElementsAre("1:x"));
    }
}

TEST(StreamMatcher, ThePauseIsSeenWhenItIsOver) {
    StreamMatcher::Matchers rules = std::make_shared<const std::vector<Matcher>>(std::vector{prefix("ping")});
    StreamMatcher stream(rules, 65'536);
    Heard heard({prefix("ping")});
    const SteadyTime begin{};
    stream.add(as_bytes(std::string_view("hello")), begin, heard);
    EXPECT_FALSE(stream.decides_at());
    stream.add(as_bytes(std::string_view("ping")), begin + StreamMatcher::pause / 2, heard);
    EXPECT_THAT(heard.matches, IsEmpty());
    stream.add(as_bytes(std::string_view("ping")), begin + StreamMatcher::pause * 2, heard);
    EXPECT_THAT(heard.matches, ElementsAre("0:ping"));
}

TEST(StreamMatcher, AnExactTextIsAMessageWithoutItsLineEnd) {
    for (const auto& rule : {exact("ping"), regex("^ping$")}) {
        EXPECT_THAT(Heard({rule}).add("pinger\nping\nping\r\nxping\n").matches,
                    ElementsAre("0:ping", "0:ping"));
        EXPECT_THAT(Heard({rule}).add_one_by_one("pinger\nping\nping\r\nxping\n").matches,
                    ElementsAre("0:ping", "0:ping"));
        EXPECT_THAT(Heard({rule}).add("ping").matches, IsEmpty());
        EXPECT_TRUE(Heard({rule}).add("ping").waits());
        EXPECT_FALSE(Heard({rule}).add("pinge").waits());
        EXPECT_THAT(Heard({rule}).add("ping").pause().matches, ElementsAre("0:ping"));
        EXPECT_THAT(Heard({rule}).add("ping\r").pause().matches, ElementsAre("0:ping"));
        EXPECT_THAT(Heard({rule}).add("ping\r").matches, IsEmpty());
        EXPECT_THAT(Heard({rule}).add("ping").add("ing\n").pause().matches, IsEmpty());
        EXPECT_THAT(Heard({rule}).add("hello").pause().add("ping").pause().matches, ElementsAre("0:ping"));
        EXPECT_THAT(Heard({rule}).add("pi").pause().add("ng\n").matches, ElementsAre("0:ping"));
        EXPECT_EQ(in_datagram(rule, "ping"), std::vector<std::string>{"ping"});
    }
    EXPECT_THAT(Heard({exact("ping\r\n")}).add("ping\r\n").matches, ElementsAre("0:ping\r\n"));
    EXPECT_THAT(Heard({exact("ping\r\n")}).add("ping\n").pause().matches, IsEmpty());
    EXPECT_THAT(Heard({exact("a\nb")}).add_one_by_one("a\nb\n").matches, ElementsAre("0:a\nb"));
}

TEST(StreamMatcher, WhatTheNextByteDecidesWaitsForIt) {
    EXPECT_THAT(Heard({regex("\\bOK\\b")}).add("OK").add("AY\n").pause().matches, IsEmpty());
    EXPECT_THAT(Heard({regex("\\bOK\\b")}).add("OK").add("\n").matches, ElementsAre("0:OK"));
    EXPECT_THAT(Heard({regex("\\bOK\\b")}).add("OK").pause().matches, ElementsAre("0:OK"));
    EXPECT_THAT(Heard({regex("\\bOK\\b")}).add_one_by_one("NOK OK ").matches, ElementsAre("0:OK"));
    EXPECT_THAT(Heard({regex("OK\\B")}).add("OK").add("AY").matches, ElementsAre("0:OK"));
    EXPECT_THAT(Heard({regex("OK\\B")}).add("OK").pause().matches, IsEmpty());
    EXPECT_THAT(Heard({regex("OK\\z")}).add("OK").add("\n").pause().matches, IsEmpty());
    EXPECT_THAT(Heard({regex("OK\\z")}).add("OK").pause().matches, ElementsAre("0:OK"));
    EXPECT_THAT(Heard({regex("OK\\n\\z")}).add("OK\nx").matches, ElementsAre("0:OK\n"));
    // As many as there are, but not because there are no more yet.
    EXPECT_THAT(Heard({regex("(\\w+)\\b")}).add("OK").add("AY\n").matches, ElementsAre("0:OKAY:OKAY"));
    EXPECT_FALSE(Heard({contains("ping")}).add("ping pi").waits());
    EXPECT_FALSE(Heard({regex("(\\d+)\\n")}).add("12").waits());
}

TEST(StreamMatcher, TheDollarIsBeforeEitherLineEnd) {
    const Matcher rule = regex("^(\\w+)=(.*)$");
    EXPECT_THAT(Heard({rule}).add("a=b\r\nc=d\ne=").matches, ElementsAre("0:a=b:a:b", "0:c=d:c:d"));
    EXPECT_THAT(Heard({rule}).add_one_by_one("a=b\r\nc=d\n").matches, ElementsAre("0:a=b:a:b", "0:c=d:c:d"));
    EXPECT_THAT(in_datagram(rule, "a=b\r\n"), ElementsAre("a=b", "a", "b"));
    EXPECT_THAT(in_datagram(rule, "a=b"), ElementsAre("a=b", "a", "b"));
    EXPECT_THAT(in_datagram(regex("[$]\\$\\Q$\\E"), "$$$"), ElementsAre("$$$"));
}

TEST(StreamMatcher, OfSeveralThatMatchAtOnePlaceTheEarliestAnswers) {
    const std::vector<Matcher> rules = {prefix("AT+CSQ"), prefix("AT")};
    EXPECT_THAT(Heard(rules).add("AT+CSQ\r\n").matches, ElementsAre("0:AT+CSQ"));
    EXPECT_THAT(Heard(rules).add_one_by_one("AT+CSQ\r\n").matches, ElementsAre("0:AT+CSQ"));
    EXPECT_THAT(Heard(rules).add("AT+C").matches, IsEmpty());
    EXPECT_THAT(Heard(rules).add("AT+C").pause().matches, ElementsAre("1:AT"));
    EXPECT_THAT(Heard(rules).add("AT+CX").matches, ElementsAre("1:AT"));
    EXPECT_THAT(Heard({exact("AT+CSQ"), exact("AT")}).add("AT+CSQ\r\nAT\r\n").matches,
                ElementsAre("0:AT+CSQ", "1:AT"));
    EXPECT_THAT(Heard({regex("set (\\d+)\\n"), contains("set")}).add("set 1\nset x\n").matches,
                ElementsAre("0:set 1\n:1", "1:set"));
    EXPECT_THAT(Heard({regex("set (\\d+)\\n"), contains("set")}).add_one_by_one("set 1\nset x\n").matches,
                ElementsAre("0:set 1\n:1", "1:set"));
    // One that began before does not keep it waiting.
    EXPECT_THAT(Heard({regex("x.*y"), contains("ping")}).add("x ping").matches, ElementsAre("1:ping"));
}

TEST(StreamMatcher, WhatIsRefusedIsToldAgain) {
    Heard heard({prefix("AT+CSQ"), prefix("AT"), Matcher::any()});
    heard.refusals = 5;
    EXPECT_THAT(heard.add("AT+CSQ\r\nAT\nx").pause().matches, ElementsAre("0:AT+CSQ", "1:AT", "2:x"));
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
    EXPECT_THAT(Heard({Matcher::any(), contains("two")}).add("one two").matches, ElementsAre("0:one two"));
    EXPECT_THAT(Heard({contains("two"), Matcher::any()}).add("one two three").matches,
                ElementsAre("1:one ", "0:two", "1: three"));
}

TEST(StreamMatcher, AnyTakesWhatNobodyBeforeItMayWant) {
    const std::vector<Matcher> rules = {exact("ping"), Matcher::any()};
    EXPECT_THAT(Heard(rules).add("ping\n").add("pong\n").matches, ElementsAre("0:ping", "1:pong\n"));
    EXPECT_THAT(Heard(rules).add("hello\npi").add("ng\r").add("\nx").matches,
                ElementsAre("1:hello\n", "0:ping", "1:x"));
    EXPECT_THAT(Heard(rules).add("pi").pause().matches, ElementsAre("1:pi"));
    EXPECT_THAT(Heard(rules).add("pinger\n").matches, ElementsAre("1:pinger\n"));
    EXPECT_TRUE(Heard(rules).add("ping").waits());
    EXPECT_FALSE(Heard(rules).add("pong").waits());
    EXPECT_THAT(Heard({regex("(\\d+)\\n"), Matcher::any()}).add("x12").add("3\ny").matches,
                ElementsAre("1:x", "0:123\n:123", "1:y"));
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

/// The same, thought out plainly: byte after byte, each rule tried at every place where it may begin. Behind it a pause.
std::vector<std::string> plainly(const std::vector<std::pair<MatchKind, std::string>>& rules,
                                 const std::string& stream) {
    std::vector<std::string> result;
    std::size_t begin = 0;
    const auto is_at = [&](std::size_t rule, std::size_t at) {
        const auto& [kind, text] = rules[rule];
        const bool is_message = at == 0 || stream[at - 1] == '\n';
        return stream.compare(at, text.size(), text) == 0 && (kind == MatchKind::contains || is_message);
    };
    for (std::size_t end = 1; end <= stream.size(); ++end) {
        for (std::size_t i = 0; i < rules.size(); ++i) {
            const std::size_t size = rules[i].second.size();
            if (end < begin + size || !is_at(i, end - size)) continue;
            const std::size_t at = end - size;
            std::size_t rule = 0;
            while (!is_at(rule, at)) ++rule;
            result.push_back(std::to_string(rule) + ':' + rules[rule].second);
            begin = at + rules[rule].second.size();
            end = begin;
            break;
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
        heard.pause();
        ASSERT_EQ(heard.matches, plainly(rules, stream))
            << testing::PrintToString(stream) << testing::PrintToString(rules);
    }
}

/// In pieces of random sizes, and a pause behind.
std::vector<std::string> in_random_pieces(const std::vector<Matcher>& matchers, const std::string& stream,
                                          std::mt19937& random) {
    Heard heard(matchers);
    for (std::size_t at = 0; at < stream.size();) {
        const std::size_t size = std::uniform_int_distribution<std::size_t>(1, 6)(random);
        heard.add(std::string_view(stream).substr(at, size));
        at += size;
    }
    return heard.pause().matches;
}

TEST(StreamMatcher, ExpressionsDoNotDependOnTheCutEither) {
    std::mt19937 random(11);
    const auto below = [&](std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
    };
    // All of them know where they end.
    const std::vector<std::string> expressions = {
        "a+b",         "(a|b)*c",       "^b+\\n",     "\\ba.c",       "(?s)a.*?c",    "[^a]b{2}",
        "a(b)?c\\n",   "^$c",           "(a)(b)|ca",  "^(\\w+)\\n",   "a.*\\n|bc\\n", "^ab$",
        "\\b(a|b)\\b", "^(\\w+)$",      "c\\B",       "(?i)AB(?-i)c", "a\\b b",       "(\\w+) \\b",
        "^a{2,3}$",    "b[[:^alpha:]]", "\\x61\\142", "a\\r?$"};
    for (int round = 0; round < 5000; ++round) {
        std::vector<Matcher> matchers;
        for (std::size_t i = 0, count = 1 + below(3); i < count; ++i) {
            matchers.push_back(regex(expressions[below(expressions.size())]));
        }
        std::string stream(below(40), 'a');
        for (char& c : stream) c = "aabbc\n\r "[below(8)];
        const auto whole = Heard(matchers).add(stream).pause().matches;
        ASSERT_EQ(Heard(matchers).add_one_by_one(stream).pause().matches, whole)
            << testing::PrintToString(stream);
        ASSERT_EQ(in_random_pieces(matchers, stream, random), whole) << testing::PrintToString(stream);
    }
}

TEST(StreamMatcher, AStreamFindsWhatADatagramDoes) {
    std::mt19937 random(13);
    const auto below = [&](std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
    };
    const std::vector<std::string> atoms = {
        "a",    "b",      ".",       "[ab]",      "[^a]",    "[]a]",    "\\w",      "\\W",
        "\\d",  "\\s",    "\\x41",   "(?i:a)",    "(?s:.)",  "\\101",   "\\Qa.\\E", "[[:upper:]]",
        "\\pL", "\\PL",   "{",       "a{2}",      "b{1,2}?", "\\b",     "\\B",      "^",
        "$",    "(a|b.)", "(?:ab)+", "(?P<n>a*)", "\\x{e9}", "(?i)\xE9"};
    int found = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string expression;
        for (std::size_t i = 0, count = 1 + below(5); i < count; ++i) {
            std::string atom = atoms[below(atoms.size())];
            if (atom.find("<n>") != std::string::npos && expression.find("<n>") != std::string::npos)
                continue;
            expression += atom;
            if (below(6) == 0) expression += '|';
            if (below(6) == 0 && expression.back() != '|' && expression.back() != '?' &&
                expression.back() != '+' && expression.back() != '}') {
                expression += "*+?"[below(3)];
            }
        }
        const auto made = Matcher::regex(expression);
        if (!made) continue;
        std::string text(below(12), 'a');
        for (char& c : text) c = "aabB\n\r .1\xE9\xC9"[below(11)];
        const auto whole = in_datagram(*made, text);
        const auto stream = Heard({*made}).add(text).pause().matches;
        if (whole.empty()) {
            ASSERT_THAT(stream, IsEmpty()) << expression << " in " << testing::PrintToString(text);
        } else if (!whole.front().empty()) {
            ++found;
            ASSERT_FALSE(stream.empty()) << expression << " in " << testing::PrintToString(text);
        }
    }
    EXPECT_GT(found, 1000);
}

TEST(StreamMatcher, ManyMatchesOfOneRuleDoNotMakeTheOthersSearchAgainAndAgain) {
    // Were all the rest searched anew behind each, this would be 2 GB for each rule and not end in the time of a test.
    const std::string piece(65'536, 'x');
    std::vector<Matcher> rules = {contains("x")};
    for (int i = 0; i < 20; ++i) {
        rules.push_back(regex("never(\\d+)\\n"));
        rules.push_back(prefix("never"));
        rules.push_back(regex("^[xy]*END" + std::to_string(i)));
        rules.push_back(regex("\\b[xy]*END"));
    }
    Heard heard(rules);
    heard.add(piece);
    EXPECT_EQ(heard.matches.size(), piece.size());
}

TEST(StreamMatcher, WhatHasBegunIsNotLookedAtAgainWithEveryRead) {
    // 16,000 bytes that may all be the beginning of a match: were they searched anew with each byte, this would be 128 MB.
    Heard heard({regex("[ab]*c"), regex("a[ab]{450}d")});
    heard.add_one_by_one(std::string(16'000, 'a'));
    EXPECT_THAT(heard.matches, IsEmpty());
    EXPECT_EQ(heard.add("c").matches.size(), 1U);
}

TEST(StreamMatcher, ACallEndsBeforeAllIsLookedAtWhereThatTakesLong) {
    StreamMatcher stream(
        std::make_shared<const std::vector<Matcher>>(std::vector{regex("a[ab]{450}d"), contains("done")}),
        65'536);
    Heard heard({contains("x"), contains("x")});
    stream.add(as_bytes(std::string(30'000, 'a') + "xdone"), {}, heard);
    EXPECT_TRUE(stream.is_behind());
    EXPECT_THAT(heard.matches, IsEmpty());
    while (stream.is_behind()) stream.go_on(heard);
    EXPECT_THAT(heard.matches, ElementsAre("1:done"));
}

TEST(Matcher, AnExpressionThatWouldCostTooMuchIsRefused) {
    EXPECT_THAT(Matcher::regex("a[ab]{990}c").error().message, HasSubstr("too large"));
    EXPECT_TRUE(Matcher::regex("^(\\w+) (\\d{1,20})(?: .{0,100})?$"));
}

}  // namespace
}  // namespace sockdesk::query
