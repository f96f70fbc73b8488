// Whether what waits to be sent goes on going out. Knows figures and times, no sockets.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/clock.hpp"

namespace sockdesk::cli {

class StallWatch {
public:
    /// A peer that has taken nothing for so long is not waited for any more.
    static constexpr std::chrono::seconds patience{30};

    /// `waiting_bytes`: accepted and not taken by the kernel; `sent_bytes`: taken, from the beginning on. What waits for its time is none of
    /// them, so that a period may be as long as one likes.
    bool is_stalled(std::uint64_t waiting_bytes, std::uint64_t sent_bytes, SteadyTime now) {
        const bool moves = waiting_bytes == 0 || !since_ || sent_bytes != sent_bytes_;
        if (moves) since_ = now;
        sent_bytes_ = sent_bytes;
        return now - *since_ >= patience;
    }

private:
    std::optional<SteadyTime> since_;
    std::uint64_t sent_bytes_ = 0;
};

}  // namespace sockdesk::cli
