#include "app/replay_job.hpp"

#include <chrono>

namespace sockdesk::app {

using namespace std::chrono_literals;

ReplayPreparation::ReplayPreparation(std::shared_ptr<const capture::Log> log,
                                     std::shared_ptr<archive::CaptureFile> file, ReplayChoice choice,
                                     std::function<void()> on_done)
    : log_(std::move(log)),
      file_(std::move(file)),
      thread_(
          [this, choice = std::move(choice), on_done = std::move(on_done)] { prepare(choice, on_done); }) {}

ReplayPreparation::~ReplayPreparation() {
    cancel_.store(true);
    thread_.join();
}

void ReplayPreparation::prepare(const ReplayChoice& choice, const std::function<void()>& on_done) {
    // The file has no other way to wait that could be given up; nobody sees the grain of this one.
    while (file_ && !file_->progress().done && !cancel_.load()) std::this_thread::sleep_for(10ms);
    auto plan = plan_replay(log_, choice, cancel_);
    {
        const std::lock_guard lock(mutex_);
        result_ = std::move(plan);
    }
    if (on_done) on_done();
}

std::optional<Result<ReplayPlan>> ReplayPreparation::result() const {
    const std::lock_guard lock(mutex_);
    return result_;
}

engine::TimedPayload CountedSource::next() {
    taken_.fetch_add(1, std::memory_order_relaxed);
    return source_->next();
}

}  // namespace sockdesk::app
