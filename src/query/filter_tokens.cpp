#include "query/filter_tokens.hpp"

#include <algorithm>
#include <array>

namespace sockdesk::query {

namespace {

enum class Mark : std::uint8_t { none, blank, double_quote, single_quote, open, close, bang };

struct MarkAt {
    Mark mark = Mark::none;
    std::size_t size = 0;
};

struct WideMark {
    std::string_view utf8;
    Mark mark;
};

constexpr std::array wide_marks = {
    WideMark{"\xE2\x80\x9C", Mark::double_quote},  // U+201C
    WideMark{"\xE2\x80\x9D", Mark::double_quote},  // U+201D
    WideMark{"\xEF\xBC\x82", Mark::double_quote},  // U+FF02
    WideMark{"\xE2\x80\x98", Mark::single_quote},  // U+2018
    WideMark{"\xE2\x80\x99", Mark::single_quote},  // U+2019
    WideMark{"\xEF\xBC\x88", Mark::open},          // U+FF08
    WideMark{"\xEF\xBC\x89", Mark::close},         // U+FF09
    WideMark{"\xEF\xBC\x81", Mark::bang},          // U+FF01
    WideMark{"\xE3\x80\x80", Mark::blank},         // U+3000
};

MarkAt mark_at(std::string_view line, std::size_t at) {
    switch (line[at]) {
        case ' ':
        case '\t':
        case '\r':
        case '\n':
            return {Mark::blank, 1};
        case '"':
            return {Mark::double_quote, 1};
        case '\'':
            return {Mark::single_quote, 1};
        case '(':
            return {Mark::open, 1};
        case ')':
            return {Mark::close, 1};
        case '!':
            return {Mark::bang, 1};
        default:
            break;
    }
    if (static_cast<unsigned char>(line[at]) >= 0x80) {
        for (const WideMark& wide : wide_marks) {
            if (line.substr(at, wide.utf8.size()) == wide.utf8) return {wide.mark, wide.utf8.size()};
        }
    }
    return {};
}

bool is_comparison_sign(char c) { return c == '=' || c == '<' || c == '>'; }

Token quoted_text(std::string_view line, std::size_t begin, MarkAt quote) {
    Token token{TokenKind::text, begin, line.size(), begin + quote.size, line.size(), false};
    // A wide quote closes a narrow one just as little as the other way round: who writes “ may write " inside.
    const bool is_wide = quote.size > 1;
    for (std::size_t at = token.inner_begin; at < line.size(); ++at) {
        if (line[at] == '\\') {
            ++at;
            continue;
        }
        const MarkAt mark = mark_at(line, at);
        if (mark.mark == quote.mark && (mark.size > 1) == is_wide) {
            token.inner_end = at;
            token.end = at + mark.size;
            token.is_closed = true;
            return token;
        }
    }
    return token;
}

Token regex(std::string_view line, std::size_t begin) {
    Token token{TokenKind::regex, begin, line.size(), begin + 1, line.size(), false};
    for (std::size_t at = token.inner_begin; at < line.size(); ++at) {
        if (line[at] == '\\') {
            ++at;
        } else if (line[at] == '/') {
            token.inner_end = at++;
            while (at < line.size() && ((line[at] | 0x20) >= 'a' && (line[at] | 0x20) <= 'z')) ++at;
            token.end = at;
            token.is_closed = true;
            return token;
        }
    }
    return token;
}

Token word(std::string_view line, std::size_t begin) {
    std::size_t end = begin;
    while (end < line.size() && mark_at(line, end).mark == Mark::none && !is_comparison_sign(line[end]) &&
           line[end] != '&' && line[end] != '|') {
        ++end;
    }
    return {TokenKind::word, begin, end};
}

/// Bytes that the backslash at `at` takes, itself included.
std::size_t escape_size(std::string_view inner, std::size_t at) {
    if (at + 1 >= inner.size()) return 0;
    if (inner[at + 1] == '\\') return 2;
    const MarkAt mark = mark_at(inner, at + 1);
    return mark.mark == Mark::double_quote || mark.mark == Mark::single_quote ? 1 + mark.size : 0;
}

}  // namespace

Token next_token(std::string_view line, std::size_t at) {
    MarkAt mark;
    for (; at < line.size(); at += mark.size) {
        mark = mark_at(line, at);
        if (mark.mark != Mark::blank) break;
    }
    if (at >= line.size()) return {TokenKind::end, line.size(), line.size()};
    const char c = line[at];
    const char next = at + 1 < line.size() ? line[at + 1] : '\0';
    switch (mark.mark) {
        case Mark::double_quote:
        case Mark::single_quote:
            return quoted_text(line, at, mark);
        case Mark::open:
            return {TokenKind::open, at, at + mark.size};
        case Mark::close:
            return {TokenKind::close, at, at + mark.size};
        case Mark::bang:
            if (c == '!' && next == '=') return {TokenKind::comparison, at, at + 2};
            return {TokenKind::bang, at, at + mark.size};
        case Mark::blank:
        case Mark::none:
            break;
    }
    if (is_comparison_sign(c)) return {TokenKind::comparison, at, at + (next == '=' ? 2U : 1U)};
    if (c == '&' && next == '&') return {TokenKind::both, at, at + 2};
    if (c == '|' && next == '|') return {TokenKind::either, at, at + 2};
    if (c == '&' || c == '|') return {TokenKind::stray, at, at + 1};
    if (c == '/') return regex(line, at);
    return word(line, at);
}

bool is_word(std::string_view word, std::string_view lower) {
    return std::equal(word.begin(), word.end(), lower.begin(), lower.end(), [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a | 0x20) : a) == b;
    });
}

std::string unquoted(std::string_view inner) {
    std::string result;
    for (std::size_t at = 0; at < inner.size(); ++at) {
        const std::size_t size = inner[at] == '\\' ? escape_size(inner, at) : 0;
        if (size == 0) {
            result += inner[at];
        } else {
            result.append(inner.substr(at + 1, size - 1));
            at += size - 1;
        }
    }
    return result;
}

std::size_t quoted_position(std::string_view inner, std::size_t position) {
    std::size_t made = 0;
    std::size_t at = 0;
    while (at < inner.size()) {
        const std::size_t size = inner[at] == '\\' ? escape_size(inner, at) : 0;
        const std::size_t gives = size == 0 ? 1 : size - 1;
        if (made + gives > position) break;
        made += gives;
        at += size == 0 ? 1 : size;
    }
    return at;
}

}  // namespace sockdesk::query
