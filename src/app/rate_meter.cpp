#include "app/rate_meter.hpp"

#include <algorithm>

namespace sockdesk::app {

void RateMeter::update(SteadyTime now, std::uint64_t total_bytes) {
    latest_total_ = total_bytes;
    if (!sampled_at_ || total_bytes < sampled_total_) {  // the first time, or counting began anew
        sampled_at_ = now;
        sampled_total_ = total_bytes;
        return;
    }
    const auto elapsed = now - *sampled_at_;
    if (elapsed < interval) return;
    // While no frames were drawn nothing came (the window is woken when something does), but for the last
    // interval.
    const auto idle = static_cast<std::size_t>(std::min<std::int64_t>(elapsed / interval - 1, samples));
    for (std::size_t i = 0; i < idle; ++i) push(0);
    const double seconds =
        std::chrono::duration<double>(idle > 0 ? SteadyTime::duration(interval) : elapsed).count();
    push(static_cast<float>(static_cast<double>(total_bytes - sampled_total_) / seconds));
    sampled_at_ = now;
    sampled_total_ = total_bytes;
}

void RateMeter::push(float rate) {
    std::shift_left(history_.begin(), history_.end(), 1);
    history_.back() = rate;
}

double RateMeter::bytes_per_second() const {
    return (static_cast<double>(history_[samples - 1]) + static_cast<double>(history_[samples - 2])) / 2;
}

bool RateMeter::is_moving() const {
    return latest_total_ != sampled_total_ || history_[samples - 1] > 0 || history_[samples - 2] > 0;
}

}  // namespace sockdesk::app
