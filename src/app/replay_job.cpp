#include "app/replay_job.hpp"

#include <chrono>

namespace sockdesk::app {

using namespace std::chrono_literals;

ReplayPreparation::ReplayPreparation(std::shared_ptr<const capture::Log> log,
                                     std::shared_ptr<archive::CaptureFile> file, ReplayRequest request,
                                     std::function<void()> on_done)
    : log_(std::move(log)),
      file_(std::move(file)),
      thread_([this, request = std::move(request), on_done = std::move(on_done)] {
          prepare(request, on_done);
      }) {}

ReplayPreparation::~ReplayPreparation() {
    cancel_.store(true);
    thread_.join();
}

// The file has no other way to wait that could be given up; nobody sees the grain of this one.
Result<ReplayPlan> ReplayPreparation::plan(const ReplayRequest& request) {
    const auto wait_until = [this](const auto& condition) {
        while (file_ && !condition() && !file_->progress().done && !cancel_.load())
            std::this_thread::sleep_for(10ms);
    };
    wait_until([&] { return log_->published() > log_->first_available(); });
    query::FilterContext context;
    context.encode = request.encode;
    if (log_->published() > log_->first_available())
        context.day = capture::LogReader(log_).record(log_->first_available()).time;
    auto filter = query::Filter::parse(request.filter, context);
    if (!filter) {
        filter_failed_.store(true);
        return tl::unexpected(filter.error());
    }
    wait_until([] { return false; });
    ReplayChoice choice;
    choice.filter = std::move(*filter);
    choice.direction = request.direction;
    return plan_replay(log_, choice, cancel_);
}

void ReplayPreparation::prepare(const ReplayRequest& request, const std::function<void()>& on_done) {
    auto planned = plan(request);
    {
        const std::lock_guard lock(mutex_);
        result_ = std::move(planned);
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
