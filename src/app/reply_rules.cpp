#include "app/reply_rules.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "app/payload_compiler.hpp"
#include "app/regex_text.hpp"
#include "app/session_draft.hpp"
#include "codec/payload_text.hpp"
#include "codec/trailer.hpp"

namespace sockdesk::app {

namespace {

using query::Matcher;
using query::MatchKind;
using RuleField = ReplyRuleError::Field;

struct KindWord {
    MatchKind kind;
    std::string_view word;
};
constexpr std::array kind_words{KindWord{MatchKind::exact, "is:"}, KindWord{MatchKind::prefix, "prefix:"},
                                KindWord{MatchKind::contains, "contains:"}, KindWord{MatchKind::hex, "hex:"},
                                KindWord{MatchKind::regex, "re:"}};

constexpr std::string_view arrow = "=>";
constexpr std::string_view everything = "*";
constexpr std::string_view off = "off:";
constexpr std::string_view once = "once:";
constexpr std::string_view after = "after:";
constexpr std::string_view with = "with:";
constexpr std::string_view hex = "hex:";
constexpr std::string_view plain_text = "text:";
constexpr std::string_view crc = "crc:";

/// A line taken apart, and where each part began in it.
struct RuleLine {
    ReplyRuleDraft draft;
    std::size_t match_at = 0;
    std::vector<std::size_t> quoted_arrows;  ///< in the line: backslashes that are left out of the match
    std::size_t answer_at = 0;
    std::size_t delay_at = 0;
    std::size_t trailer_at = 0;
};

/// Where the first arrow is that separates. One behind an odd number of backslashes does not; the last of them is only there for that.
std::size_t find_arrow(std::string_view line, std::vector<std::size_t>& quoted) {
    for (std::size_t at = line.find(arrow); at != std::string_view::npos; at = line.find(arrow, at + 2)) {
        std::size_t backslashes = 0;
        while (backslashes < at && line[at - 1 - backslashes] == '\\') ++backslashes;
        if (backslashes % 2 == 0) return at;
        quoted.push_back(at - 1);
    }
    return std::string_view::npos;
}

class LineReader {
public:
    explicit LineReader(std::string_view line) : line_(line) {}

    Result<RuleLine> read() {
        const std::size_t separator = find_arrow(line_, rule_.quoted_arrows);
        if (separator == std::string_view::npos) {
            return fail_at(
                line_.size(),
                "\"=>\" is missing, between what is waited for and the answer; write such as ping=>pong");
        }
        read_match(line_.substr(0, separator));
        at_ = separator + arrow.size();
        if (auto read = read_answer(); !read) return tl::unexpected(std::move(read.error()));
        return std::move(rule_);
    }

private:
    void read_match(std::string_view text) {
        while (true) {
            if (text.substr(at_).starts_with(off)) {
                rule_.draft.enabled = false;
                at_ += off.size();
            } else if (text.substr(at_).starts_with(once)) {
                rule_.draft.once = true;
                at_ += once.size();
            } else {
                break;
            }
        }
        const TypedMatch typed = parse_match(text.substr(at_), MatchKind::exact);
        rule_.draft.kind = typed.kind;
        rule_.match_at = at_ + typed.position;
        for (std::size_t at = rule_.match_at; at < text.size(); ++at) {
            const auto& quoted = rule_.quoted_arrows;
            if (std::find(quoted.begin(), quoted.end(), at) == quoted.end()) rule_.draft.match += text[at];
        }
        if (typed.kind == MatchKind::any) rule_.draft.match.clear();
    }

    bool take(std::string_view word) {
        if (!line_.substr(at_).starts_with(word)) return false;
        at_ += word.size();
        return true;
    }

