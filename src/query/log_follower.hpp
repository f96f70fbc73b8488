// Goes through a log from one record to its end, and on with what is appended, in a thread of its own. What the
// selection and the search have in common.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "capture/log.hpp"

namespace sockdesk::query {

class LogFollower {
public:
    /// Deals with the records [begin, end), some hundred at a time. May return early when `stop` is set.
    using Work = std::function<void(capture::LogReader& reader, RecordIndex begin, RecordIndex end,
                                    const std::atomic<bool>& stop)>;

    /// `on_progress`: see `Selection`.
    LogFollower(const char* name, std::shared_ptr<const capture::Log> log, RecordIndex first, Work work,
                std::function<void()> on_progress);
    ~LogFollower();
    LogFollower(const LogFollower&) = delete;
    LogFollower& operator=(const LogFollower&) = delete;

    const capture::Log& log() const { return *log_; }
    /// Records below this have been dealt with.
    RecordIndex done() const { return done_.load(std::memory_order_acquire); }
    /// Returns when all that was published before the call has been dealt with, or never will be.
    void wait() const;

private:
    void run();
    void catch_up();
    void gather();
    void report_progress();
    void tell_waiting();

    const std::shared_ptr<const capture::Log> log_;
    const Work work_;
    const std::function<void()> on_progress_;

    std::atomic<RecordIndex> done_;
    std::atomic<bool> stop_{false};
    mutable std::atomic<int> waiting_{0};
    mutable std::mutex mutex_;
    mutable std::condition_variable
        advanced_;                           ///< `done_` or `ended_` changed, told only while somebody waits
    mutable std::condition_variable hurry_;  ///< `stop_` was set, or somebody waits
    bool ended_ = false;

    std::chrono::steady_clock::time_point last_report_{};
    std::thread thread_;
};

}  // namespace sockdesk::query
