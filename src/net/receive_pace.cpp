#include "net/receive_pace.hpp"

#include <algorithm>

namespace sockdesk::net {

ReceivePace::Next ReceivePace::after_look(SteadyTime now, std::size_t datagrams, std::size_t payload_bytes) {
    if (flooded_) {
        ++looks_;
        if (looks_ == convincing_looks) distrust_ = shortest_distrust;
        if (datagrams >= worthwhile / 2 && fits(datagrams, payload_bytes)) return Next::after_interval;
        // The flood is over, or it never was one: a peer that waits for our answer before it goes on looks like
        // one until it is made to wait, so the next attempt is made later.
        flooded_ = false;
        distrust_until_ = now + distrust_;
        if (looks_ < convincing_looks) distrust_ = std::min(2 * distrust_, longest_distrust);
        begin_window(now);
        return Next::when_readable;
    }
    if (now - window_start_ >= 2 * window) begin_window(now);
    datagrams_ += datagrams;
    payload_bytes_ += payload_bytes;
    if (now - window_start_ < window) return Next::when_readable;
    // As it would be in one interval.
    const auto intervals = static_cast<std::size_t>((now - window_start_) / interval);
    const std::size_t expected = datagrams_ / intervals;
    const std::size_t expected_bytes = payload_bytes_ / intervals;
    begin_window(now);
    if (expected < worthwhile || now < distrust_until_ || !fits(expected, expected_bytes))
        return Next::when_readable;
    flooded_ = true;
    looks_ = 0;
    return Next::after_interval;
}

/// What gathers in an interval must leave most of the buffer to the times at which the loop is busy elsewhere.
bool ReceivePace::fits(std::size_t datagrams, std::size_t payload_bytes) const {
    return datagrams * charge_a_datagram + 2 * payload_bytes <= buffer_bytes_ / 4;
}

void ReceivePace::begin_window(SteadyTime now) {
    window_start_ = now;
    datagrams_ = 0;
    payload_bytes_ = 0;
}

}  // namespace sockdesk::net
