// A replay into a session of the window: first, in the background, what is to be sent is found out, then it is played.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "app/replay_plan.hpp"
#include "app/replay_source.hpp"
#include "archive/capture_file.hpp"

namespace sockdesk::app {

/// What is to be chosen once the log has begun: a time of day in a filter is on the day of its first record.
struct ReplayRequest {
    std::string filter;
    /// The bytes of a filter's text; UTF-8 if none is given.
    std::function<Result<Bytes>(std::string_view)> encode;
    std::optional<capture::Direction> direction;
};

/// Reads a capture to its end and plans its replay, by a thread of its own.
class ReplayPreparation {
public:
    /// `file`: what the log is read from, where it is not there already. `on_done` is called from the thread.
    ReplayPreparation(std::shared_ptr<const capture::Log> log, std::shared_ptr<archive::CaptureFile> file,
                      ReplayRequest request, std::function<void()> on_done);
    /// Cancels.
    ~ReplayPreparation();
    ReplayPreparation(const ReplayPreparation&) = delete;
    ReplayPreparation& operator=(const ReplayPreparation&) = delete;

    const std::shared_ptr<const capture::Log>& log() const { return log_; }
    /// None while it is at work.
    std::optional<Result<ReplayPlan>> result() const;
    /// With a result that is an error: it is one of the filter.
    bool filter_failed() const { return filter_failed_.load(); }

private:
    Result<ReplayPlan> plan(const ReplayRequest& request);
    void prepare(const ReplayRequest& request, const std::function<void()>& on_done);

    const std::shared_ptr<const capture::Log> log_;
    std::shared_ptr<archive::CaptureFile> file_;
    std::atomic<bool> cancel_{false};
    std::atomic<bool> filter_failed_{false};
    mutable std::mutex mutex_;
    std::optional<Result<ReplayPlan>> result_;
    std::thread thread_;
};

/// Passes on what a source gives, and counts it, so that somebody can tell how far it is.
class CountedSource final : public engine::PayloadSource {
public:
    explicit CountedSource(std::shared_ptr<engine::PayloadSource> source) : source_(std::move(source)) {}

    Pace pace() const override { return source_->pace(); }
    State state() override { return source_->state(); }
    engine::TimedPayload next() override;
    Error error() const override { return source_->error(); }
    void on_ready(std::function<void()> ready) override { source_->on_ready(std::move(ready)); }

    /// Any thread.
    std::uint64_t taken() const { return taken_.load(std::memory_order_relaxed); }

private:
    const std::shared_ptr<engine::PayloadSource> source_;
    std::atomic<std::uint64_t> taken_{0};
};

}  // namespace sockdesk::app
