// The capture that `sockdesk log` and `sockdesk replay` read: a file, or standard input, which is put into a nameless
// file first, because captures are read in more than one place.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "archive/capture_file.hpp"
#include "base/result.hpp"
#include "capture/segment_pool.hpp"
#include "capture/stored_file.hpp"
#include "cli/wake_up.hpp"

namespace sockdesk::cli {

/// Copies a pipe or a terminal into a file, by a thread of its own.
class Spool {
public:
    /// `on_progress` is called from the thread.
    static Result<std::unique_ptr<Spool>> start(int descriptor, std::function<void()> on_progress);
    ~Spool();
    Spool(const Spool&) = delete;
    Spool& operator=(const Spool&) = delete;

    /// For whoever opens the file again.
    std::filesystem::path path() const;
    std::uint64_t bytes() const { return bytes_.load(std::memory_order_acquire); }
    /// Nothing more will come.
    bool ended() const { return ended_.load(std::memory_order_acquire); }
    /// Why it ended early. After `ended`.
    const std::optional<Error>& problem() const { return problem_; }

private:
    Spool(int descriptor, std::shared_ptr<const capture::StoredFile> file, std::function<void()> on_progress);
    void run();

    const int descriptor_;
    const std::shared_ptr<const capture::StoredFile> file_;
    const std::function<void()> on_progress_;
    std::atomic<std::uint64_t> bytes_{0};
    std::atomic<bool> ended_{false};
    std::optional<Error> problem_;
    WakeUp stop_;
    std::thread thread_;
};

class CaptureInput {
public:
    /// "-" is standard input. `on_progress` is called from other threads, and must not block.
    CaptureInput(std::shared_ptr<capture::SegmentPool> pool, std::filesystem::path path, bool follow,
                 std::function<void()> on_progress);

    /// Opens the file as soon as it can be: standard input that is not followed, once all of it is there. Call again after each progress.
    /// True: `file` can be used.
    Result<bool> advance();

    const archive::CaptureFile& file() const { return *file_; }

    /// As of `CaptureFile`; done also when all that came from standard input has been read.
    archive::ReadProgress progress();

    /// When to ask for it again though nothing was told: what came last may be a part of a block, whose rest never comes.
    std::optional<std::chrono::milliseconds> next_look() const;

    /// `message` with the name that the file has for a person.
    std::string worded(const std::string& message) const;

private:
    const std::shared_ptr<capture::SegmentPool> pool_;
    std::filesystem::path path_;
    const bool follow_;
    const std::function<void()> on_progress_;
    std::unique_ptr<Spool> spool_;  // before the file, which reads from it
    std::unique_ptr<archive::CaptureFile> file_;
    std::uint64_t last_read_bytes_ = 0;
    std::optional<std::chrono::steady_clock::time_point> last_read_;
};

}  // namespace sockdesk::cli
