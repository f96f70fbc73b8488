// The pieces of a filter line. Takes any text; what is wrong with a piece is said by those who need it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sockdesk::query {

enum class TokenKind : std::uint8_t {
    end,
    word,        ///< keywords, addresses, numbers, times
    text,        ///< in quotes
    regex,       ///< between slashes, with the letters that follow
    comparison,  ///< = == != < <= > >=
    bang,        ///< !
    open,        ///< (
    close,       ///< )
    both,        ///< &&
    either,      ///< ||
    stray,       ///< a single & or |
};

struct Token {
    TokenKind kind = TokenKind::end;
    std::size_t begin = 0;
    std::size_t end = 0;
    // Of a text or regex: what is between the quotes.
    std::size_t inner_begin = 0;
    std::size_t inner_end = 0;
    bool is_closed = true;  ///< the quote at the end is there
};

/// The first piece that begins at or after `at`. Quotes, brackets and exclamation marks may be full-width ones, as a
/// Chinese input method gives them.
Token next_token(std::string_view line, std::size_t at);

/// True for `word` in any letter case; `lower` is lowercase.
bool is_word(std::string_view word, std::string_view lower);

/// What a quoted text means: a backslash before a quote or a backslash makes that one stand for itself, every other
/// backslash stands for itself.
std::string unquoted(std::string_view inner);
/// Where the byte `position` of `unquoted(inner)` stands in `inner`.
std::size_t quoted_position(std::string_view inner, std::size_t position);

}  // namespace sockdesk::query
