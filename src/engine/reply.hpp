// Answers that a session gives by itself.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "codec/encoding.hpp"
#include "engine/outgoing.hpp"
#include "query/matcher.hpp"

namespace sockdesk::engine {

struct ReplyRule {
    query::Matcher when;
    Outgoing answer;                    ///< its `groups` are those of the match
    std::chrono::nanoseconds delay{0};  ///< at most `ReplyPlan::longest_delay`
    bool once = false;                  ///< since the session was opened, or the plan was set
    /// Of `any` on a stream: the answer is made of characters of this encoding, so that none may be torn apart.
    std::optional<codec::Encoding> characters = {};
};

/// The first rule that matches answers. A datagram is looked at as a whole and answered to its sender; of a connection it is the stream
/// that is looked at, as query/stream_matcher.hpp says: the rule whose match is complete first answers, of several that match at one place
/// the earliest, and what is behind the match is looked at next.
struct ReplyPlan {
    static constexpr std::chrono::hours longest_delay{24};
    /// Of a stream, what may wait for the rest of a match.
    static constexpr std::size_t longest_wait_bytes = std::size_t{64} << 10;

    std::vector<ReplyRule> rules;

    /// Two sessions that answer each other never end. So a session gives at most `burst` answers at once and `per_second` from then on,
    /// however long they are. Of datagrams what goes beyond is not answered; of a connection it is answered when that is allowed, and
    /// until then nothing is read from it. Both is counted (`SessionCounters::replies_held`) and told once a second (`RepliesHeld`).
    /// The echo (`SetEcho`) counts, with the usual numbers where there is no plan. 0: no limit.
    std::uint32_t burst = 20'000;
    std::uint32_t per_second = 1'000;

    /// So many a second, and as many at once.
    void limit_to(std::uint32_t answers_per_second) { burst = per_second = answers_per_second; }
};

/// What the log and standard error say of them.
std::string describe_replies_held(std::uint64_t count);

}  // namespace sockdesk::engine
