// The engine: one loop thread that owns every socket and writes every log. The whole interface of a face to
// it.
//
// Control goes in as `Command`s and comes back as `Event`s; both queues are swapped whole under a mutex, at
// human rates. Data is read from the logs, without a lock. See src/README.md for the picture.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "capture/log.hpp"
#include "engine/command.hpp"
#include "engine/event.hpp"

namespace sockdesk::engine {

/// Live figures of one session, written by the loop thread, read by anyone. They count from the last
/// `OpenSession`.
struct SessionCounters {
    std::atomic<std::uint64_t> rx_packets{0};
    std::atomic<std::uint64_t> rx_bytes{0};
    std::atomic<std::uint64_t> tx_packets{0};
    std::atomic<std::uint64_t> tx_bytes{0};
    std::atomic<std::uint64_t> dropped{0};           ///< by the kernel, before we could read them
    std::atomic<std::uint64_t> discarded{0};         ///< by us: read, but there was no memory to keep them
    std::atomic<std::uint64_t> send_queue_bytes{0};  ///< accepted from the face, not yet taken by the kernel
    std::atomic<std::uint64_t> replies_held{0};      ///< answers not given, see `ReplyPlan::per_second`
    std::atomic<std::uint64_t> replies_waiting{
        0};                                   ///< answers to be given later, and messages whose end decides
    std::atomic<bool> reading_paused{false};  ///< TCP: no memory for the log; nothing is lost, peers wait
    /// UDP: room for datagrams that wait to be read, as the kernel granted it and as it was asked for, in the unit of
    /// net.core.rmem_max. 0 while closed.
    std::atomic<std::uint64_t> receive_buffer_bytes{0};
    std::atomic<std::uint64_t> receive_buffer_wanted_bytes{0};
};

struct EngineOptions {
    capture::SegmentPoolOptions memory;
    /// Where to keep a session by itself, asked on the loop thread when one is opened that is not being kept: a file that does not
    /// exist yet, or an empty path where it is not to be kept. What carried nothing is deleted again. None: sessions are kept
    /// only where `StartSaving` says.
    std::function<Result<std::filesystem::path>(const SessionConfig&)> recording_path = {};
};

/// A session as a face holds it. The log and the counters may be read for as long as they are held, the engine gone or not.
struct SessionHandle {
    SessionId id;
    std::shared_ptr<capture::Log> log;
    std::shared_ptr<const SessionCounters> counters;
};

class Engine {
public:
    explicit Engine(EngineOptions options = {});
    /// Closes every session, completes the files being saved, and joins the loop thread.
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    /// A new, closed session with an empty log. `name` becomes the interface name of its capture. Any thread.
    SessionHandle create_session(std::string name);

    /// The memory that all logs share, for logs that are no session's.
    std::shared_ptr<capture::SegmentPool> memory() const;

    /// Any thread; returns at once.
    void submit(Command command);

    /// The events since the last call, in order. Any thread, one at a time.
    std::vector<Event> take_events();

    /// `wake` is called on the loop thread when there are new events or new records, at most once between two
    /// calls of `take_events`. It must not block. Set it before the first command.
    void on_activity(std::function<void()> wake);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// An address of this machine, for menus.
struct LocalAddress {
    IpAddress address;
    std::string interface_name;
};

/// This machine's addresses, loopback first, IPv4 before IPv6. Asks the system each time.
std::vector<LocalAddress> local_addresses();

}  // namespace sockdesk::engine
