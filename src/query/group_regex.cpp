#include "query/group_regex.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <re2/re2.h>

#include "query/matcher.hpp"

namespace sockdesk::query {

namespace {

/// What is looked for in all that arrives, on the thread that carries it: far less than a search in the background may take.
constexpr int most_instructions = 1000;

re2::StringPiece piece_of(ByteView bytes) { return {as_chars(bytes).data(), bytes.size()}; }

/// RE2 knows the line feed alone as the end of a line. Many protocols end lines with CR LF, and who writes `^ping$` means those, too.
std::string with_line_ends(std::string_view text, const StreamProgram::Dollars& dollars) {
    std::string result;
    std::size_t from = 0;
    for (const std::size_t dollar : dollars) {
        result += text.substr(from, dollar - from);
        result += "(?:\\r?$)";
        from = dollar + 1;
    }
    return result += text.substr(from);
}

}  // namespace

GroupRegex::GroupRegex(std::unique_ptr<const re2::RE2> regex, StreamProgram program, bool has_line_end)
    : regex_(std::move(regex)), program_(std::move(program)), has_line_end_(has_line_end) {}
GroupRegex::~GroupRegex() = default;
GroupRegex::GroupRegex(GroupRegex&&) noexcept = default;

Result<GroupRegex> GroupRegex::compile(std::string_view text) {
    const ByteRegexOptions options{.with_groups = true, .most_instructions = most_instructions};
    auto regex = compile_byte_regex(text, options);
    if (!regex) return tl::unexpected(std::move(regex.error()));
    StreamProgram::Dollars dollars;
    auto program = StreamProgram::of_expression(text, longest_match, dollars);
    if (!program) return tl::unexpected(std::move(program.error()));
    if (!dollars.empty()) {
        regex = compile_byte_regex(with_line_ends(text, dollars), options);
        if (!regex) return tl::unexpected(Error{regex.error().kind, regex.error().message, {}, 0});
    }
    return GroupRegex(std::move(*regex), std::move(*program), !dollars.empty());
}

std::vector<std::string> GroupRegex::group_names() const {
    std::vector<std::string> names(static_cast<std::size_t>(regex_->NumberOfCapturingGroups()));
    for (const auto& [number, name] : regex_->CapturingGroupNames()) {
        names[static_cast<std::size_t>(number) - 1] = name;
    }
    return names;
}

bool GroupRegex::match(ByteView bytes, std::size_t begin, std::size_t end, int anchor,
                       MatchGroups& out) const {
    std::array<re2::StringPiece, 1 + most_groups> found;
    const int count = 1 + regex_->NumberOfCapturingGroups();
    const re2::StringPiece text = piece_of(bytes);
    if (!regex_->Match(text, begin, end, static_cast<re2::RE2::Anchor>(anchor), found.data(), count)) {
        return false;
    }
    out.groups.resize(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < out.groups.size(); ++i) {
        if (found[i].data() == nullptr) {
            out.groups[i] = {};
            continue;
        }
        const auto at = static_cast<std::size_t>(found[i].data() - text.data());
        out.groups[i] = {at, at + found[i].size()};
    }
    return true;
}

bool GroupRegex::find(ByteView bytes, MatchGroups& out) const {
    // RE2 tells a group that took no part by a null pointer, which the text of an empty datagram must not have.
    static constexpr std::uint8_t nothing = 0;
    if (!match(bytes.empty() ? ByteView(&nothing, std::size_t{0}) : bytes, 0, bytes.size(),
               re2::RE2::UNANCHORED, out)) {
        return false;
    }
    without_carriage_return(bytes, true, out);
    return true;
}

/// The `\r` of a line end that a `$` has taken is no part of what was found.
void GroupRegex::without_carriage_return(ByteView bytes, bool is_over, MatchGroups& out) const {
    const std::size_t end = out.end();
    if (!has_line_end_ || end == out.begin() || bytes[end - 1] != '\r') return;
    if (end < bytes.size() ? bytes[end] != '\n' : !is_over) return;
    for (auto& group : out.groups) {
        if (group.end == end && group.begin < end) --group.end;
    }
}

std::uint64_t GroupRegex::take(const StreamText& text, const StreamFound& found, bool is_over,
                               MatchGroups& out) const {
    // From there, or with the byte before where the expression may look at it.
    const bool begins = !program_.looks_back || text.is_message_begin(found.begin);
    const std::uint64_t from = begins || found.begin == text.begin ? found.begin : found.begin - 1;
    const auto at = static_cast<std::size_t>(found.begin - from);
    const auto end = static_cast<std::size_t>(found.end - from);
    const ByteView rest = text.from(from);
    ByteView bytes = found.at_end ? rest.first(end) : rest;
    const auto is_something = [&] { return out.end() > at; };
    const bool has_all = (found.at_end ? match(bytes, at, end, re2::RE2::ANCHOR_START, out)
                                       : take_what_there_is(bytes, at, is_over, out)) &&
                         is_something();
    if (!has_all && !(match(bytes, at, end, re2::RE2::ANCHOR_BOTH, out) && is_something())) {
        bytes = rest.first(end);  // what ends where the message does
        if (!(match(bytes, at, end, re2::RE2::ANCHOR_BOTH, out) && is_something())) {
            out.groups.assign(1 + static_cast<std::size_t>(regex_->NumberOfCapturingGroups()), {});
            out.groups.front() = {at, end};
        }
    }
    const std::uint64_t behind = from + out.end();
    without_carriage_return(bytes, is_over || bytes.size() < rest.size(), out);
    const auto offset = static_cast<std::size_t>(from - text.begin);
    for (auto& group : out.groups) {
        if (group.end == 0) continue;  // took no part
        group.begin += offset;
        group.end += offset;
    }
    return behind;
}

bool GroupRegex::take_what_there_is(ByteView bytes, std::size_t at, bool is_over, MatchGroups& out) const {
    const std::size_t end = std::min(bytes.size(), at + longest_match);
    if (!match(bytes, at, end, re2::RE2::ANCHOR_START, out)) return false;
    if (!program_.looks_ahead || is_over || out.end() < bytes.size()) return true;
    // It ends where the text does, which is no end of anything: it counts only if it ends there whatever comes.
    Bytes longer(bytes.begin(), bytes.end());
    longer.push_back(0);
    for (const char next : {'\n', 'a', ' '}) {
        longer.back() = static_cast<std::uint8_t>(next);
        if (!match(longer, at, end, re2::RE2::ANCHOR_START, out) || out.end() != end) {
            return end > at + 1 && match(bytes, at, end - 1, re2::RE2::ANCHOR_START, out);
        }
    }
    return true;
}

}  // namespace sockdesk::query
