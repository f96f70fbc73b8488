#include "query/byte_regex.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <re2/re2.h>

namespace sockdesk::query {

namespace {

constexpr std::size_t longest_text = 4096;

/// For the compiled expression and its automata; when these do not suffice RE2 goes on without automata, slower.
constexpr std::int64_t memory = std::int64_t{8} << 20;

/// How far a single look goes. Each match costs at most this much, however far the expression would look.
constexpr std::size_t least_window = 16'384;

re2::RE2::Options options(bool ignores_case, bool with_groups = false) {
    re2::RE2::Options result;
    result.set_encoding(re2::RE2::Options::EncodingLatin1);
    result.set_log_errors(false);
    result.set_max_mem(memory);
    result.set_never_capture(!with_groups);
    result.set_case_sensitive(!ignores_case);
    return result;
}

/// Brackets of an expression, as far as they are not part of a class or quoted.
struct Brackets {
    std::optional<std::size_t> not_closed;  ///< the innermost of those that are open at the end
    std::optional<std::size_t> not_opened;
};

Brackets brackets(std::string_view text) {
    Brackets result;
    std::vector<std::size_t> open;
    bool in_class = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\\') {
            ++i;
            if (in_class || i >= text.size() || text[i] != 'Q') continue;
            i = text.find("\\E", i);
            if (i == std::string_view::npos) break;
            ++i;
        } else if (in_class) {
            in_class = c != ']';
        } else if (c == '[') {
            in_class = true;
            // A bracket that comes first in a class stands for itself.
            if (i + 1 < text.size() && text[i + 1] == '^') ++i;
            if (i + 1 < text.size() && text[i + 1] == ']') ++i;
        } else if (c == '(') {
            open.push_back(i);
        } else if (c == ')') {
            if (open.empty()) {
                result.not_opened = i;
                return result;
            }
            open.pop_back();
        }
    }
    if (!open.empty()) result.not_closed = open.back();
    return result;
}

/// Where the piece that RE2 complains about stands: of several that read the same, the one at which what comes before
/// is still good.
std::size_t place_of(std::string_view text, const std::string& piece, re2::RE2::ErrorCode code) {
    if (piece.empty()) return 0;
    std::size_t first = std::string_view::npos;
    for (std::size_t at = text.find(piece), tried = 0; at != std::string_view::npos && tried < 32;
         at = text.find(piece, at + 1), ++tried) {
        if (first == std::string_view::npos) first = at;
        const re2::RE2 until(re2::StringPiece(text.data(), at + piece.size()), options(false));
        if (until.error_code() == code && until.error_arg() == piece) return at;
    }
    return first == std::string_view::npos ? 0 : first;
}

tl::unexpected<Error> error_of(std::string_view text, const re2::RE2& regex) {
    using Code = re2::RE2;
    const Code::ErrorCode code = regex.error_code();
    const std::string& piece = regex.error_arg();
    const auto fail_there = [&](std::string message) {
        return fail_at(place_of(text, piece, code), std::move(message));
    };
    switch (code) {
        case Code::ErrorBadEscape:
            return fail_there(fmt::format("\"{}\" means nothing in a regular expression", piece));
        case Code::ErrorBadCharClass:
            return fail_there(fmt::format("\"{}\" is no class of characters", piece));
        case Code::ErrorBadCharRange:
            return fail_there(fmt::format("\"{}\" is no range or class of characters", piece));
        case Code::ErrorMissingBracket:
            return fail_there("the bracket [ is not closed; to look for one write \\[");
        case Code::ErrorMissingParen:
        case Code::ErrorUnexpectedParen: {
            const Brackets found = brackets(text);
            if (found.not_opened) {
                return fail_at(*found.not_opened, "the bracket ) closes none; to look for one write \\)");
            }
            return fail_at(found.not_closed.value_or(0),
                           "the bracket ( is not closed; to look for one write \\(");
        }
        case Code::ErrorTrailingBackslash:
            return fail_at(text.size() - 1, "nothing follows the backslash; to look for one write \\\\");
        case Code::ErrorRepeatArgument:
            return fail_there(fmt::format("there is nothing that \"{}\" could repeat", piece));
        case Code::ErrorRepeatSize:
            return fail_there(fmt::format(
                "\"{}\" repeats backwards or too often; at most 1000 times, inner repetitions multiplied",
                piece));
        case Code::ErrorRepeatOp:
            return fail_there(fmt::format("\"{}\" repeats a repetition", piece));
        case Code::ErrorBadPerlOp:
        case Code::ErrorBadNamedCapture:
            return fail_there(fmt::format("\"{}\" is no group that is understood here", piece));
        case Code::ErrorPatternTooLarge:
            return fail_at(0, "the regular expression is too large; repeat less");
        default:
            return fail_at(0, fmt::format("the regular expression cannot be understood: {}", regex.error()));
    }
}

