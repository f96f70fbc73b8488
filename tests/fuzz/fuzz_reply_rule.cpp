// A rule of replies as it is typed, and what it finds. Two texts with a zero byte between: the rule, and what arrives, as a datagram and
// as a stream in pieces.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
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

class Sink final : public query::StreamMatcher::Sink {
public:
    bool is_active(std::size_t) const override { return true; }
    void on_match(std::size_t, ByteView bytes, const query::MatchGroups& groups) override {
        check_groups(groups, bytes.size());
        require(groups.end() > groups.begin());  // so that it ends
        matches.emplace_back(as_chars(bytes.subspan(groups.begin(), groups.end() - groups.begin())));
    }
    std::vector<std::string> matches;
};

std::vector<std::string> in_pieces(const query::Matcher& matcher, ByteView bytes, std::size_t size) {
    query::StreamMatcher stream(
        std::make_shared<const std::vector<query::Matcher>>(std::vector<query::Matcher>{matcher}), 65'536);
    Sink sink;
    for (; !bytes.empty(); bytes = bytes.subspan(std::min(size, bytes.size()))) {
        stream.add(bytes.first(std::min(size, bytes.size())), sink);
    }
    return sink.matches;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input = as_chars({data, size});
    const std::size_t end = std::min(input.find('\0'), size);
    const std::string_view line = input.substr(0, end);
    const ByteView arrived = as_bytes(input.substr(std::min(end + 1, size)));
    if (line.find("{{file:") != std::string_view::npos || line.find("{{ ") != std::string_view::npos)
        return 0;

    const auto draft = app::parse_rule(line);
    if (!draft) {
        require(draft.error().position <= line.size());
        return 0;
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
        return 0;
    }
    query::MatchGroups groups;
    if (rule->when.match_datagram(arrived, groups)) check_groups(groups, arrived.size());
    const auto whole = in_pieces(rule->when, arrived, arrived.size());
    const auto single = in_pieces(rule->when, arrived, 1);
    in_pieces(rule->when, arrived, 3);
    // An expression may go on as far as there is something; `any` takes what is there.
    if (rule->when.kind() != query::MatchKind::regex && rule->when.kind() != query::MatchKind::any) {
        require(whole == single);
    }
    return 0;
}
