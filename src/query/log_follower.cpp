#include "query/log_follower.hpp"

#include <algorithm>
#include <utility>

#include "capture/background_thread.hpp"

namespace sockdesk::query {

namespace {

using namespace std::chrono_literals;

constexpr int niceness = 5;

/// Small enough that stopping and showing the first results take no time that a person would notice.
constexpr RecordCount batch = 512;

/// While a log is flooded its records come in batches of a few each; waking up for each would cost more than the
/// work. So there is this much time between the end of one run and the beginning of the next.
constexpr auto gathering_time = 50ms;

constexpr auto report_interval = 50ms;

}  // namespace

LogFollower::LogFollower(const char* name, std::shared_ptr<const capture::Log> log, RecordIndex first,
                         Work work, std::function<void()> on_progress)
    : log_(std::move(log)), work_(std::move(work)), on_progress_(std::move(on_progress)), done_(first) {
    thread_ = capture::start_background_thread(name, niceness, [this] { run(); });
}

LogFollower::~LogFollower() {
    stop_.store(true, std::memory_order_seq_cst);
    log_->wake_waiters();
    {
        const std::lock_guard lock(mutex_);
        hurry_.notify_all();
    }
    thread_.join();
}

void LogFollower::wait() const {
    const RecordCount target = log_->published();
    std::unique_lock lock(mutex_);
    waiting_.fetch_add(1, std::memory_order_seq_cst);
    hurry_.notify_all();
    advanced_.wait(lock, [&] { return done_.load(std::memory_order_seq_cst) >= target || ended_; });
    waiting_.fetch_sub(1, std::memory_order_seq_cst);
}

void LogFollower::run() {
    try {
        while (!stop_.load(std::memory_order_seq_cst)) {
            log_->wait_for_more(done(), stop_);
            catch_up();
            gather();
        }
    } catch (const std::bad_alloc&) {
        // What was found so far stays; a search that has no memory left is no reason to end the program.
    }
    const std::lock_guard lock(mutex_);
    ended_ = true;
    advanced_.notify_all();
}

void LogFollower::catch_up() {
    // Made anew for each run: while nothing happens it would only keep memory.
    capture::LogReader reader(log_, capture::Access::sequential);
    RecordIndex at = done();
    const RecordIndex before = at;
    for (RecordCount published = log_->published(); at < published; published = log_->published()) {
        const RecordIndex end = std::min<RecordIndex>(at + batch, published);
        work_(reader, at, end, stop_);
        if (stop_.load(std::memory_order_relaxed)) return;
        at = end;
        done_.store(at, std::memory_order_seq_cst);
        if (waiting_.load(std::memory_order_seq_cst) > 0) tell_waiting();
        if (std::chrono::steady_clock::now() - last_report_ >= report_interval) {
            if (at < log_->published()) report_progress();
        }
    }
    if (at != before) report_progress();
}

void LogFollower::gather() {
    std::unique_lock lock(mutex_);
    hurry_.wait_for(lock, gathering_time, [&] {
        return stop_.load(std::memory_order_seq_cst) || waiting_.load(std::memory_order_seq_cst) > 0;
    });
}

void LogFollower::report_progress() {
    last_report_ = std::chrono::steady_clock::now();
    if (on_progress_) on_progress_();
}

void LogFollower::tell_waiting() {
    const std::lock_guard lock(mutex_);
    advanced_.notify_all();
}

}  // namespace sockdesk::query
