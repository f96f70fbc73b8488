// The receiving half of a UDP socket: batches from the kernel into the log, at the pace of what comes, and the count of what the kernel dropped.
// Private to this room.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "net/datagram_batch.hpp"
#include "net/loop.hpp"
#include "net/receive_pace.hpp"
#include "net/timers.hpp"
#include "net/udp_port.hpp"

namespace sockdesk::net {

class UdpReceiver {
public:
    /// `port` must outlive it. `after_timer` is called after something was done that no caller waits for.
    UdpReceiver(Loop& loop, UdpPort& port, std::function<void()> after_timer);

    /// The port has its descriptor now.
    void begin();

    /// Whether to be called when the kernel says that something has come; otherwise it looks by itself, or the port is paused.
    bool waits_for_kernel() const { return !port_.paused && !in_intervals_; }

    /// Reads what there is, up to the share of one turn of the loop.
    void read();

    /// As `UdpSocket::read_rest` and `UdpSocket::check_drops`.
    void read_rest();
    void check_drops();

private:
    struct Look {
        std::size_t datagrams = 0;
        std::size_t payload_bytes = 0;
    };

    /// True when nothing is left to read, as far as one can see.
    bool read_batches(Look& look);
    void take_batch(std::size_t count, Look& look);
    void check_drops_soon();

    UdpPort& port_;
    DatagramBatch batch_;
    std::vector<ReceivedDatagram> received_;

    std::optional<ReceivePace> pace_;
    bool in_intervals_ =
        false;  ///< read at `next_look_` and not when the kernel says that something has come
    SteadyTime next_look_{};
    DeadlineTimer look_;

    std::uint32_t drop_counter_ = 0;  ///< the kernel's, as last seen
    bool drop_check_due_ = false;
    Timer drop_check_;
};

}  // namespace sockdesk::net
