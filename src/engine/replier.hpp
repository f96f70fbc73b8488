// Gives a session's automatic replies: which rule answers, when, and that there are not too many. Private to this room; lives on the loop
// thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "base/endpoint.hpp"
#include "base/ids.hpp"
#include "engine/payload_maker.hpp"
#include "engine/reply.hpp"
#include "net/timers.hpp"
#include "query/stream_matcher.hpp"

namespace sockdesk::engine {

/// Whom to answer.
struct ReplyTo {
    ConnectionId connection;  ///< of a server; 0: a client's own, or a datagram
    Endpoint remote;
    std::optional<Endpoint> local;
    /// Datagram: which of our addresses it was written to, where the socket is bound to all of them. The answer comes from there.
    std::optional<IpAddress> source;
};

/// The session, as its replier sees it.
class ReplierHost {
public:
    virtual void give_reply(const ReplyTo& to, const Payload& payload) = 0;
    /// The last answer that waited for its time is given: the connection may be over now.
    virtual void replies_given() = 0;
    /// Answers were due and not given.
    virtual void reply_held() = 0;
    virtual void tell_replies_held(std::uint64_t count) = 0;
    /// Publishes what was sent in one go.
    virtual void batch_end() = 0;

protected:
    ~ReplierHost() = default;
};

/// So many at once, and from then on so many a second.
class ReplyAllowance {
public:
    ReplyAllowance(std::uint32_t burst, std::uint32_t per_second, SteadyTime now);
    bool take(const Clock& clock);

private:
    std::uint32_t burst_;
    std::uint32_t per_second_;
    std::uint64_t left_;
    SteadyTime filled_;
};

class Replier {
public:
    /// How many answers may wait for their time, and how many bytes of what they answer.
    static constexpr std::size_t most_waiting = 65'536;
    static constexpr std::size_t most_waiting_bytes = std::size_t{64} << 20;

    Replier(net::Loop& loop, const Clock& clock, PayloadMaker& maker, ReplierHost& host);

    /// Answers of the plan before that still wait are not given.
    void set_plan(std::shared_ptr<const ReplyPlan> plan);
    bool has_rules() const { return plan_ && !plan_->rules.empty(); }

    /// The session opens: what answers once may answer again.
    void begin();
    /// It closes: what waits is not given.
    void end();

    void on_datagram(const ReplyTo& to, ByteView datagram);
    /// A piece of the stream of that connection.
    void on_stream(const ReplyTo& to, ByteView piece);
    /// The connection is gone.
    void forget(ConnectionId connection);
    /// An answer on it waits for its time.
    bool is_waiting(ConnectionId connection) const;

private:
    /// One connection.
    struct Conversation {
        std::uint64_t serial = 0;
        std::unique_ptr<query::StreamMatcher> matcher;
        std::size_t waiting = 0;
    };
    struct Waiting {
        SteadyTime due;
        std::uint64_t order = 0;
        std::size_t rule = 0;
        ReplyTo to;
        std::uint64_t conversation = 0;  ///< 0: datagram
        Bytes match;  ///< the groups of the match lie in it; empty where the answer does not depend on them
        query::MatchGroups groups;
    };
    struct Later {
        bool operator()(const Waiting& a, const Waiting& b) const {
            return a.due != b.due ? a.due > b.due : a.order > b.order;
        }
    };
    class StreamSink;

    void start_over();
    bool may_answer(std::size_t rule) const { return !plan_->rules[rule].once || !answered_[rule]; }
    void matched(std::size_t rule, const ReplyTo& to, std::uint64_t conversation, ByteView bytes,
                 const query::MatchGroups& groups);
    void give(std::size_t rule, const ReplyTo& to, ByteView bytes, const query::MatchGroups& groups);
    bool wait(std::size_t rule, const ReplyTo& to, std::uint64_t conversation, ByteView bytes,
              const query::MatchGroups& groups);
    void give_due();
    Waiting take_first();
    bool is_alive(const Waiting& waiting) const;
    void drop_dead();
    void drop_waiting();
    void tell_held();

    const Clock& clock_;
    PayloadMaker& maker_;
    ReplierHost& host_;

    std::shared_ptr<const ReplyPlan> plan_;
    query::StreamMatcher::Matchers matchers_;
    std::vector<bool> answered_;           ///< by rule
    std::vector<std::uint64_t> counters_;  ///< by rule
    ReplyAllowance allowance_;

    std::unordered_map<ConnectionId, Conversation> conversations_;
    std::uint64_t last_conversation_ = 0;

    std::vector<Waiting> waiting_;  ///< a heap, the first due in front
    std::size_t waiting_bytes_ = 0;
    std::uint64_t last_order_ = 0;
    net::DeadlineTimer due_timer_;

    std::uint64_t held_ = 0;  ///< and not told yet
    net::Timer held_timer_;

    query::MatchGroups datagram_groups_;
    std::vector<ByteView> group_views_;
};

}  // namespace sockdesk::engine
