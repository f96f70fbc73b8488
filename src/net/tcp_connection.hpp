// One established TCP connection, whichever side began it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"
#include "base/endpoint.hpp"
#include "base/result.hpp"
#include "capture/log_writer.hpp"
#include "net/loop.hpp"

struct uv_tcp_s;

namespace sockdesk::net {

class TcpConnection;

/// Told on the loop thread. The connection may be destroyed from within `on_end_of_stream` and `on_ended`,
/// and only from there; nothing but `on_batch_end` follows the latter.
class TcpConnectionObserver {
public:
    /// A piece of the stream; it is in the log already, but not published yet. `payload` is valid during the
    /// call.
    virtual void on_received(TcpConnection& connection, ByteView payload) = 0;
    /// The kernel took bytes; they are one record in the log already, but not published yet.
    virtual void on_sent(TcpConnection& connection, std::size_t bytes) = 0;
    /// The queue of what waits for the kernel is empty again.
    virtual void on_drained(TcpConnection& connection) = 0;
    /// The peer has finished sending (FIN). We may go on; `close` ends it.
    virtual void on_end_of_stream(TcpConnection& connection) = 0;
    /// The connection broke. `reason` is "reset by peer" or "timed out", whichever is nearer; `error` says what it was.
    virtual void on_ended(TcpConnection& connection, std::string_view reason, const Error& error) = 0;
    /// The end of whatever was told since the last such call: the time to publish.
    virtual void on_batch_end() = 0;

protected:
    ~TcpConnectionObserver() = default;
};

/// One payload sent to several connections: whichever kernel buffer takes it first gets position 0 in the log.
struct FanOutGroup {
    std::uint64_t id = 0;
    std::uint32_t next_position = 0;
};

/// Running sums over the connections of one owner, so that nobody has to ask each of thousands.
struct TcpTotals {
    std::size_t queued_bytes = 0;
    std::size_t paused_connections = 0;
};

class TcpConnection {
public:
    struct Options {
        Endpoint remote;
        bool initiated_here = false;
        std::size_t send_queue_limit_bytes = std::size_t{16} << 20;
    };

    /// Takes over a connected handle. `writer`, `observer` and `totals` must outlive the connection.
    /// Writes the handshake into the log; reading begins with `start_reading`.
    TcpConnection(Loop& loop, uv_tcp_s* connected, const Options& options, capture::LogWriter& writer,
                  TcpConnectionObserver& observer, TcpTotals& totals);
    /// Ends the flow in the log (if nothing has yet) and closes; what is queued is dropped.
    ~TcpConnection();
    TcpConnection(const TcpConnection&) = delete;
    TcpConnection& operator=(const TcpConnection&) = delete;

    void start_reading();

    const Endpoint& local() const;
    const Endpoint& remote() const;

    /// Queues the payload behind what waits already; as much as possible goes to the kernel at once. Fails,
    /// with nothing queued, when the limit would be passed or our side is finished.
    /// An empty payload is refused: TCP has no empty messages.
    Result<void> send(std::shared_ptr<const Bytes> payload, std::shared_ptr<FanOutGroup> group = nullptr);

    /// Half-close, after what is queued.
    void finish_sending();

    bool peer_finished() const;
    /// Our side is finished, and all that was queued before has gone out.
    bool finished_sending() const;
    std::size_t queued_bytes() const;

    /// While held, nothing is read, and the peer waits: for an owner that cannot take more at the moment.
    void hold_reading(bool hold);
    /// No memory for the log: nothing is read, and the peer waits.
    bool reading_paused() const;
    /// Goes on reading and sending after the log had no memory. Harmless at any time.
    void resume_reading();

private:
    struct State;
    std::shared_ptr<State> state_;  // weakly held by what is posted to the loop
};

}  // namespace sockdesk::net
