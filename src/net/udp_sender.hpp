// The sending half of a UDP socket: to the kernel one by one or many at once, and a queue for what it does not take yet.
// Private to this room.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>

#include "net/datagram_batch.hpp"
#include "net/loop.hpp"
#include "net/timers.hpp"
#include "net/udp_port.hpp"

namespace sockdesk::net {

class UdpSender {
public:
    using Payload = std::shared_ptr<const Bytes>;

    /// `port` must outlive it. `after_timer` is called after something was done that no caller waits for.
    UdpSender(Loop& loop, UdpPort& port, std::size_t queue_limit_bytes, std::function<void()> after_timer);

    /// Fails where no socket could ever send a datagram of that size there.
    static Result<void> check(const Endpoint& remote, std::size_t payload_bytes);

    /// As those of `UdpSocket`; the port has its descriptor.
    Result<void> send(const Endpoint& remote, Payload payload, const std::optional<IpAddress>& source);
    Result<void> send_batch(const Endpoint& remote, std::span<const Payload> payloads, std::size_t& accepted);
    std::size_t queued_bytes() const { return queued_bytes_; }

    /// Our address in what is sent to `remote`.
    IpAddress source_for(const Endpoint& remote);

    /// Whether to be called when the kernel says that there is room.
    bool waits_for_kernel() const { return !queue_.empty() && !interface_full_; }

    /// Sends what waits, as far as the kernel takes it.
    void flush();

private:
    struct QueuedDatagram {
        Endpoint remote;
        Payload payload;
        std::optional<IpAddress> source;

        std::size_t charge() const { return payload->size() + UdpSocket::queue_overhead_bytes; }
    };

    enum class Taken { yes, when_writable, in_a_moment };

    Result<void> check_now(const Endpoint& remote) const;
    Result<Taken> try_send(const QueuedDatagram& datagram);
    template <typename PayloadAt>
    std::size_t send_together(const Endpoint& remote, std::size_t count, const PayloadAt& payload_at);
    std::size_t send_queued_together();
    void pop_queue();
    void wait_for_interface();

    UdpPort& port_;
    std::size_t queue_limit_bytes_;
    std::map<IpAddress, IpAddress> sources_;     ///< destination → the address that we send from to it
    std::unique_ptr<DatagramsToSend> together_;  ///< made when first needed
    std::deque<QueuedDatagram> queue_;
    std::size_t queued_bytes_ = 0;
    bool interface_full_ = false;
    Timer interface_retry_;
};

}  // namespace sockdesk::net
