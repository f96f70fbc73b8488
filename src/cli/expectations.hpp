// What a session in the terminal has to receive for the process to end well: `--expect`. Knows records and times, no sockets.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/endpoint.hpp"
#include "capture/record.hpp"
#include "codec/encoding.hpp"
#include "query/matcher.hpp"
#include "query/stream_matcher.hpp"

namespace sockdesk::cli {

/// How long an expectation waits where `--within` does not say.
inline constexpr std::chrono::seconds usual_patience{10};

struct Expectation {
    std::string typed;
    query::Matcher matcher;
    std::chrono::nanoseconds within = usual_patience;
};

/// They are met in their order: by a datagram each, or one behind the other in a stream.
class Expectations {
public:
    Expectations(std::vector<Expectation> expectations, codec::Encoding encoding);

    bool all_met() const { return met_ == expectations_.size(); }

    /// The time of the first one runs from here on.
    void begin(SteadyTime now);
    /// The next record of the log; of others than received payloads nothing is taken.
    void add(const capture::RecordView& record, SteadyTime now);
    /// Of this connection nothing more will come, which ends its last message.
    void stream_ended(const Endpoint& local, const Endpoint& remote, SteadyTime now);
    /// Messages have ended with the pause behind them, which decides what waited for their end.
    void pass_time(SteadyTime now);
    /// When `pass_time` may first make a difference.
    std::optional<SteadyTime> decides_at() const;

    /// Connections of which something is kept.
    std::size_t streams() const { return streams_.size(); }
    static constexpr std::size_t most_streams = 1024;

    /// When the time of the one that is waited for is over. None before `begin`, and when all are met.
    std::optional<SteadyTime> deadline() const;
    bool is_late(SteadyTime now) const;
    /// How long the one that is waited for may take, such as "1.5 s"; not when all are met.
    std::string patience() const;

    /// Which one was not met and what arrived instead: lines for stderr. `why`: such as "within 2s".
    std::string report(std::string_view why) const;

private:
    struct Arrival {
        Endpoint remote;
        std::size_t size = 0;
        Bytes beginning;
    };
    using StreamKey = std::pair<Endpoint, Endpoint>;  ///< local, remote
    struct Stream {
        query::StreamMatcher matcher;
        std::list<StreamKey>::iterator age;
    };
    class Sink;

    Stream& stream_of(const StreamKey& key);
    void forget_all_but(const Stream& stream);
    void met(SteadyTime now);
    void arrived(const Endpoint& remote, ByteView bytes);
    void add_datagram(const capture::RecordView& record, SteadyTime now);
    void add_piece(const capture::RecordView& record, SteadyTime now);

    std::vector<Expectation> expectations_;
    codec::Encoding encoding_;
    query::StreamMatcher::Matchers matchers_;
    std::size_t met_ = 0;
    std::optional<SteadyTime> since_;

    std::map<StreamKey, Stream> streams_;
    std::list<StreamKey> by_age_;   ///< who was heard last stands last
    std::deque<Arrival> arrivals_;  ///< the last, since the expectation before was met
    std::uint64_t arrivals_count_ = 0;
    query::MatchGroups groups_;
};

}  // namespace sockdesk::cli
