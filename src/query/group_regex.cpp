#include "query/group_regex.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <re2/re2.h>

#include "query/matcher.hpp"

namespace sockdesk::query {

namespace {

re2::StringPiece piece_of(ByteView bytes) { return {as_chars(bytes).data(), bytes.size()}; }

/// Not sure is true.
bool may_look_back(std::string_view text) {
    for (const std::string_view sign : {"^", "\\b", "\\B", "\\A"}) {
        if (text.find(sign) != std::string_view::npos) return true;
    }
    return false;
}

/// Whether a backslash before `c` can only stand for bytes other than a line end.
bool is_within_lines(char c) {
    if (c >= '0' && c <= '9') return false;
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return !is_letter || std::string_view("dwSbBAzrt").find(c) != std::string_view::npos;
}

/// A line end that the expression ends with: what is left without it.
std::string_view without_line_end(std::string_view text) {
    if (!text.ends_with("\\n")) return text;
    const std::string_view before = text.substr(0, text.size() - 2);
    // The backslash may be one that is meant itself, with an n behind it.
    const std::size_t last = before.find_last_not_of('\\');
    const std::size_t backslashes = before.size() - (last == std::string_view::npos ? 0 : last + 1);
    return backslashes % 2 == 0 ? before : text;
}

/// Reads the expression just closely enough to be sure; not sure is false.
bool surely_stays_in_line(std::string_view text) {
    // Behind a choice the line end belongs to the last of what is chosen from.
    if (text.find('|') == std::string_view::npos) text = without_line_end(text);
    bool in_class = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\n' || (in_class && static_cast<unsigned char>(c) < 0x20)) return false;
        if (c == '\\') {
            if (++i == text.size() || !is_within_lines(text[i]) || (in_class && text[i] == 't')) return false;
        } else if (in_class) {
            if (c == '[') return false;  // [:space:], or a bracket that need not be quoted
            in_class = c != ']';
        } else if (c == '[') {
            if (i + 1 < text.size() && (text[i + 1] == '^' || text[i + 1] == ']')) return false;
            in_class = true;
        } else if (text.substr(i, 2) == "(?" && text.substr(i, 3) != "(?:" && text.substr(i, 4) != "(?P<") {
            return false;  // flags, of which one lets the dot stand for a line end
        }
    }
    return true;
}

}  // namespace

GroupRegex::GroupRegex(ByteRegex finder, std::unique_ptr<const re2::RE2> regex, std::string_view text)
    : finder_(std::move(finder)),
      regex_(std::move(regex)),
      looks_back_(may_look_back(text)),
      stays_in_line_(surely_stays_in_line(text)) {}
GroupRegex::~GroupRegex() = default;
GroupRegex::GroupRegex(GroupRegex&&) noexcept = default;

Result<GroupRegex> GroupRegex::compile(std::string_view text) {
    auto finder = ByteRegex::compile(text, false, longest_match);
    if (!finder) return tl::unexpected(std::move(finder.error()));
    auto regex = compile_byte_regex(text, false, true);
    if (!regex) return tl::unexpected(std::move(regex.error()));
    return GroupRegex(std::move(*finder), std::move(*regex), text);
}

std::vector<std::string> GroupRegex::group_names() const {
    std::vector<std::string> names(static_cast<std::size_t>(regex_->NumberOfCapturingGroups()));
    for (const auto& [number, name] : regex_->CapturingGroupNames()) {
        names[static_cast<std::size_t>(number) - 1] = name;
    }
    return names;
}

bool GroupRegex::match(ByteView bytes, std::size_t begin, std::size_t end, bool anchored,
                       MatchGroups& out) const {
    std::array<re2::StringPiece, 1 + most_groups> found;
    const int count = 1 + regex_->NumberOfCapturingGroups();
    const re2::StringPiece text = piece_of(bytes);
    const auto anchor = anchored ? re2::RE2::ANCHOR_START : re2::RE2::UNANCHORED;
    if (!regex_->Match(text, begin, end, anchor, found.data(), count)) return false;
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
    return match(bytes.empty() ? ByteView(&nothing, std::size_t{0}) : bytes, 0, bytes.size(), false, out);
}

bool GroupRegex::has_match(ByteView bytes, std::size_t from, std::size_t end) const {
    return regex_->Match(piece_of(bytes), from, end, re2::RE2::UNANCHORED, nullptr, 0);
}

/// A match ends at `end`: where the first one ends. What lies behind is seen throughout, so that whether there is one up to some place
/// only ever changes from no to yes.
std::size_t GroupRegex::first_complete(ByteView bytes, std::size_t from, std::size_t end) const {
    // Mostly it is there or near there.
    std::size_t known = end;
    std::size_t without = from;
    for (std::size_t step = 1; known - from > step; step *= 2) {
        if (!has_match(bytes, from, known - step)) {
            without = known - step;
            break;
        }
        known -= step;
    }
    while (known - without > 1) {
        const std::size_t middle = without + (known - without) / 2;
        (has_match(bytes, from, middle) ? known : without) = middle;
    }
    return known;
}

bool GroupRegex::find_in_stream(ByteView bytes, std::size_t from, MatchGroups& out,
                                std::size_t& complete) const {
    const auto leftmost = finder_.find(bytes, from);
    if (!leftmost) return false;
    const auto take = [&](std::size_t begin, std::size_t most) {
        return match(bytes, begin, std::min(most, begin + longest_match), true, out) &&
               out.end() > out.begin();
    };
    // Not for those that find nothing at every place.
    if (!has_match(bytes, from, from)) {
        complete = first_complete(bytes, from, leftmost->end);
        re2::StringPiece found;
        const re2::StringPiece text = piece_of(bytes);
        if (regex_->Match(text, from, complete, re2::RE2::UNANCHORED, &found, 1) &&
            take(static_cast<std::size_t>(found.data() - text.data()), bytes.size())) {
            return true;
        }
    }
    complete = leftmost->end;
    return take(leftmost->begin, leftmost->end);
}

bool GroupRegex::is_at_begin(ByteView bytes) const {
    re2::StringPiece found;
    return regex_->Match(piece_of(bytes), 0, std::min(bytes.size(), longest_match), re2::RE2::ANCHOR_START,
                         &found, 1) &&
           !found.empty();
}

}  // namespace sockdesk::query
