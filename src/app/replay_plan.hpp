// What a replay sends: which records of a capture, in which flows.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/endpoint.hpp"
#include "base/result.hpp"
#include "capture/log.hpp"
#include "query/filter.hpp"

namespace sockdesk::app {

struct ReplayChoice {
    query::Filter filter;
    /// None: what was received, or, where nothing was, what was sent.
    std::optional<capture::Direction> direction;
    /// None: that of the records, which must then be one.
    std::optional<capture::Transport> transport;
};

/// What one socket sends: all the datagrams, or one direction of one connection.
struct ReplayFlow {
    Endpoint local;  ///< of the first record
    Endpoint remote;
    Timestamp begin{};  ///< of its first record
    Timestamp end{};    ///< of its last one
    std::uint64_t bytes = 0;
    RecordIndex first = 0;
    /// From each record to the next.
    std::vector<std::uint32_t> steps;

    RecordCount records() const { return steps.size() + 1; }
};

struct ReplayPlan {
    /// Every one of them takes a socket and a thread.
    static constexpr std::size_t most_flows = 256;

    capture::Transport transport = capture::Transport::udp;
    capture::Direction direction = capture::Direction::received;
    Timestamp begin{};
    std::vector<ReplayFlow> flows;  ///< in the order in which they begin; never empty

    RecordCount records() const;
    /// From the first record to the last, as it was recorded.
    std::chrono::nanoseconds duration() const;
};

/// Goes through what is published of the log, in this thread. Fails when nothing is chosen, or too much to be replayed as one;
/// the message says how to choose. With `cancel`: `ErrorKind::closed`.
Result<ReplayPlan> plan_replay(const std::shared_ptr<const capture::Log>& log, const ReplayChoice& choice,
                               const std::atomic<bool>& cancel);

}  // namespace sockdesk::app
