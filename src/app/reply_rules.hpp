// Rules of automatic replies as they are typed: field by field in the window, in one line in the terminal and in files.
//
//   MATCH=>ANSWER
//
//   MATCH    text            a datagram, or a message of a stream, that is this text
//            is:text         the same, for texts that would mean something else: `is:*`
//            prefix:text     what begins with it
//            contains:text   what has it in it
//            hex:48 ?? 6C    what has these bytes in it; `?` is any digit
//            re:EXPR         a regular expression (RE2, over bytes) with groups
//            *               whatever arrives
//   ANSWER   text            with `{{…}}` in it (codec/payload_template.hpp), such as {{match:1}}
//            hex:48 69       bytes, `{{…}}` too
//            text:…          text, for those that would mean something else
//
// Before the match may stand `once:` and `off:`, before the answer `after:10ms:` and `with:crc16-modbus:` (a trailer). What separates is
// the first `=>`; a match that has one in it is written with `\=>`. Blanks count.
// Threads: free of state.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "base/result.hpp"
#include "engine/reply.hpp"
#include "query/matcher.hpp"

namespace sockdesk::app {

struct ReplyRuleDraft {
    bool enabled = true;
    query::MatchKind kind = query::MatchKind::exact;
    std::string match;  ///< text, hex digits or an expression; of `any` it is not looked at
    std::string answer;
    bool answer_hex = false;
    std::string delay_ms = "0";  ///< decimal, such as "0.5"
    bool once = false;
    std::string trailer;  ///< as `codec::Trailer::parse` takes it; empty: none

    friend bool operator==(const ReplyRuleDraft&, const ReplyRuleDraft&) = default;
};

/// How the texts of rules are to be read: as those of the send box beside them.
struct ReplyTexts {
    std::string encoding = "utf-8";
    bool escapes = false;  ///< in texts; of a regular expression and of hex digits they are no matter
};

/// What is wrong, and in which field; the error's position is a byte offset in that field's text.
struct ReplyRuleError {
    enum class Field : std::uint8_t { match, answer, delay, trailer };
    Field field = Field::match;
    Error error;
};

tl::expected<engine::ReplyRule, ReplyRuleError> compile_rule(const ReplyRuleDraft& draft,
                                                             const ReplyTexts& texts = {});

/// What a rule or an expectation waits for, alone. Positions are in `match`.
Result<query::Matcher> compile_match(query::MatchKind kind, std::string_view match,
                                     const ReplyTexts& texts = {});

/// The rules that are enabled, in their order, with the plan's usual limits. The error's `rule` counts all of them from 0.
struct ReplyPlanError {
    std::size_t rule = 0;
    ReplyRuleError what;
};
tl::expected<engine::ReplyPlan, ReplyPlanError> compile_plan(std::span<const ReplyRuleDraft> drafts,
                                                             const ReplyTexts& texts = {});

/// The line above this room's rules. Positions are in `line`.
Result<ReplyRuleDraft> parse_rule(std::string_view line);
/// What `parse_rule` makes the same of; the match of `any` is left out. A text that ends with a single backslash cannot be told so.
std::string print_rule(const ReplyRuleDraft& draft);

/// Where `match` of a draft stands in the line that it was parsed from, and so on: to mark there what `compile_rule` says.
std::size_t position_in_line(std::string_view line, const ReplyRuleError& error);

/// MATCH alone, as an expectation takes it. Text that is not told to be anything is of kind `plain`.
struct TypedMatch {
    query::MatchKind kind = query::MatchKind::exact;
    std::string match;
    std::size_t position = 0;  ///< of `match` in what was typed
};
TypedMatch parse_match(std::string_view typed, query::MatchKind plain);

/// A rule that is ready to be added.
struct ReadyMadeRule {
    std::string_view name;  ///< English; a text of the window
    ReplyRuleDraft rule;
};
/// "Echo", "Upper case".
std::span<const ReadyMadeRule> ready_made_rules();

}  // namespace sockdesk::app
