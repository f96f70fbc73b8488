// Two clocks, two types: wall time stamps records, steady time schedules.
#pragma once

#include <chrono>

namespace sockdesk {

/// Wall time since the Unix epoch, in nanoseconds, as it stands in the log.
using Timestamp = std::chrono::sys_time<std::chrono::nanoseconds>;

/// Steady time for deadlines; unrelated to wall time.
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;

/// Where code that schedules gets its time, so that tests can give it theirs.
class Clock {
public:
    virtual ~Clock() = default;
    virtual Timestamp now() const = 0;
    virtual SteadyTime steady_now() const = 0;
};

class SystemClock final : public Clock {
public:
    Timestamp now() const override {
        return std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
    }
    SteadyTime steady_now() const override {
        return std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now());
    }
};

}  // namespace sockdesk
