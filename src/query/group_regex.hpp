// A regular expression over bytes that tells where its groups lie, in a datagram and in a match that was found in a stream.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "query/byte_regex.hpp"
#include "query/stream_program.hpp"
#include "query/stream_scan.hpp"

namespace sockdesk::query {

struct MatchGroups;

class GroupRegex {
public:
    /// In a stream; in a datagram any length is found.
    static constexpr std::size_t longest_match = 16'384;

    static Result<GroupRegex> compile(std::string_view text);
    ~GroupRegex();
    GroupRegex(GroupRegex&&) noexcept;

    /// Of group 1 and on; empty where one has no name.
    std::vector<std::string> group_names() const;

    /// The first match in `bytes`; may be empty.
    bool find(ByteView bytes, MatchGroups& out) const;

    /// What finds the matches of a stream.
    const StreamProgram& program() const { return program_; }
    /// The groups of a match that was found so, which goes on as far as the expression makes it of what there is. They lie in `text.bytes`.
    /// Answers where the match ends. `is_over`: the message ends with the text.
    std::uint64_t take(const StreamText& text, const StreamFound& found, bool is_over,
                       MatchGroups& out) const;

private:
    GroupRegex(std::unique_ptr<const re2::RE2> regex, StreamProgram program, bool has_line_end);
    bool match(ByteView bytes, std::size_t begin, std::size_t end, int anchor, MatchGroups& out) const;
    bool take_what_there_is(ByteView bytes, std::size_t at, bool is_over, MatchGroups& out) const;
    void without_carriage_return(ByteView bytes, bool is_over, MatchGroups& out) const;

    std::unique_ptr<const re2::RE2> regex_;
    StreamProgram program_;
    bool has_line_end_;
};

}  // namespace sockdesk::query
