// What a matcher looks for in a stream, as a program that takes one byte after the other: so it never looks at a byte twice, does not
// depend on how the bytes come, and can tell whether something that has begun may still become a match.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace sockdesk::query {

struct StreamProgram {
    /// Of an expression: what each byte of a stream may cost.
    static constexpr std::size_t most_steps = 500;

    using ByteSet = std::bitset<256>;

    enum class Assertion : std::uint8_t {
        message_begin,  ///< `^`, `\A`
        line_end,       ///< before a line end, and where a message ends
        text_end,       ///< `\z`: where a message ends, with its line end
        word_boundary,
        no_word_boundary,
    };
    /// All but the first are decided by the byte that follows.
    struct Step {
        enum class Kind : std::uint8_t { byte, set, split, assertion, match };
        Kind kind = Kind::match;
        std::uint8_t byte = 0;
        Assertion assertion = Assertion::message_begin;
        std::uint32_t next = 0;
        std::uint32_t other = 0;  ///< of a split; of a set which one
    };

    std::vector<Step> steps;
    std::vector<ByteSet> sets;
    std::uint32_t entry = 0;
    std::size_t longest_match = 0;
    bool looks_back = false;
    bool looks_ahead = false;

    /// What a match may begin with, where a message begins and elsewhere.
    ByteSet first_of_message;
    ByteSet first_elsewhere;

    bool takes(const Step& step, std::uint8_t byte) const {
        return step.kind == Step::Kind::byte ? step.byte == byte
                                             : step.kind == Step::Kind::set && sets[step.other][byte];
    }

    /// These bytes, of which only the bits of `mask` count. `whole`: a message that is these and its line end.
    static StreamProgram of_bytes(ByteView value, ByteView mask, bool from_message_begin, bool whole);

    /// Where the dollars that are no text stand in an expression.
    using Dollars = std::vector<std::size_t>;
    /// `expression` must be one that RE2 has taken.
    static Result<StreamProgram> of_expression(std::string_view expression, std::size_t longest_match,
                                               Dollars& dollars);

    /// To be called once it has its steps.
    void find_first_bytes();
};

}  // namespace sockdesk::query
