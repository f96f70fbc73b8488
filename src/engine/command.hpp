// What a face asks of the engine. Commands are values; they are carried out on the loop thread in the order
// submitted.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "base/endpoint.hpp"
#include "base/ids.hpp"
#include "capture/saver.hpp"
#include "engine/cycle_progress.hpp"
#include "engine/outgoing.hpp"
#include "engine/reply.hpp"
#include "engine/session_config.hpp"

namespace sockdesk::engine {

/// UDP: the session's remote. TCP client: the connection.
struct ToDefault {
    friend bool operator==(ToDefault, ToDefault) = default;
};
/// TCP server: every client connected at that moment.
struct ToAll {
    friend bool operator==(ToAll, ToAll) = default;
};
/// TCP server: this client (`ConnectionId`). UDP: this peer (`HostPort`; a name is looked up without
/// blocking).
using SendTarget = std::variant<ToDefault, ToAll, ConnectionId, HostPort>;

/// One payload of a round.
struct CycleStep {
    CycleStep(Payload fixed) : payload(std::move(fixed)) {}  // NOLINT: most rounds are nothing but payloads
    CycleStep(Outgoing what, std::chrono::nanoseconds delay = {}, std::optional<SendTarget> where = {})
        : payload(std::move(what)), after(delay), target(std::move(where)) {}

    Outgoing payload;
    std::chrono::nanoseconds after{0};  ///< the step before it was due, or the round began
    std::optional<SendTarget> target;   ///< where it is not the plan's
};

/// Sends `steps` in order, again every `period`, `rounds` times. Deadlines are absolute: start + k·period,
/// so a late round does not delay those after it. A round missed by more than the catch-up limit is skipped
/// and counted.
struct CyclePlan {
    std::vector<CycleStep> steps;
    /// From the start of a round to the start of the next; a round whose delays take longer is over first. 0: the next begins when the
    /// one before is over, without delays as fast as the kernel takes them.
    std::chrono::nanoseconds period{0};
    /// So many rounds are due together, each period.
    std::uint32_t burst = 1;
    /// None: until stopped.
    std::optional<std::uint64_t> rounds = 1;
    SendTarget target = ToDefault{};
    std::shared_ptr<CycleProgress> progress = {};  ///< may be null
};

/// Opens a session, or opens it again with other settings; the log goes on. Answer: `StateChanged`.
struct OpenSession {
    SessionId session;
    SessionConfig config;
    /// What is sent without being asked again: by UDP and a TCP client as soon as the session is open, by a
    /// TCP server to each client as it connects, before anything is read from it. Its target is not looked
    /// at. Answer, each time: `CycleFinished` with the id `greeting_cycle`.
    std::optional<CyclePlan> greeting;
};

inline constexpr CycleId greeting_cycle{0};

/// Closes sockets and ends cycles. Payloads already queued for a TCP peer are dropped; to have them sent
/// first, wait for `CycleFinished`. Answer: `StateChanged`.
struct CloseSession {
    SessionId session;
};

/// Closes and forgets the session. Its log lives as long as somebody holds it. Answer: `SessionRemoved`.
struct RemoveSession {
    SessionId session;
};

/// Sends once. A refusal is answered by `SendRefused`; a success shows as a record in the log.
struct Send {
    SessionId session;
    SendTarget target;
    Outgoing payload;
};

/// Answer: `CycleFinished`, when the kernel has taken the last payload (to all: for the first of the clients),
/// the cycle was stopped, a send was refused, or whom it was sent to is gone. The id is the caller's: any
/// number but 0 that is not in use by another cycle.
struct StartCycle {
    SessionId session;
    CycleId cycle;
    CyclePlan plan;
};

class PayloadSource;

/// Sends what `source` gives, each payload at its time from now on; one that is late goes at once, and nothing is left out
/// (payload_source.hpp). Runs, waits, is stopped and answered as a cycle is; a round is a payload.
struct StartPlayback {
    SessionId session;
    CycleId cycle;
    std::shared_ptr<PayloadSource> source;
    SendTarget target = ToDefault{};
    std::shared_ptr<CycleProgress> progress = {};  ///< may be null
};

struct StopCycle {
    SessionId session;
    CycleId cycle;
};

/// Ends one connection of a server.
struct Disconnect {
    SessionId session;
    ConnectionId connection;
};

/// Half-close: what is queued is sent, then the peer sees the end of the stream (shutdown(2), SHUT_WR);
/// receiving goes on. `connection` 0 is a client's own, or every client of a server.
struct FinishSending {
    SessionId session;
    ConnectionId connection;
};

/// What no rule answers is sent back to whom it came from: one rule more, behind those of the plan.
struct SetEcho {
    SessionId session;
    bool echo = false;
};

/// From now on; null: none. Works in every state of the session; goes on over close and open.
struct SetReplies {
    SessionId session;
    std::shared_ptr<const ReplyPlan> plan;
};

/// Keeps the log in a file from its first record on (or from where the last save to the same path ended, when
/// appending). Works in every state of the session; goes on over close and open. Answer: `SaveChanged`.
struct StartSaving {
    SessionId session;
    std::filesystem::path path;
    capture::SaveMode mode = capture::SaveMode::create;
};

/// Answer: `SaveChanged`, when the file is complete.
struct StopSaving {
    SessionId session;
};

using Command =
    std::variant<OpenSession, CloseSession, RemoveSession, Send, StartCycle, StartPlayback, StopCycle,
                 Disconnect, FinishSending, SetEcho, SetReplies, StartSaving, StopSaving>;

}  // namespace sockdesk::engine
