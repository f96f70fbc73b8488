// What the engine tells a face. The log tells what went over the sockets; events tell in what state things
// are.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>

#include "base/endpoint.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "engine/command.hpp"

namespace sockdesk::engine {

enum class SessionState : std::uint8_t {
    closed,   ///< grey
    opening,  ///< amber: looking up, connecting, or waiting to connect again
    open,     ///< green
    failed,   ///< red: closed, by the error that came with the change
};

struct StateChanged {
    SessionId session;
    SessionState state = SessionState::closed;
    /// open: the local address, with the port that the system picked. An unbound UDP socket has none until it
    /// has sent; a further `StateChanged` with state open then tells it.
    std::optional<Endpoint> local;
    /// open, TCP client: the peer's address, looked up.
    std::optional<Endpoint> remote;
    /// failed: why. opening: why the attempt before this one failed.
    std::optional<Error> error;
};

struct SessionRemoved {
    SessionId session;
};

/// TCP server: a client came.
struct ClientConnected {
    SessionId session;
    ConnectionId connection;
    Endpoint local;
    Endpoint remote;
};

/// TCP server: a client is gone.
struct ClientDisconnected {
    SessionId session;
    ConnectionId connection;
    Endpoint remote;
    std::string reason;  ///< as in `capture::SessionEvent::reason`
};

/// UDP: somebody wrote to us for the first time since the session was opened (the last 64 peers are
/// remembered).
struct PeerSeen {
    SessionId session;
    Endpoint remote;
};

/// Nothing, or not all, of one send went out.
struct SendRefused {
    SessionId session;
    std::optional<CycleId> cycle;  ///< when the send was part of one
    Error error;
};

struct CycleFinished {
    SessionId session;
    CycleId cycle;
    std::uint64_t rounds = 0;         ///< rounds handed over; without `error` and unless stopped, taken
    std::uint64_t missed_rounds = 0;  ///< deadlines skipped because the loop was too late for them
    std::optional<Error> error;       ///< why it ended early, unless it was stopped
    std::uint64_t late = 0;           ///< of a playback: payloads sent well after their time
};

/// Answers were due and not given, or not at once, since there would have been too many (`ReplyPlan::per_second`). At most once a second.
struct RepliesHeld {
    SessionId session;
    std::uint64_t count = 0;  ///< since the last such event
};

struct SaveChanged {
    SessionId session;
    std::filesystem::path path;
    bool saving = false;
    std::optional<Error> error;  ///< why it did not start, or why it ended
};

/// The file that the session is kept in by itself (`EngineOptions::recording_path`).
struct RecordingChanged {
    SessionId session;
    std::filesystem::path path;
    bool recording = false;
    std::optional<Error> error;  ///< why it did not start, or why it ended: the log goes on in memory
};

/// Older parts of logs cannot be moved out of memory: it takes more than its budget until they can again (no error).
struct LogStorageChanged {
    SessionId session;  ///< none: it concerns all
    std::optional<Error> error;
};

using Event =
    std::variant<StateChanged, SessionRemoved, ClientConnected, ClientDisconnected, PeerSeen, SendRefused,
                 CycleFinished, RepliesHeld, SaveChanged, RecordingChanged, LogStorageChanged>;

}  // namespace sockdesk::engine
