// Bytes per second over the last moments, and their course. Fed from a running total whenever a frame is
// drawn.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "base/clock.hpp"

namespace sockdesk::app {

class RateMeter {
public:
    static constexpr std::size_t samples = 24;
    static constexpr std::chrono::milliseconds interval{500};

    void update(SteadyTime now, std::uint64_t total_bytes);

    /// Over the last two samples.
    double bytes_per_second() const;
    /// Oldest first, in bytes per second.
    std::span<const float> history() const { return history_; }
    /// True: it still has to come down to zero, so another frame is wanted after `interval` even if nothing
    /// arrives.
    bool is_moving() const;

private:
    void push(float rate);

    std::array<float, samples> history_{};
    std::optional<SteadyTime> sampled_at_;
    std::uint64_t sampled_total_ = 0;
    std::uint64_t latest_total_ = 0;
};

}  // namespace sockdesk::app
