// A regular expression over bytes: RE2, with bounds on everything that a hostile pattern could make large.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace re2 {
class RE2;
}

namespace sockdesk::query {

/// What `ByteRegex` finds with.
struct ByteRegexOptions {
    bool ignores_case = false;
    /// For whoever wants to know where they lie, of which there may be `most_groups`.
    bool with_groups = false;
    /// Where RE2 does without automata each byte costs up to this many steps. The usual is enough for any expression that a person types,
    /// and made for searches in the background.
    int most_instructions = 10'000;
};
Result<std::unique_ptr<const re2::RE2>> compile_byte_regex(std::string_view text,
                                                           const ByteRegexOptions& options);
inline constexpr int most_groups = 99;

class ByteRegex {
public:
    static Result<ByteRegex> compile(std::string_view text, bool ignores_case, std::size_t longest_match);
    ~ByteRegex();
    ByteRegex(ByteRegex&&) noexcept;

    struct Found {
        std::size_t begin = 0;
        std::size_t end = 0;
    };
    /// The first match that begins at or after `from`, is not empty and not longer than `longest_match`. What comes
    /// before `from` is seen by `^` and `\b`.
    std::optional<Found> find(ByteView bytes, std::size_t from) const;

private:
    ByteRegex(std::unique_ptr<const re2::RE2> regex, std::size_t longest_match);

    std::unique_ptr<const re2::RE2> regex_;
    std::size_t longest_match_;
};

}  // namespace sockdesk::query
