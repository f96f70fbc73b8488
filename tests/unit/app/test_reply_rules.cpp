#include "app/reply_rules.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace sockdesk::app {
namespace {

using query::MatchKind;

ReplyRuleDraft parsed(std::string_view line) {
    auto rule = parse_rule(line);
    EXPECT_TRUE(rule) << line << ": " << rule.error().message;
    return rule.value_or(ReplyRuleDraft{});
}

TEST(ReplyRules, ALineSaysEachField) {
    const ReplyRuleDraft rule =
        parsed("off:once:re:a(b)\\=>c=>after:1.5ms:with:crc:width=8,poly=7:hex:01 {{match:1}}");
    EXPECT_FALSE(rule.enabled);
    EXPECT_TRUE(rule.once);
    EXPECT_EQ(rule.kind, MatchKind::regex);
    EXPECT_EQ(rule.match, "a(b)=>c");
    EXPECT_EQ(rule.delay_ms, "1.5");
    EXPECT_EQ(rule.trailer, "crc:width=8,poly=7");
    EXPECT_TRUE(rule.answer_hex);
    EXPECT_EQ(rule.answer, "01 {{match:1}}");
    EXPECT_EQ(parsed("*=>").kind, MatchKind::any);
    EXPECT_EQ(parsed("is:*=>x=>y").match, "*");
    EXPECT_EQ(parsed("is:*=>x=>y").answer, "x=>y");
    EXPECT_EQ(parsed("a\\\\=>b").match, "a\\\\");
}

TEST(ReplyRules, WhatIsPrintedIsParsedTheSame) {
    for (const std::string_view line :
         {"ping=>pong", "*=>{{match}}", "once:prefix:GET =>after:10ms:text:hex:48", "contains:a=>b",
          "hex:4? 65=>hex:00", "is:once:=>x", "off:re:^a=>with:fixed=0D:b", "a\\=>b=>c", "=>empty"}) {
        const ReplyRuleDraft rule = parsed(line);
        EXPECT_EQ(parsed(print_rule(rule)), rule) << line;
    }
    for (const ReadyMadeRule& ready : ready_made_rules())
        EXPECT_EQ(parsed(print_rule(ready.rule)), ready.rule);
}

TEST(ReplyRules, AFaultIsInItsFieldAndAtItsPlaceInTheLine) {
    const auto place = [](std::string_view line, ReplyRuleError::Field field) {
        const auto compiled = compile_rule(parsed(line));
        EXPECT_FALSE(compiled) << line;
        if (compiled) return std::string::npos;
        EXPECT_EQ(compiled.error().field, field) << line;
        return position_in_line(line, compiled.error());
    };
    using Field = ReplyRuleError::Field;
    EXPECT_EQ(place("once:re:a\\=>b(=>x", Field::match), 13U);
    EXPECT_EQ(place("hex:4g=>x", Field::match), 5U);
    EXPECT_EQ(place("a=>with:nope:x", Field::trailer), 8U);
    EXPECT_EQ(place("a=>hex:0", Field::answer), 7U);
    EXPECT_EQ(place("re:(a)=>{{match:7}}", Field::answer) >= 8U, true);
    EXPECT_EQ(place("a=>after:100000s:x", Field::delay) >= 3U, true);
    EXPECT_EQ(parse_rule("no arrow").error().position, 8U);
}

TEST(ReplyRules, TextsAreInTheEncoding) {
    query::MatchGroups groups;
    const std::string hello = "\xC4\xE3\xBA\xC3";  // 你好 in GBK
    for (const MatchKind kind : {MatchKind::exact, MatchKind::contains, MatchKind::regex}) {
        const auto matcher = compile_match(kind, "你好", {"gbk", false});
        ASSERT_TRUE(matcher);
        EXPECT_TRUE(matcher->match_datagram(as_bytes(hello), groups));
    }
    const auto escaped = compile_match(MatchKind::exact, "a\\n", {"utf-8", true});
    ASSERT_TRUE(escaped);
    EXPECT_TRUE(escaped->match_datagram(as_bytes("a\n"), groups));
}

TEST(ReplyRules, APlanLeavesOutWhatIsOff) {
    std::vector<ReplyRuleDraft> rules = {parsed("off:re:(=>x"), parsed("a=>b")};
    const auto plan = compile_plan(rules);
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->rules.size(), 1U);
    rules[0].enabled = true;
    EXPECT_EQ(compile_plan(rules).error().rule, 0U);
}

}  // namespace
}  // namespace sockdesk::app
