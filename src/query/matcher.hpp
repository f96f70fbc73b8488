// What a rule or an expectation waits for in what arrives: in a datagram, or in a stream, where the accident of reads must not matter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace sockdesk::query {

enum class MatchKind : std::uint8_t {
    any,       ///< whatever arrives
    exact,     ///< these bytes and no others
    prefix,    ///< begins with these bytes
    contains,  ///< has these bytes in it
    hex,       ///< contains, with wildcards: `48 ?? 6C`
    regex,     ///< RE2 over bytes, as `Pattern::regex`, with groups
};

/// Where the parts of a match lie in what was searched; group 0 is all of it. A group that took no part has begin == end == 0.
struct MatchGroups {
    struct Extent {
        std::size_t begin = 0;
        std::size_t end = 0;
    };
    std::vector<Extent> groups;
    bool empty() const { return groups.empty(); }
    std::size_t begin() const { return groups.front().begin; }
    std::size_t end() const { return groups.front().end; }
};

/// Of a stream the match that is complete first, if the bytes came one by one: so it does not depend on how they came. An expression that
/// could go on then takes what there is, and that does: `\d+` at the end of one has as many digits as have come.
struct StreamMatch {
    MatchGroups match;
    std::size_t complete = 0;  ///< where it was
};

/// Threads: free of state once made; may be shared.
class Matcher {
public:
    /// `bytes` for exact, prefix (at most 65,536) and contains (at most 4096); not empty but for exact.
    static Result<Matcher> of_bytes(MatchKind kind, Bytes bytes);
    /// Errors have their position in `text`.
    static Result<Matcher> hex(std::string_view text);
    static Result<Matcher> regex(std::string_view text);
    static Matcher any();

    MatchKind kind() const;
    /// Of group 1 and on; empty where one has no name.
    const std::vector<std::string>& group_names() const;

    /// In a datagram. False: it does not match. Reuses the memory of `out`.
    bool match_datagram(ByteView datagram, MatchGroups& out) const;

    /// In a stream, of which `bytes` is what has come. If `is_begin`, they begin where a message does: where the stream begins, or behind
    /// a match; a line end begins one too. Otherwise their first byte is what came before and no match begins there. `exact` and `prefix` are
    /// found where a message begins, `any` takes all there is. Nothing was found that ends before `searched`.
    bool match_stream(ByteView bytes, bool is_begin, std::size_t searched, StreamMatch& out) const;

    /// Whether something begins with the first byte of a message, for who knows what is found further on.
    bool begins_message(ByteView bytes) const;

    /// How many of the last bytes of a stream, in which nothing was found, may be the beginning of a match. Never more than
    /// `longest_match() - 1`.
    std::size_t unfinished(ByteView bytes) const;

    /// Of a stream; in a datagram an expression may match more.
    std::size_t longest_match() const;

private:
    struct Compiled;
    explicit Matcher(std::shared_ptr<const Compiled> compiled);
    std::shared_ptr<const Compiled> compiled_;
};

}  // namespace sockdesk::query
