// Times as the log shows them: local, with the date, always the same number of characters.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.hpp"

namespace sockdesk::app {

/// Writes times in the local time zone. Remembers the second that it wrote last, since asking the system's
/// zone tables for each of a million records would cost more than all the rest of their lines. One thread at
/// a time.
class LocalTime {
public:
    /// Reads the time zone (TZ, /etc/localtime).
    LocalTime();

    /// "2026-11-21 10:00:00.123": cut, not rounded, to milliseconds.
    void append_log_time(Timestamp time, std::string& out);

    /// "2026-11-21T10:00:00.123456789+08:00" (RFC 3339 section 5.6).
    void append_rfc3339(Timestamp time, std::string& out);

private:
    /// Makes the parts below those of the second that `time` falls in; returns the nanoseconds beyond it.
    std::uint32_t enter_second(Timestamp time);

    static constexpr std::size_t date_time_length = 19;

    std::int64_t second_ = INT64_MIN;            ///< since the epoch
    char date_time_[date_time_length + 1] = {};  ///< "2026-11-21 10:00:00"
    char offset_[7] = {};                        ///< "+08:00"
};

}  // namespace sockdesk::app