    Result<void> read_answer() {
        while (true) {
            if (take(after)) {
                rule_.delay_at = at_;
                const std::size_t end = line_.find(':', at_);
                const std::string_view text =
                    line_.substr(at_, end == std::string_view::npos ? 0 : end - at_);
                const auto delay = parse_period(text);
                if (text.empty() || !delay) {
                    return fail_at(at_,
                                   "after \"after:\" comes how long, and a colon, such as after:10ms:pong");
                }
                rule_.draft.delay_ms = format_period(*delay);
                at_ = end + 1;
            } else if (take(with)) {
                rule_.trailer_at = at_;
                const std::size_t from = line_.substr(at_).starts_with(crc) ? at_ + crc.size() : at_;
                const std::size_t end = line_.find(':', from);
                if (end == std::string_view::npos || end == at_) {
                    return fail_at(at_,
                                   "after \"with:\" comes what is appended, and a colon, such as "
                                   "with:crc16-modbus:pong");
                }
                rule_.draft.trailer = line_.substr(at_, end - at_);
                at_ = end + 1;
            } else {
                break;
            }
        }
        rule_.draft.answer_hex = take(hex);
        if (!rule_.draft.answer_hex) take(plain_text);
        rule_.answer_at = at_;
        rule_.draft.answer = line_.substr(at_);
        return {};
    }

    std::string_view line_;
    std::size_t at_ = 0;
    RuleLine rule_;
};

tl::unexpected<ReplyRuleError> wrong(RuleField field, Error error) {
    return tl::unexpected(ReplyRuleError{field, std::move(error)});
}

/// Whether `text` would be read as something else than what it is: it begins with one of the words.
bool begins_with_any(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(),
                       [text](std::string_view word) { return text.starts_with(word); });
}

std::string with_quoted_arrows(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text.substr(i).starts_with(arrow)) result += '\\';
        result += text[i];
    }
    return result;
}

}  // namespace

Result<Matcher> compile_match(MatchKind kind, std::string_view match, const ReplyTexts& texts) {
    if (kind == MatchKind::any) return Matcher::any();
    if (kind == MatchKind::hex) return Matcher::hex(match);
    const auto encoding = codec::Encoding::find(texts.encoding);
    if (!encoding) return tl::unexpected(encoding.error());
    if (kind == MatchKind::regex) {
        const auto regex = encode_regex(match, *encoding);
        if (!regex) return tl::unexpected(regex.error());
        auto matcher = Matcher::regex(regex->bytes);
        if (!matcher) matcher.error().position = regex->typed_position(matcher.error().position);
        return matcher;
    }
    auto bytes = codec::compile_payload(match, {codec::PayloadMode::text, *encoding, texts.escapes});
    if (!bytes) return tl::unexpected(std::move(bytes.error()));
    return Matcher::of_bytes(kind, std::move(*bytes));
}

tl::expected<engine::ReplyRule, ReplyRuleError> compile_rule(const ReplyRuleDraft& draft,
                                                             const ReplyTexts& texts) {
    auto when = compile_match(draft.kind, draft.match, texts);
    if (!when) return wrong(RuleField::match, std::move(when.error()));

    const auto delay = parse_period(draft.delay_ms);
    if (!delay) return wrong(RuleField::delay, delay.error());
    if (*delay > engine::ReplyPlan::longest_delay) {
        return wrong(RuleField::delay, {ErrorKind::too_large, "an answer waits for at most a day", {}, 0});
    }
    if (!draft.trailer.empty()) {
        if (auto trailer = codec::Trailer::parse(draft.trailer); !trailer) {
            return wrong(RuleField::trailer, std::move(trailer.error()));
        }
    }

    PayloadSpec spec;
    spec.text = draft.answer;
    spec.hex = draft.answer_hex;
    spec.escapes = texts.escapes;
    spec.templates = true;
    spec.encoding = texts.encoding;
    spec.trailer = draft.trailer;
    auto answer = compile_outgoing(spec, {true, when->group_names()});
    if (!answer) return wrong(RuleField::answer, std::move(answer.error()));
    engine::ReplyRule rule{std::move(*when), std::move(*answer), *delay, draft.once, {}};
    const auto encoding = codec::Encoding::find(texts.encoding);
    // In UTF-8 no part of another character looks like a letter.
    if (draft.kind == MatchKind::any && encoding && *encoding != codec::Encoding::utf8() &&
        (draft.answer.find("upper") != std::string::npos ||
         draft.answer.find("lower") != std::string::npos)) {
        rule.characters = *encoding;
    }
    return rule;
}

