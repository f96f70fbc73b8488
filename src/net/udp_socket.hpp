// One UDP socket: datagrams in batches from the kernel into the log, one by one out of it.
//
// Not uv_udp_t but a descriptor of our own, watched by uv_poll_t, because what a debugging tool must tell is
// in the ancillary data that uv_udp_t does not pass on: when the kernel received a datagram (SO_TIMESTAMPNS),
// to which of our addresses it was sent (IP_PKTINFO), which of ours came back by ICMP (IP_RECVERR), and how
// many were dropped (SO_MEMINFO).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/endpoint.hpp"
#include "base/result.hpp"
#include "capture/log_writer.hpp"
#include "net/loop.hpp"

namespace sockdesk::net {

struct ReceivedDatagram {
    Endpoint remote;
    /// Which of our addresses it was sent to, where the socket is bound to all of them.
    std::optional<IpAddress> destination;
    ByteView payload;  ///< valid during the call that passes it
};

/// Told on the loop thread. The socket may be destroyed from within none of these.
class UdpObserver {
public:
    /// A batch; it is in the log already, but not published yet.
    virtual void on_datagrams(std::span<const ReceivedDatagram> datagrams) = 0;
    /// The kernel took datagrams of so many bytes together; they are in the log already, but not published yet.
    virtual void on_sent(std::size_t datagrams, std::size_t payload_bytes) = 0;
    /// The socket got its local endpoint by sending (only when it was opened unbound). Comes before
    /// `on_sent`.
    virtual void on_bound(const Endpoint& local) = 0;
    /// A datagram that was accepted earlier could not be sent after all, or came back by ICMP.
    virtual void on_error(const Endpoint& remote, const Error& error) = 0;
    /// The kernel dropped `count` more datagrams because the socket's receive buffer was full.
    virtual void on_dropped(std::uint64_t count) = 0;
    /// `count` datagrams were read, or sent, and there was no memory to keep them in the log.
    virtual void on_discarded(std::uint64_t count) = 0;
    /// The queue of datagrams waiting for the kernel is empty again.
    virtual void on_drained() = 0;
    /// The end of whatever was told since the last such call: the time to publish.
    virtual void on_batch_end() = 0;

protected:
    ~UdpObserver() = default;
};

class UdpSocket {
public:
    /// What a queued datagram is charged beyond its payload, so that empty ones have a limit as well.
    static constexpr std::size_t queue_overhead_bytes = 64;

    struct Options {
        /// None: unbound; the first send settles address family and port.
        std::optional<Endpoint> local;
        std::size_t send_queue_limit_bytes = std::size_t{16} << 20;
    };

    /// `writer` and `observer` must outlive the socket.
    static Result<std::unique_ptr<UdpSocket>> open(Loop& loop, capture::LogWriter& writer,
                                                   UdpObserver& observer, const Options& options);
    ~UdpSocket();
    UdpSocket(const UdpSocket&) = delete;
    UdpSocket& operator=(const UdpSocket&) = delete;

    /// None while unbound.
    std::optional<Endpoint> local() const;

    /// The payload is kept until the kernel took it. Fails at once where it can never be sent: larger than a
    /// datagram can be, wrong address family, no route, queue full.
    /// `source`: the address to send from, for a socket bound to every address (otherwise the route decides).
    Result<void> send(const Endpoint& remote, std::shared_ptr<const Bytes> payload,
                      const std::optional<IpAddress>& source = std::nullopt);

    /// The same for several in order, by few calls of the kernel. `accepted`: how many were, before one failed.
    Result<void> send_batch(const Endpoint& remote, std::span<const std::shared_ptr<const Bytes>> payloads,
                            std::size_t& accepted);
    static constexpr std::size_t max_batch = 64;

    /// A socket that was opened unbound gets its port now, on all addresses of the family, as it would by sending.
    Result<void> bind_for(const Endpoint& remote);

    /// Where a datagram to `remote` would come from. None while unbound.
    std::optional<Endpoint> local_for(const Endpoint& remote) const;

    /// Bytes accepted and not yet taken by the kernel, with a charge for each datagram.
    std::size_t queued_bytes() const;

    /// Goes on reading after the log had no memory (`LogWriter::ready`). Harmless at any time.
    void resume_reading();

    /// What the kernel granted of `wanted_receive_buffer_bytes`, in the unit of that and of net.core.rmem_max: half of what
    /// SO_RCVBUF reports, which counts room for the kernel's own data as well (socket(7)). 0 while unbound.
    std::size_t receive_buffer_bytes() const;
    static constexpr std::size_t wanted_receive_buffer_bytes = std::size_t{32} << 20;

    /// Before closing: takes what the kernel holds for us, so that it is in the log and not gone without a count. Under a flood
    /// that goes on, as much as the receive buffer could hold when this was called.
    void read_rest();

    /// Asks the kernel for its drop counter now, e.g. before closing.
    void check_drops();

private:
    struct State;
    explicit UdpSocket(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace sockdesk::net
