// How many answers a session may give. Private to this room.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/clock.hpp"

namespace sockdesk::engine {

/// So many at once, and from then on so many a second.
class ReplyAllowance {
public:
    ReplyAllowance(std::uint32_t burst, std::uint32_t per_second);

    /// False: not now.
    bool take(SteadyTime now);
    /// When there will be one, in the past when there is.
    SteadyTime next() const;

private:
    std::chrono::nanoseconds each_{0};        ///< 0: no limit
    std::chrono::nanoseconds in_advance_{0};  ///< how far those may be that are given at once
    /// When the next one would be due if they came evenly.
    SteadyTime due_{};
};

}  // namespace sockdesk::engine
