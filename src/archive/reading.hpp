// What the thread that reads a capture shares with those who look at how far it is.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "archive/capture_file.hpp"
#include "capture/stored_file.hpp"

namespace sockdesk::archive {

/// Between two looks at a file that may have grown.
inline constexpr std::chrono::milliseconds follow_interval{100};

class Reading {
public:
    Reading(std::shared_ptr<capture::Log> to, std::shared_ptr<const capture::StoredFile> from,
            CaptureFileOptions chosen);

    const std::shared_ptr<capture::Log> log;
    const std::shared_ptr<const capture::StoredFile> file;
    const CaptureFileOptions options;
    std::atomic<bool> stop{false};

    ReadProgress progress() const;
    void wait() const;
    void request_stop();

    // ---- the reading thread

    /// At first every few milliseconds, so that something is seen at once; rarer as the file gets long.
    bool time_to_report();
    /// How far reading has come: what was published, that is.
    void report(std::uint64_t read_bytes, std::uint64_t left_out);
    void end(std::optional<Error> problem);
    /// False when reading is to stop.
    bool pause(std::chrono::milliseconds interval);

private:
    std::uint64_t file_bytes() const;

    using Clock = std::chrono::steady_clock;

    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    ReadProgress progress_;
    Clock::time_point began_ = Clock::now();
    Clock::time_point reported_{};
};

/// A capture that this program wrote: its blocks become the log as they are.
void read_native(Reading& reading);

class PacketReader;
/// One of another program: packet by packet.
void read_foreign(Reading& reading, PacketReader& packets);

/// "read FILE: WHY at byte N": how every end before the end of the file is worded.
Error problem_at(const Reading& reading, std::uint64_t offset, const std::string& why);
Error cut_short(const Reading& reading, std::uint64_t offset, const char* within);

}  // namespace sockdesk::archive
