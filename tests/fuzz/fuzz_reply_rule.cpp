// Rules of replies as they are typed, and what they find. Two texts with a zero byte between: the rules, a line each, and what arrives, as
// a datagram and as a stream in pieces.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/reply_rules.hpp"
#include "query/stream_matcher.hpp"

using namespace sockdesk;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

void check_groups(const query::MatchGroups& groups, std::size_t size) {
    require(!groups.empty());
    for (const auto& group : groups.groups) require(group.begin <= group.end && group.end <= size);
}

struct Match {
    std::size_t rule = 0;
    std::string text;
};

class Sink final : public query::StreamMatcher::Sink {
public:
    explicit Sink(const std::vector<query::Matcher>& rules) : rules_(rules) {}

    bool is_active(std::size_t) const override { return true; }
    bool on_match(std::size_t rule, ByteView bytes, const query::MatchGroups& groups) override {
        check_groups(groups, bytes.size());
        std::string text(as_chars(bytes.subspan(groups.begin(), groups.end() - groups.begin())));
        // How much it takes at once is how much there is.
        const bool is_any = rules_[rule].kind() == query::MatchKind::any;
        if (is_any && !matches.empty() && matches.back().rule == rule) {
            matches.back().text += text;
        } else {
            matches.push_back({rule, std::move(text)});
        }
        return true;
    }
    std::vector<Match> matches;

private:
    const std::vector<query::Matcher>& rules_;
};

/// In pieces of these sizes in turn, and behind the last one a pause.
std::vector<Match> in_pieces(const std::vector<query::Matcher>& rules, ByteView bytes,
                             const std::vector<std::size_t>& sizes) {
    query::StreamMatcher stream(std::make_shared<const std::vector<query::Matcher>>(rules), 65'536);
    Sink sink(rules);
    const auto go_on = [&] {
        while (stream.is_behind()) stream.go_on(sink);
    };
    for (std::size_t turn = 0; !bytes.empty(); ++turn) {
        const std::size_t size = std::min(sizes[turn % sizes.size()], bytes.size());
        stream.add(bytes.first(size), {}, sink);
        go_on();
        bytes = bytes.subspan(size);
    }
    stream.end_message(sink);
    go_on();
    return std::move(sink.matches);
}

/// The same matches, up to where an expression has gone on as far as there was something, which does depend on the pieces.
void require_same(const std::vector<query::Matcher>& rules, const std::vector<Match>& one,
                  const std::vector<Match>& other) {
    for (std::size_t i = 0; i < std::max(one.size(), other.size()); ++i) {
        require(i < one.size() && i < other.size() && one[i].rule == other[i].rule);
        if (one[i].text == other[i].text) continue;
        require(rules[one[i].rule].kind() == query::MatchKind::regex);
        require(one[i].text.starts_with(other[i].text) || other[i].text.starts_with(one[i].text));
        return;
    }
}

/// None: it is none, which is said at its place.
std::optional<query::Matcher> read_rule(std::string_view line) {
    const auto draft = app::parse_rule(line);
    if (!draft) {
        require(draft.error().position <= line.size());
        return std::nullopt;
    }
    if (draft->match.empty() || draft->match.back() != '\\') {
        if (draft->match.find("\\=>") == std::string::npos) {
            const auto again = app::parse_rule(app::print_rule(*draft));
            require(again && again->match == draft->match && again->answer == draft->answer &&
                    again->kind == draft->kind);
        }
    }
    const auto rule = app::compile_rule(*draft);
    if (!rule) {
        require(app::position_in_line(line, rule.error()) <= line.size());
        return std::nullopt;
    }
    return rule->when;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t most_rules = 4;
    const std::string_view input = as_chars({data, size});
    const std::size_t end = std::min(input.find('\0'), size);
    std::string_view lines = input.substr(0, end);
    const ByteView arrived = as_bytes(input.substr(std::min(end + 1, size)));
    if (lines.find("{{file:") != std::string_view::npos || lines.find("{{ ") != std::string_view::npos)
        return 0;

    std::vector<query::Matcher> rules;
    while (!lines.empty() && rules.size() < most_rules) {
        const std::string_view line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(line.size() + 1, lines.size()));
        if (auto rule = read_rule(line)) rules.push_back(std::move(*rule));
    }
    query::MatchGroups groups;
    for (const auto& rule : rules) {
        if (rule.match_datagram(arrived, groups)) check_groups(groups, arrived.size());
    }
    const auto whole = in_pieces(rules, arrived, {std::max(arrived.size(), std::size_t{1})});
    require_same(rules, whole, in_pieces(rules, arrived, {1}));
    require_same(rules, whole, in_pieces(rules, arrived, {3, 1, 2}));
    return 0;
}
