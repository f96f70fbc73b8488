// How far a file is that is being sent (`--source`): a line that is rewritten on a terminal, and one at the end.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "app/rate_meter.hpp"
#include "base/clock.hpp"
#include "cli/unasked_sends.hpp"

namespace sockdesk::cli {

/// "30 %  15.7 MB of 52.4 MB  12.3 MB/s  3.1 s left  FILE", at most so many columns wide.
std::string progress_line(const UnaskedSends::SourceTotals& totals, double bytes_per_second,
                          std::string_view file, std::size_t columns);

/// "FILE: 52428800 bytes sent in 3.2 s (16.4 MB/s)"
std::string source_summary(const UnaskedSends::SourceTotals& totals, std::string_view file);

/// The line on a terminal. Other lines go above it: it is erased before them, and comes again with the next `update`.
class ProgressLine {
public:
    static constexpr std::chrono::milliseconds interval{250};

    explicit ProgressLine(int terminal) : terminal_(terminal) {}

    /// Writes it, unless it was written less than `interval` ago.
    void update(const UnaskedSends::SourceTotals& totals, std::string_view file, SteadyTime now);
    void erase();
    /// When the next `update` writes.
    SteadyTime due() const { return due_; }

private:
    int terminal_;
    bool is_shown_ = false;
    SteadyTime due_{};
    app::RateMeter rate_;
};

}  // namespace sockdesk::cli
