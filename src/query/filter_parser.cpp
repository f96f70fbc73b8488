#include "query/filter_parser.hpp"

#include <utility>

#include <fmt/format.h>

#include "query/filter_tokens.hpp"

namespace sockdesk::query {

namespace {

constexpr std::size_t longest_line = 16'384;
constexpr int deepest_bracket = 100;
/// Each keeps some megabytes when the data makes it.
constexpr int most_regexes = 16;

constexpr std::string_view term_hint =
    "here could stand rx, tx, from 127.0.0.1, len>100, \"text\", hex\"48 ??\" or another term";
constexpr std::string_view address_hint =
    "here could stand an address: 127.0.0.1, 127.0.0.1:8080, :8080, 10.0.0.0/8, ::1 or [::1]:80";
constexpr std::string_view comparison_hint = "here could stand =, !=, <, <=, > or >=";
constexpr std::string_view number_hint = "here could stand a number of bytes, or a range such as 0..64";
constexpr std::string_view time_hint = "here could stand a time such as 10:00:00 or 2026-11-21T10:00:00";

/// Moves an error's position to where the text that it is about begins in the line.
tl::unexpected<Error> moved(Error error, std::size_t by) {
    error.position = error.position == Error::no_position ? by : error.position + by;
    return tl::unexpected<Error>(std::move(error));
}

class Parser {
public:
    Parser(std::string_view line, const FilterContext& context) : line_(line), context_(context) { go_on(); }

    Result<TermPointer> parse() {
        if (token_.kind == TokenKind::end) return TermPointer();
        auto result = alternatives();
        if (result && token_.kind == TokenKind::close) {
            return fail_at(token_.begin, "the bracket ) closes none; here could stand another term");
        }
        return result;
    }

private:
    void go_on() { token_ = next_token(line_, token_.end); }
    std::string_view token_text() const { return line_.substr(token_.begin, token_.end - token_.begin); }
    bool is_keyword(std::string_view lower) const {
        return token_.kind == TokenKind::word && is_word(token_text(), lower);
    }
    bool is_or() const { return token_.kind == TokenKind::either || is_keyword("or"); }
    bool is_and() const { return token_.kind == TokenKind::both || is_keyword("and"); }
    bool is_not() const { return token_.kind == TokenKind::bang || is_keyword("not"); }
    tl::unexpected<Error> fail_here(std::string_view message) const {
        return fail_at(token_.begin, std::string(message));
    }

    Result<TermPointer> alternatives() {
        std::vector<TermPointer> terms;
        for (;;) {
            auto one = sequence();
            if (!one) return one;
            terms.push_back(std::move(*one));
            if (!is_or()) return any_of(std::move(terms));
            go_on();
        }
    }

    Result<TermPointer> sequence() {
        std::vector<TermPointer> terms;
        for (;;) {
            auto one = factor();
            if (!one) return one;
            terms.push_back(std::move(*one));
            if (is_and()) {
                go_on();
            } else if (is_or() || token_.kind == TokenKind::end || token_.kind == TokenKind::close) {
                return all_of(std::move(terms));
            }
        }
    }

    Result<TermPointer> factor() {
        bool is_negated = false;
        for (; is_not(); go_on()) is_negated = !is_negated;
        auto result = token_.kind == TokenKind::open ? bracket() : term();
        if (result && is_negated) return negation(std::move(*result));
        return result;
    }

    Result<TermPointer> bracket() {
        const std::size_t open = token_.begin;
        if (depth_ == deepest_bracket) {
            return fail_here(fmt::format("brackets can stand in each other {} deep", deepest_bracket));
        }
        ++depth_;
        go_on();
        auto result = alternatives();
        --depth_;
        if (!result) return result;
        if (token_.kind != TokenKind::close) return fail_at(open, "the bracket ( is not closed");
        go_on();
        return result;
    }

    Result<TermPointer> term() {
        switch (token_.kind) {
            case TokenKind::text:
                return text(LetterCase::ignored);
            case TokenKind::regex:
                return regex();
            case TokenKind::word:
                return word();
            default:
                return fail_here(term_hint);
        }
    }

    Result<TermPointer> word() {
        if (is_keyword("rx") || is_keyword("recv") || is_keyword("received")) {
            return alone(direction_is(capture::Direction::received));
        }
        if (is_keyword("tx") || is_keyword("send") || is_keyword("sent")) {
            return alone(direction_is(capture::Direction::sent));
        }
        if (is_keyword("event")) return alone(is_event());
        if (is_keyword("error")) return alone(is_alarm());
        if (is_keyword("udp")) return alone(transport_is(capture::Transport::udp));
        if (is_keyword("tcp")) return alone(transport_is(capture::Transport::tcp));
        if (is_keyword("from")) return address_after(AddressRole::source);
        if (is_keyword("to")) return address_after(AddressRole::destination);
        if (is_keyword("peer")) return address_after(AddressRole::peer);
        if (is_keyword("len")) return length();
        if (is_keyword("time")) return time();
        if (is_keyword("text")) return text_after(LetterCase::ignored);
        if (is_keyword("text:exact")) return text_after(LetterCase::exact);
        if (is_keyword("hex")) return hex();
        if (token_text()[0] == '#') return record_number();
        if (looks_like_address(token_text())) return address(AddressRole::peer);
        return fail_here(fmt::format("\"{0}\" is no word of filters; text stands in quotes: \"{0}\"; {1}",
                                     token_text(), term_hint));
    }

    Result<TermPointer> alone(TermPointer result) {
        go_on();
        return result;
    }

    Result<TermPointer> address_after(AddressRole role) {
        go_on();
        if (token_.kind == TokenKind::comparison && token_text() == "=") go_on();
        if (token_.kind != TokenKind::word) return fail_here(address_hint);
        return address(role);
    }

