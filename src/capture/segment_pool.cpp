#include "capture/segment_pool.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <new>
#include <thread>
#include <utility>
#include <vector>

#include "capture/background_thread.hpp"

namespace sockdesk::capture {

namespace {

/// Below the loop and the faces, above the savers, which can wait longest.
constexpr int niceness = 5;

std::size_t default_budget() {
    const long pages = sysconf(_SC_PHYS_PAGES);
    const long page_size = sysconf(_SC_PAGESIZE);
    if (pages <= 0 || page_size <= 0) return std::size_t{1} << 30;
    return static_cast<std::size_t>(pages) / 4 * 3 * static_cast<std::size_t>(page_size);
}

}  // namespace

struct SegmentPool::State {
    std::size_t target = 0;
    std::size_t budget = 0;

    mutable std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::unique_ptr<Segment>> ready;
    std::size_t segments = 0;  ///< that exist, in use or ready
    bool starved = false;      ///< `take` has failed and `available` was not called since
    bool out_of_memory =
        false;  ///< the system gave none, though the budget has some; nothing was given back since
    bool stopping = false;

    // A mutex of its own: `available` may call back into the pool, and nobody may change it while it runs.
    std::mutex callback_mutex;
    std::function<void()> available;

    std::thread thread;

    bool within_budget(std::size_t count) const { return count * Segment::memory_bytes <= budget; }
    bool wants_more() const { return ready.size() < target && !out_of_memory && within_budget(segments + 1); }
    std::size_t most_ready() const { return 2 * target + 1; }

    std::unique_ptr<Segment> take_ready() {
        auto segment = std::move(ready.back());
        ready.pop_back();
        changed.notify_one();
        return segment;
    }

    void run();
    void put(std::unique_ptr<Segment> segment);
    void tell_available();
};

void SegmentPool::State::run() {
    std::unique_lock lock(mutex);
    while (true) {
        changed.wait(lock, [this] { return stopping || wants_more(); });
        if (stopping) return;
        ++segments;
        lock.unlock();
        std::unique_ptr<Segment> segment;
        try {
            segment = std::make_unique<Segment>();
            segment->fault_in();
        } catch (const std::bad_alloc&) {
            segment.reset();
        }
        if (segment) {
            put(std::move(segment));
            lock.lock();
        } else {
            lock.lock();
            --segments;
            out_of_memory = true;
        }
    }
}

void SegmentPool::State::put(std::unique_ptr<Segment> segment) {
    bool tell = false;
    {
        const std::lock_guard lock(mutex);
        ready.push_back(std::move(segment));
        tell = std::exchange(starved, false);
    }
    if (tell) tell_available();
}

void SegmentPool::State::tell_available() {
    const std::lock_guard lock(callback_mutex);
    if (available) available();
}

SegmentPool::SegmentPool(SegmentPoolOptions options) : state_(std::make_unique<State>()) {
    state_->target = options.ready_segments;
    state_->budget = options.budget_bytes != 0 ? options.budget_bytes : default_budget();
    // So that giving a segment back does not allocate.
    state_->ready.reserve(state_->most_ready());
    state_->thread =
        start_background_thread("sockdesk-memory", niceness, [state = state_.get()] { state->run(); });
}

SegmentPool::~SegmentPool() {
    {
        const std::lock_guard lock(state_->mutex);
        state_->stopping = true;
    }
    state_->changed.notify_all();
    state_->thread.join();
}

std::unique_ptr<Segment> SegmentPool::take() {
    {
        const std::lock_guard lock(state_->mutex);
        if (!state_->ready.empty()) return state_->take_ready();
        if (!state_->within_budget(state_->segments + 1)) {
            state_->starved = true;
            return nullptr;
        }
        ++state_->segments;
    }
    try {
        return std::make_unique<Segment>();
    } catch (const std::bad_alloc&) {
        const std::lock_guard lock(state_->mutex);
        --state_->segments;
        state_->starved = true;
        return nullptr;
    }
}

std::unique_ptr<Segment> SegmentPool::take_over_budget() {
    {
        const std::lock_guard lock(state_->mutex);
        if (!state_->ready.empty()) return state_->take_ready();
        ++state_->segments;
    }
    try {
        return std::make_unique<Segment>();
    } catch (...) {
        const std::lock_guard lock(state_->mutex);
        --state_->segments;
        throw;
    }
}

void SegmentPool::recycle(std::unique_ptr<Segment> segment) {
    if (!segment) return;
    segment->reset();
    bool tell = false;
    {
        const std::lock_guard lock(state_->mutex);
        state_->out_of_memory = false;
        // Some more than the target are kept, as they are warm; the rest is for other programs.
        const bool keep =
            state_->within_budget(state_->segments) && state_->ready.size() < state_->most_ready();
        if (keep) {
            state_->ready.push_back(std::move(segment));
        } else {
            --state_->segments;
        }
        if (keep || state_->within_budget(state_->segments + 1)) tell = std::exchange(state_->starved, false);
    }
    segment.reset();
    state_->changed.notify_one();
    if (tell) state_->tell_available();
}

void SegmentPool::on_available(std::function<void()> callback) {
    const std::lock_guard lock(state_->callback_mutex);
    state_->available = std::move(callback);
}

std::size_t SegmentPool::budget_bytes() const {
    const std::lock_guard lock(state_->mutex);
    return state_->budget;
}

std::size_t SegmentPool::used_bytes() const {
    const std::lock_guard lock(state_->mutex);
    return state_->segments * Segment::memory_bytes;
}

}  // namespace sockdesk::capture
