// Gives a session's automatic replies: which rule answers, when, and that there are not too many. Private to this room; lives on the loop
// thread.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/clock.hpp"
#include "base/endpoint.hpp"
#include "base/ids.hpp"
#include "engine/payload_maker.hpp"
#include "engine/reply.hpp"
#include "engine/reply_allowance.hpp"
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
    virtual Result<void> give_reply(const ReplyTo& to, const Payload& payload) = 0;
    /// The connection reads its answers: another one may be given. Otherwise `Replier::drained` is called when it may.
    virtual bool has_room(ConnectionId connection) const = 0;
    /// While held nothing is read from it, and the peer waits.
    virtual void hold_reading(ConnectionId connection, bool hold) = 0;
    /// The last answer that a connection waited for is given: it may be over now.
    virtual void replies_given() = 0;
    /// An answer was due and not given, or not at once.
    virtual void reply_held() = 0;
    /// So many answers wait for their time, the limit or their peer, or for the end of a message.
    virtual void replies_waiting(std::size_t count) = 0;
    virtual void tell_replies_held(std::uint64_t count) = 0;
    virtual void tell_reply_refused(const ReplyTo& to, const Error& error) = 0;
    virtual void tell_replies_refused(std::uint64_t more) = 0;
    virtual void tell_replies_dropped(std::uint64_t count) = 0;
    /// Publishes what was sent in one go.
    virtual void batch_end() = 0;

protected:
    ~ReplierHost() = default;
};

class Replier {
public:
    /// How many answers may wait for their time, and how many bytes of what they answer.
    static constexpr std::size_t most_waiting = 65'536;
    static constexpr std::size_t most_waiting_bytes = std::size_t{64} << 20;

    Replier(net::Loop& loop, const Clock& clock, PayloadMaker& maker, ReplierHost& host);

    /// Answers of the plan before that still wait are not given.
    void set_plan(std::shared_ptr<const ReplyPlan> plan);
    /// What no rule answers is sent back.
    void set_echo(bool echo);
    bool has_rules() const { return !plan_.rules.empty(); }

    /// The session opens: what answers once may answer again.
    void begin();
    /// It closes: what waits is not given.
    void end();

    void on_datagram(const ReplyTo& to, ByteView datagram);
    /// A piece of the stream of that connection.
    void on_stream(const ReplyTo& to, ByteView piece);
    /// The peer has finished sending.
    void on_end_of_stream(ConnectionId connection);
    /// Nothing waits there any more for the peer to read it.
    void drained(ConnectionId connection);
    /// The connection is gone.
    void forget(ConnectionId connection);
    /// An answer on it waits for its time, or what it sent is not looked at yet.
    bool is_waiting(ConnectionId connection) const;

private:
    /// What keeps a connection from being looked at.
    enum class Wait : std::uint8_t { none, turn, allowance, room };
    /// One connection.
    struct Conversation {
        std::uint64_t serial = 0;
        ReplyTo to;
        std::unique_ptr<query::StreamMatcher> matcher;
        std::size_t waiting = 0;
        Wait wait = Wait::none;
        bool was_held = false;  ///< the match that waits for the allowance was counted
        bool watches_pause = false;
    };
    struct Watched {
        ConnectionId connection;
        std::uint64_t serial = 0;
        bool is_ripe = false;
    };
    struct Waiting {
        SteadyTime due;
        std::uint64_t order = 0;
        std::size_t rule = 0;
        ReplyTo to;
        std::uint64_t conversation = 0;  ///< 0: datagram
        Bytes match;  ///< the groups of the match lie in it; empty where the answer does not depend on them
        query::MatchGroups groups;

        std::size_t size() const {
            return match.size() + groups.groups.size() * sizeof(query::MatchGroups::Extent);
        }
    };
    struct Later {
        bool operator()(const Waiting& a, const Waiting& b) const {
            return a.due != b.due ? a.due > b.due : a.order > b.order;
        }
    };
    class StreamSink;

    void combine();
    void start_over();
    void drop_conversations();
    bool may_answer(std::size_t rule) const { return !plan_.rules[rule].once || !answered_[rule]; }
    void count_held();
    void answer(std::size_t rule, const ReplyTo& to, std::uint64_t conversation, ByteView bytes,
                const query::MatchGroups& groups);
    void give(std::size_t rule, const ReplyTo& to, ByteView bytes, const query::MatchGroups& groups);
    void refused(const ReplyTo& to, const Error& error);
    bool wait(std::size_t rule, const ReplyTo& to, std::uint64_t conversation, ByteView bytes,
              const query::MatchGroups& groups);

    void settle(ConnectionId connection, Conversation& conversation, Wait wait);
    void go_on(ConnectionId connection);
    void take_turns();
    void arm_turns();
    void end_messages();

    void give_due();
    Waiting take_first();
    bool is_alive(const Waiting& waiting) const;
    void drop_dead();
    void drop_waiting();
    void tell_waiting();
    void tell_held();

    const Clock& clock_;
    PayloadMaker& maker_;
    ReplierHost& host_;

    std::shared_ptr<const ReplyPlan> given_;
    bool echo_ = false;
    ReplyPlan plan_;  ///< what is given, and the echo behind it
    query::StreamMatcher::Matchers matchers_;
    bool has_delayed_once_ = false;
    std::vector<bool> answered_;           ///< by rule
    std::vector<std::uint64_t> counters_;  ///< by rule
    ReplyAllowance allowance_{0, 0};

    std::unordered_map<ConnectionId, Conversation> conversations_;
    std::uint64_t last_conversation_ = 0;

    std::deque<ConnectionId> turns_;       ///< of those that wait for the next turn of the loop
    std::deque<ConnectionId> allowances_;  ///< of those that wait for the allowance
    net::DeadlineTimer turn_timer_;
    std::deque<Watched> watched_;  ///< whose message may end by a pause; the first to end in front
    net::DeadlineTimer pause_timer_;
    std::size_t behind_ = 0;    ///< conversations that wait for something
    std::size_t watching_ = 0;  ///< conversations whose message may end by a pause

    std::vector<Waiting> waiting_;  ///< a heap, the first due in front
    std::size_t waiting_bytes_ = 0;
    std::size_t waiting_count_ = 0;  ///< those that are alive
    std::uint64_t last_order_ = 0;
    net::DeadlineTimer due_timer_;

    std::uint64_t held_ = 0;                    ///< and not told yet
    std::uint64_t refused_more_ = 0;            ///< likewise
    std::unordered_set<ConnectionId> refused_;  ///< of whom it was told that they take no answer
    net::Timer held_timer_;

    query::MatchGroups datagram_groups_;
    std::vector<ByteView> group_views_;
};

}  // namespace sockdesk::engine
