#include "cli/rule_arguments.hpp"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "app/rate_text.hpp"
#include "app/reply_rules.hpp"
#include "cli/numbers.hpp"
#include "cli/option_reader.hpp"

namespace sockdesk::cli {

namespace {

/// "100", "1.5k/s": as `--rate`, but a whole number.
std::uint32_t parse_reply_rate(std::string_view text) {
    const auto thousandths = app::read_rate(text);
    if (!thousandths || *thousandths % 1'000 != 0) {
        refuse(fmt::format(
            "--reply-rate \"{}\": write answers a second, such as 100/s or 5k/s; 0 is no limit", text));
    }
    return static_cast<std::uint32_t>(*thousandths / 1'000);
}

app::ReplyTexts texts_of(const SessionCommand& command, const app::SessionSetup& setup) {
    return {setup.encoding, command.has("--escapes")};
}

}  // namespace

void read_replies(const SessionCommand& command, app::SessionSetup& setup) {
    const app::ReplyTexts texts = texts_of(command, setup);
    setup.replies.escapes = texts.escapes;
    for (const GivenOption& given : command.options) {
        if (given.option->name != "--reply") continue;
        auto rule = need_marked("--reply", given.value, app::parse_rule(given.value));
        if (rule.trailer.empty()) rule.trailer = command.value("--checksum").value_or("");
        if (const auto compiled = app::compile_rule(rule, texts); !compiled) {
            Error error = compiled.error().error;
            error.position = app::position_in_line(given.value, compiled.error());
            refuse_payload("--reply", given.value, error);
        }
        setup.replies.rules.push_back(std::move(rule));
    }
    const auto rate = command.value("--reply-rate");
    if (rate && setup.replies.rules.empty())
        refuse("--reply-rate: no answer is given, which --reply MATCH=>ANSWER does");
    if (rate) setup.replies.per_second = parse_reply_rate(*rate);
}

std::vector<Expectation> read_expectations(const SessionCommand& command, const app::SessionSetup& setup) {
    std::vector<Expectation> expectations;
    bool has_time = false;  // the last of them
    for (const GivenOption& given : command.options) {
        if (given.option->name == "--expect") {
            const app::TypedMatch typed = app::parse_match(given.value, query::MatchKind::contains);
            auto matcher = app::compile_match(typed.kind, typed.match, texts_of(command, setup));
            if (!matcher) {
                if (matcher.error().position != Error::no_position)
                    matcher.error().position += typed.position;
                refuse_marked("--expect", given.value, matcher.error());
            }
            expectations.push_back({std::string(given.value), std::move(*matcher)});
            has_time = false;
        } else if (given.option->name == "--within") {
            if (expectations.empty() || has_time) {
                refuse("--within: it says how long the --expect before it may take, and there is none");
            }
            expectations.back().within = need("--within", parse_duration(given.value));
            if (expectations.back().within.count() == 0) refuse("--within: must be more than 0");
            has_time = true;
        }
    }
    return expectations;
}

}  // namespace sockdesk::cli