/// Letter case is ignored of ASCII letters only, whereas RE2 takes bytes beyond for letters of Latin-1, which they
/// are not in most encodings. So those that stand outside of classes are written such that their case counts.
std::string with_strict_high_bytes(std::string_view text) {
    std::string result;
    bool in_class = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\\' && i + 1 < text.size()) {
            if (!in_class && text[i + 1] == 'Q') return std::string(text);
            result.append(text.substr(i++, 2));
        } else if (byte >= 0x80 && !in_class) {
            result += fmt::format("(?-i:\\x{:02X})", byte);
        } else {
            if (in_class) {
                in_class = c != ']';
            } else if (c == '[') {
                in_class = true;
                result += c;
                if (i + 1 < text.size() && text[i + 1] == '^') result += text[++i];
                if (i + 1 < text.size() && text[i + 1] == ']') result += text[++i];
                continue;
            }
            result += c;
        }
    }
    return result;
}

}  // namespace

ByteRegex::ByteRegex(std::unique_ptr<const re2::RE2> regex, std::size_t longest_match)
    : regex_(std::move(regex)), longest_match_(longest_match) {}
ByteRegex::~ByteRegex() = default;
ByteRegex::ByteRegex(ByteRegex&&) noexcept = default;

Result<std::unique_ptr<const re2::RE2>> compile_byte_regex(std::string_view text,
                                                           const ByteRegexOptions& how) {
    if (text.empty()) return fail_at(0, "the regular expression is empty");
    if (text.size() > longest_text) {
        return fail_at(longest_text,
                       fmt::format("a regular expression may have at most {} characters", longest_text));
    }
    // Of a record, and all the more of a stream, lines are what a person means by ^ and $.
    const std::string lines = "(?m)" + (how.ignores_case ? with_strict_high_bytes(text) : std::string(text));
    auto regex = std::make_unique<const re2::RE2>(lines, options(how.ignores_case, how.with_groups));
    const re2::RE2::ErrorCode code = regex->error_code();
    if (!regex->ok() && code != re2::RE2::ErrorPatternTooLarge) {
        const re2::RE2 as_typed(re2::StringPiece(text.data(), text.size()),
                                options(how.ignores_case, how.with_groups));
        if (!as_typed.ok()) return error_of(text, as_typed);
    }
    if (!regex->ok() || regex->ProgramSize() > how.most_instructions ||
        regex->ReverseProgramSize() > how.most_instructions) {
        return fail_at(0, "the regular expression is too large; repeat less");
    }
    if (regex->NumberOfCapturingGroups() > most_groups) {
        return fail_at(0,
                       fmt::format("a regular expression may have at most {} groups; write (?:…) for those "
                                   "whose match is not wanted",
                                   most_groups));
    }
    return regex;
}

Result<ByteRegex> ByteRegex::compile(std::string_view text, bool ignores_case, std::size_t longest_match) {
    auto regex = compile_byte_regex(text, {.ignores_case = ignores_case});
    if (!regex) return tl::unexpected(std::move(regex.error()));
    return ByteRegex(std::move(*regex), longest_match);
}

std::optional<ByteRegex::Found> ByteRegex::find(ByteView bytes, std::size_t from) const {
    const re2::StringPiece text(as_chars(bytes).data(), bytes.size());
    re2::StringPiece found;
    const std::size_t window = std::max(least_window, 2 * longest_match_);
    while (from < bytes.size()) {
        const std::size_t end = std::min(bytes.size(), from + window);
        if (!regex_->Match(text, from, end, re2::RE2::UNANCHORED, &found, 1)) {
            if (end == bytes.size()) return std::nullopt;
            from = end - longest_match_ + 1;
            continue;
        }
        const auto begin = static_cast<std::size_t>(found.data() - text.data());
        if (end < bytes.size() && begin + longest_match_ > end) {
            from = begin;  // it may be longer than could be seen
            continue;
        }
        // What begins there is decided by the bytes that a match may have, so that the answer does not depend on how
        // much of a stream is at hand.
        if (found.size() > longest_match_ &&
            !regex_->Match(text, begin, begin + longest_match_, re2::RE2::ANCHOR_START, &found, 1)) {
            from = begin + 1;
            continue;
        }
        if (!found.empty()) return Found{begin, begin + found.size()};
        from = begin + 1;
    }
    return std::nullopt;
}

}  // namespace sockdesk::query
