// When to look at a socket that datagrams pour into. Private to this room.
//
// Who is woken for every datagram costs each sender of this machine the waking (measured: a quarter of the rate at which a
// local sender gets rid of 64-byte datagrams), and handles them one by one. So, as network drivers do, a socket under flood is
// looked at in regular intervals, in which datagrams gather in its receive buffer, and is waited for again when the flood is
// over. When a datagram came is the kernel's to say, so nothing is less exact for it.
#pragma once

#include <chrono>
#include <cstddef>

#include "base/clock.hpp"

namespace sockdesk::net {

class ReceivePace {
public:
    /// Between two looks under flood: as long as is needed to find a batch, too short for a person or a program to notice.
    static constexpr std::chrono::microseconds interval{250};

    /// `buffer_bytes`: what may wait in the kernel, its own charge for each datagram included.
    explicit ReceivePace(std::size_t buffer_bytes) : buffer_bytes_(buffer_bytes) {}

    enum class Next {
        when_readable,   ///< wait until the kernel says that something has come
        after_interval,  ///< leave it alone for that long
    };

    /// After a look that took so many datagrams and bytes of payload.
    Next after_look(SteadyTime now, std::size_t datagrams, std::size_t payload_bytes);

private:
    /// What a datagram costs in the receive buffer beyond its payload, at most.
    static constexpr std::size_t charge_a_datagram = 1280;
    /// So many in an interval are a flood; fewer than half of them are none.
    static constexpr std::size_t worthwhile = 16;
    /// Over this time it is measured whether it is a flood.
    static constexpr std::chrono::microseconds window{1000};
    static constexpr std::chrono::milliseconds shortest_distrust{4};
    static constexpr std::chrono::milliseconds longest_distrust{1024};
    /// A flood that lasts so long was one.
    static constexpr unsigned convincing_looks = 64;

    bool fits(std::size_t datagrams, std::size_t payload_bytes) const;
    void begin_window(SteadyTime now);

    std::size_t buffer_bytes_;
    bool flooded_ = false;
    SteadyTime window_start_{};
    std::size_t datagrams_ = 0;
    std::size_t payload_bytes_ = 0;
    unsigned looks_ = 0;  ///< since it is flooded
    SteadyTime distrust_until_{};
    std::chrono::milliseconds distrust_ = shortest_distrust;
};

}  // namespace sockdesk::net
