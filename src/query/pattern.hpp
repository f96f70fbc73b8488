// What is looked for in payloads: a literal, bytes with wildcards, or a regular expression over bytes.
// Threads: free of state once made; a Pattern may be used from any number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace sockdesk::query {

/// Bytes [begin, end) of what was searched; never empty.
struct Match {
    std::size_t begin = 0;
    std::size_t end = 0;
    friend bool operator==(const Match&, const Match&) = default;
};

enum class LetterCase : std::uint8_t {
    exact,
    ignored,  ///< of ASCII letters
};

class Pattern {
public:
    /// Matches of a regular expression are found up to this length, also over the pieces of a stream.
    static constexpr std::size_t max_regex_span = 4096;

    /// Fails with `bad_input` when empty, with `too_large` beyond 4096 bytes; `hex` too.
    static Result<Pattern> literal(Bytes bytes, LetterCase letter_case = LetterCase::exact);

    /// Hex digits as the send box takes them; `?` is any digit: `48 ?? 6C`, `4? 65`. Error positions are byte
    /// offsets in `text`.
    static Result<Pattern> hex(std::string_view text);

    /// RE2 syntax over bytes (Latin-1 mode): `\xHH` is a byte, `.` any byte but a line end, `^` and `$` are at the ends of
    /// lines and of what is searched. Error positions as above. Empty matches are none. What an expression may cost is
    /// bounded; one that would be too large is refused.
    static Result<Pattern> regex(std::string_view text, LetterCase letter_case = LetterCase::exact);

    /// The first match that begins at or after `from`; a regular expression sees the byte before.
    std::optional<Match> find(ByteView bytes, std::size_t from = 0) const;

    /// No match is longer; what is kept of a stream between two pieces is one byte less.
    std::size_t longest_match() const;
    bool is_regex() const;

    /// How many of the last bytes may be the beginning of a match that goes on behind them.
    std::size_t unfinished(ByteView bytes) const;

    /// Never empty for a literal; none otherwise. For faces that can search their own text for it.
    std::optional<ByteView> literal_bytes() const;

private:
    struct Compiled;
    explicit Pattern(std::shared_ptr<const Compiled> compiled);
    std::shared_ptr<const Compiled> compiled_;
};

}  // namespace sockdesk::query