    Result<TermPointer> address(AddressRole role) {
        auto test = parse_address(token_text());
        if (!test) return moved(std::move(test.error()), token_.begin);
        go_on();
        return address_is(role, *test);
    }

    /// The comparison that comes next; the token behind it, which is a word, becomes the token.
    Result<std::string_view> comparison(std::string_view value_hint) {
        go_on();
        if (token_.kind != TokenKind::comparison) return fail_here(comparison_hint);
        const std::string_view result = token_text();
        go_on();
        if (token_.kind != TokenKind::word) return fail_here(value_hint);
        return result;
    }

    Result<TermPointer> length() {
        const auto sign = comparison(number_hint);
        if (!sign) return tl::unexpected(sign.error());
        auto range = parse_numbers(*sign, token_text());
        if (!range) return moved(std::move(range.error()), token_.begin);
        go_on();
        // Negated, "!=" would take events too; it is a term about payloads like the others.
        if (*sign == "!=") return unequal_length(*range);
        return length_is(*range);
    }

    static TermPointer unequal_length(NumberRange range) {
        std::vector<TermPointer> terms;
        terms.push_back(length_is({}));
        terms.push_back(negation(length_is(range)));
        return all_of(std::move(terms));
    }

    Result<TermPointer> time() {
        const auto sign = comparison(time_hint);
        if (!sign) return tl::unexpected(sign.error());
        const std::size_t begin = token_.begin;
        std::size_t end = token_.end;
        // As log lines have it: a day, a blank, a time of day.
        if (is_date(token_text())) {
            const Token next = next_token(line_, token_.end);
            const std::string_view word = line_.substr(next.begin, next.end - next.begin);
            const bool is_time =
                next.kind == TokenKind::word && word[0] >= '0' && word[0] <= '9' &&
                parse_times("=", word, context_.day) &&
                line_.substr(end, next.begin - end).find_first_not_of(' ') == std::string_view::npos;
            if (is_time) {
                end = next.end;
                token_ = next;
            }
        }
        auto range = parse_times(*sign, line_.substr(begin, end - begin), context_.day);
        if (!range) return moved(std::move(range.error()), begin);
        go_on();
        return *sign == "!=" ? negation(time_is(*range)) : time_is(*range);
    }

    Result<TermPointer> record_number() {
        const std::size_t begin = token_.begin + 1;
        const std::string_view digits = token_text().substr(1);
        if (digits.empty()) return fail_at(begin, "here could stand the number of a record, or a range");
        auto range = parse_numbers("=", digits);
        if (!range) return moved(std::move(range.error()), begin);
        if (range->last == 0 || digits == "0") return fail_at(begin, "records are counted from 1");
        go_on();
        return number_is(*range);
    }

    Result<TermPointer> text_after(LetterCase letter_case) {
        go_on();
        if (token_.kind != TokenKind::text) return fail_here("here could stand a text in quotes");
        return text(letter_case);
    }

    Result<std::string_view> inner() const {
        if (!token_.is_closed) {
            return fail_at(token_.begin, token_.kind == TokenKind::regex
                                             ? "the regular expression is not closed; write /…/"
                                             : "the quote is not closed");
        }
        return line_.substr(token_.inner_begin, token_.inner_end - token_.inner_begin);
    }

    Result<TermPointer> text(LetterCase letter_case) {
        const auto quoted = inner();
        if (!quoted) return tl::unexpected(quoted.error());
        const std::string plain = unquoted(*quoted);
        if (plain.empty()) return fail_at(token_.inner_begin, "here could stand the text to look for");
        Result<Bytes> bytes = Bytes(plain.begin(), plain.end());
        if (context_.encode) bytes = context_.encode(plain);
        if (!bytes) {
            Error error = std::move(bytes.error());
            if (error.position != Error::no_position) {
                error.position = quoted_position(*quoted, error.position);
            }
            return moved(std::move(error), token_.inner_begin);
        }
        return payload(Pattern::literal(std::move(*bytes), letter_case));
    }

    Result<TermPointer> hex() {
        go_on();
        if (token_.kind != TokenKind::text) {
            return fail_here("here could stand bytes in quotes, such as \"48 ?? 6C\"");
        }
        const auto digits = inner();
        if (!digits) return tl::unexpected(digits.error());
        return payload(Pattern::hex(*digits));
    }

    Result<TermPointer> regex() {
        const auto expression = inner();
        if (!expression) return tl::unexpected(expression.error());
        if (++regexes_ > most_regexes) {
            return fail_here(fmt::format("a filter may have at most {} regular expressions", most_regexes));
        }
        LetterCase letter_case = LetterCase::exact;
        for (std::size_t at = token_.inner_end + 1; at < token_.end; ++at) {
            if (line_[at] != 'i') {
                return fail_at(at, fmt::format("\"{}\" means nothing after a regular expression; here could "
                                               "stand i, for either letter case",
                                               line_[at]));
            }
            letter_case = LetterCase::ignored;
        }
        return payload(Pattern::regex(*expression, letter_case));
    }

    /// The token is where the pattern stands between quotes.
    Result<TermPointer> payload(Result<Pattern> pattern) {
        if (!pattern) return moved(std::move(pattern.error()), token_.inner_begin);
        go_on();
        return payload_has(std::move(*pattern));
    }

    std::string_view line_;
    const FilterContext& context_;
    Token token_;
    int depth_ = 0;
    int regexes_ = 0;
};

}  // namespace

Result<TermPointer> parse_filter(std::string_view line, const FilterContext& context) {
    if (line.size() > longest_line) {
        return fail_at(longest_line, fmt::format("a filter may have at most {} bytes", longest_line));
    }
    return Parser(line, context).parse();
}

}  // namespace sockdesk::query
