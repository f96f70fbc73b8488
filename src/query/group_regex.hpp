// A regular expression over bytes that tells where its groups lie, in a datagram and in a stream.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "query/byte_regex.hpp"

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

    /// The match that is complete first when the bytes come one by one: of those that are complete at that byte the one that
    /// begins first, as long as the expression makes it of what there is. Not empty. Sees what comes before `from`. `complete`: how many
    /// bytes it took.
    bool find_in_stream(ByteView bytes, std::size_t from, MatchGroups& out, std::size_t& complete) const;

    /// What begins right there, and is not empty.
    bool is_at_begin(ByteView bytes) const;

    /// Whether a match may depend on the byte before it.
    bool looks_back() const { return looks_back_; }
    /// No match has a line end in it, but at its own end.
    bool stays_in_line() const { return stays_in_line_; }

private:
    GroupRegex(ByteRegex finder, std::unique_ptr<const re2::RE2> regex, std::string_view text);
    bool match(ByteView bytes, std::size_t begin, std::size_t end, bool anchored, MatchGroups& out) const;
    bool has_match(ByteView bytes, std::size_t from, std::size_t end) const;
    std::size_t first_complete(ByteView bytes, std::size_t from, std::size_t end) const;

    ByteRegex finder_;
    std::unique_ptr<const re2::RE2> regex_;
    bool looks_back_ = false;
    bool stays_in_line_ = false;
};

}  // namespace sockdesk::query
