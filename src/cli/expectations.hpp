// What a session in the terminal has to receive for the process to end well: `--expect`. Knows records and times, no sockets.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
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

    /// The session is open: the time of the first one runs from here on.
    void begin(SteadyTime now);
    /// The next record of the log; of others than received payloads nothing is taken.
    void add(const capture::RecordView& record, SteadyTime now);

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
    class Sink;

    void met(SteadyTime now);
    void arrived(const Endpoint& remote, ByteView bytes);
    void add_datagram(const capture::RecordView& record, SteadyTime now);
    void add_piece(const capture::RecordView& record, SteadyTime now);

    std::vector<Expectation> expectations_;
    codec::Encoding encoding_;
    query::StreamMatcher::Matchers matchers_;
    std::size_t met_ = 0;
    std::optional<SteadyTime> since_;

    std::map<StreamKey, query::StreamMatcher> streams_;
    std::deque<Arrival> arrivals_;  ///< the last, since the expectation before was met
    std::uint64_t arrivals_count_ = 0;
    query::MatchGroups groups_;
};

}  // namespace sockdesk::cli
