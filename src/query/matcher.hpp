// What a rule or an expectation waits for in what arrives: in a datagram, or in a stream, where the accident of reads must not matter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "query/stream_program.hpp"
#include "query/stream_scan.hpp"

namespace sockdesk::query {

enum class MatchKind : std::uint8_t {
    any,       ///< whatever arrives
    exact,     ///< these bytes and no others; in a stream the line end behind them is none of them
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

    /// For streams (stream_matcher.hpp). What finds a match; null for `any`, and where nothing is waited for.
    const StreamProgram* program() const;
    /// The groups of a match that was found so. They lie in `text.bytes`. Answers where the match ends; of an expression that can go on
    /// that is where what there is ends. `is_over`: the message ends with the text.
    std::uint64_t take(const StreamText& text, const StreamFound& found, bool is_over,
                       MatchGroups& out) const;

private:
    struct Compiled;
    explicit Matcher(std::shared_ptr<const Compiled> compiled);
    std::shared_ptr<const Compiled> compiled_;
};

}  // namespace sockdesk::query