tl::expected<engine::ReplyPlan, ReplyPlanError> compile_plan(std::span<const ReplyRuleDraft> drafts,
                                                             const ReplyTexts& texts) {
    engine::ReplyPlan plan;
    for (std::size_t i = 0; i < drafts.size(); ++i) {
        if (!drafts[i].enabled) continue;
        auto rule = compile_rule(drafts[i], texts);
        if (!rule) return tl::unexpected(ReplyPlanError{i, std::move(rule.error())});
        plan.rules.push_back(std::move(*rule));
    }
    return plan;
}

Result<ReplyRuleDraft> parse_rule(std::string_view line) {
    auto rule = LineReader(line).read();
    if (!rule) return tl::unexpected(std::move(rule.error()));
    return std::move(rule->draft);
}

std::string print_rule(const ReplyRuleDraft& draft) {
    std::string line;
    if (!draft.enabled) line += off;
    if (draft.once) line += once;
    if (draft.kind == MatchKind::any) {
        line += everything;
    } else {
        const bool is_plain =
            draft.kind == MatchKind::exact && draft.match != everything &&
            !begins_with_any(draft.match, {off, once, "is:", "prefix:", "contains:", "hex:", "re:"});
        const auto* const word = std::find_if(kind_words.begin(), kind_words.end(),
                                              [&](const KindWord& each) { return each.kind == draft.kind; });
        if (!is_plain && word != kind_words.end()) line += word->word;
        line += with_quoted_arrows(draft.match);
    }
    line += arrow;
    if (const auto delay = parse_period(draft.delay_ms); delay && delay->count() != 0) {
        line += fmt::format("{}{}ms:", after, format_period(*delay));
    }
    if (!draft.trailer.empty()) line += fmt::format("{}{}:", with, draft.trailer);
    if (draft.answer_hex) {
        line += hex;
    } else if (begins_with_any(draft.answer, {after, with, hex, plain_text})) {
        line += plain_text;
    }
    return line + draft.answer;
}

std::size_t position_in_line(std::string_view line, const ReplyRuleError& error) {
    const auto rule = LineReader(line).read();
    if (!rule) return rule.error().position;
    const std::size_t within = error.error.position == Error::no_position ? 0 : error.error.position;
    switch (error.field) {
        case RuleField::answer:
            return rule->answer_at + within;
        case RuleField::delay:
            return rule->delay_at;  // it was made milliseconds
        case RuleField::trailer:
            return rule->trailer_at + within;
        case RuleField::match:
            break;
    }
    std::size_t at = rule->match_at + within;
    for (const std::size_t quoted : rule->quoted_arrows) {
        if (quoted >= rule->match_at && quoted <= at) ++at;
    }
    return at;
}

TypedMatch parse_match(std::string_view typed, MatchKind plain) {
    if (typed == everything) return {MatchKind::any, {}, 0};
    for (const KindWord& each : kind_words) {
        if (typed.starts_with(each.word)) {
            return {each.kind, std::string(typed.substr(each.word.size())), each.word.size()};
        }
    }
    return {plain, std::string(typed), 0};
}

std::span<const ReadyMadeRule> ready_made_rules() {
    static const auto rules = [] {
        std::array<ReadyMadeRule, 2> ready{{{"Echo", {}}, {"Upper case", {}}}};
        ready[0].rule.kind = ready[1].rule.kind = MatchKind::any;
        ready[0].rule.answer = "{{match}}";
        ready[1].rule.answer = "{{upper:match}}";
        return ready;
    }();
    return rules;
}

}  // namespace sockdesk::app
