#include "engine/reply_allowance.hpp"

#include <algorithm>

namespace sockdesk::engine {

ReplyAllowance::ReplyAllowance(std::uint32_t burst, std::uint32_t per_second) {
    if (per_second == 0) {
        return;
    }
    constexpr std::int64_t second = 1'000'000'000;
    each_ = std::max(std::chrono::nanoseconds(second / per_second), std::chrono::nanoseconds(1));
    in_advance_ = each_ * (std::int64_t{std::max(burst, std::uint32_t{1})} - 1);
}

bool ReplyAllowance::take(SteadyTime now) {
    if (each_.count() == 0) {
        return true;
    }
    if (now < next()) {
        return false;
    }
    due_ = std::max(due_, now) + each_;
    return true;
}

SteadyTime ReplyAllowance::next() const { return due_ - in_advance_; }

}  // namespace sockdesk::engine
