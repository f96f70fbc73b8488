#include "capture/segment_pool.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <new>
#include <thread>
#include <utility>
#include <vector>

#include "capture/background_thread.hpp"

namespace sockdesk::capture {

namespace {

/// After the loop, which must not be kept from its socket by memory that it does not need yet; before whoever only stores. Not by
/// much: for moments the loop waits for locks that this thread holds.
constexpr int niceness = 5;

/// Between two attempts to put something on a disk that is full.
constexpr std::chrono::seconds retry_interval{1};

/// Below this nothing that spills works well: some segments being written, spare ones, and some being looked at.
constexpr std::size_t least_segments = 8;

/// Where memory must be exceeded: what other programs need to live is left to them.
std::size_t machine_limit() {
    const long pages = sysconf(_SC_PHYS_PAGES);
    const long page_size = sysconf(_SC_PAGESIZE);
    if (pages <= 0 || page_size <= 0) return std::size_t{1} << 30;
    return static_cast<std::size_t>(pages) / 4 * 3 * static_cast<std::size_t>(page_size);
}

}  // namespace

struct SegmentPool::State {
    explicit State(SegmentPoolOptions given) : options(std::move(given)) { set_budget(options.budget_bytes); }

    const SegmentPoolOptions options;
    const std::size_t limit = machine_limit();
    std::atomic<std::uint64_t> ticks{0};

    mutable std::mutex mutex;
    std::condition_variable changed;
    std::condition_variable made;  ///< a segment, or none could be
    std::size_t budget = 0;
    std::vector<std::unique_ptr<Segment>> ready;
    std::size_t segments = 0;  ///< that exist, in use or ready
    bool starved = false;      ///< `take` has failed and `available` was not called since
    /// The system gave none, though the budget has some; nothing was given back since.
    bool out_of_memory = false;
    /// Nothing can be taken back: waiting for it would be waiting for ever.
    bool irreducible = false;
    bool poked = false;
    bool stopping = false;

    std::vector<SegmentHolder*> holders;
    SegmentHolder* called = nullptr;  ///< the one that the thread is in a call of
    std::condition_variable call_ended;

    // A mutex of its own: these may call back into the pool, and nobody may change them while they run.
    std::mutex callback_mutex;
    std::function<void()> available;
    std::function<void(const std::optional<Error>&)> spill_state;

    bool spill_failed = false;  ///< the thread's
    std::thread thread;

    void set_budget(std::size_t bytes) {
        if (bytes == 0) bytes = limit;
        const std::size_t least = spills() ? least_segments * Segment::memory_bytes : 0;
        budget = std::max(bytes, least);
    }
    bool within(std::size_t bytes, std::size_t count) const { return count * Segment::memory_bytes <= bytes; }
    bool within_budget(std::size_t count) const { return within(budget, count); }
    bool wants_more() const {
        return ready.size() < options.ready_segments && !out_of_memory && within_budget(segments + 1);
    }
    bool spills() const { return !options.spill_folder.empty(); }
    bool wants_back() const {
        if (!spills()) return false;
        return !within_budget(segments) ||
               (ready.size() < options.ready_segments && !within_budget(segments + 1));
    }
    std::size_t most_ready() const { return 2 * options.ready_segments + 1; }

    std::unique_ptr<Segment> take_ready() {
        auto segment = std::move(ready.back());
        ready.pop_back();
        changed.notify_one();
        return segment;
    }

    void run();
    void make_one(std::unique_lock<std::mutex>& lock);
    void take_one_back(std::unique_lock<std::mutex>& lock);
    template <typename Call>
    void call(SegmentHolder* holder, std::unique_lock<std::mutex>& lock, Call each);
    void put(std::unique_ptr<Segment> segment);
    void tell_available();
    void tell_spill(const std::optional<Error>& error);
    std::unique_ptr<Segment> allocate();
};

void SegmentPool::State::run() {
    std::unique_lock lock(mutex);
    while (true) {
        changed.wait(lock, [this] { return stopping || wants_more() || (wants_back() && poked); });
        if (stopping) return;
        if (wants_more()) {
            make_one(lock);
        } else {
            take_one_back(lock);
        }
    }
}

void SegmentPool::State::make_one(std::unique_lock<std::mutex>& lock) {
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
        made.notify_all();
    }
}

/// Asks the log that has not used one of its segments for the longest time.
void SegmentPool::State::take_one_back(std::unique_lock<std::mutex>& lock) {
    poked = false;  // what becomes possible from here on is announced again
    using Outlook = SegmentHolder::Outlook;
    SegmentHolder* best = nullptr;
    std::uint64_t least_used = 0;
    bool soon = false;
    // Their locks are also those of threads that must wait for everybody: not to be waited for while the loop
    // may want a segment. Who leaves meanwhile is not asked, see `remove_holder`.
    for (std::size_t i = 0; i < holders.size(); ++i) {
        SegmentHolder* const holder = holders[i];
        SegmentHolder::Idle idle;
        call(holder, lock, [&] { idle = holder->longest_idle(); });
        if (std::find(holders.begin(), holders.end(), holder) == holders.end()) continue;
        if (idle.outlook == Outlook::soon) soon = true;
        if (idle.outlook != Outlook::ready) continue;
        if (best == nullptr || idle.last_used < least_used) {
            best = holder;
            least_used = idle.last_used;
        }
    }
    // It may have left while others were asked.
    if (std::find(holders.begin(), holders.end(), best) == holders.end()) best = nullptr;
    if (best == nullptr) {
        if (!soon && !irreducible) {
            irreducible = true;
            const bool tell = std::exchange(starved, false);
            lock.unlock();
            if (tell) tell_available();
            lock.lock();
        }
        return;  // until somebody pokes
    }
    Result<std::unique_ptr<Segment>> segment = nullptr;
    call(best, lock, [&] { segment = best->let_go(); });
    poked = true;
    if (!segment) {
        irreducible = true;
        const bool tell = std::exchange(starved, false);
        const bool first = !std::exchange(spill_failed, true);
        lock.unlock();
        if (first) tell_spill(segment.error());
        if (tell) tell_available();
        lock.lock();
        changed.wait_for(lock, retry_interval, [this] { return stopping; });
        return;
    }
    if (!*segment) return;
    irreducible = false;
    out_of_memory = false;
    const bool works_again = std::exchange(spill_failed, false);
    const bool keep = within_budget(segments) && ready.size() < most_ready();
    if (!keep) --segments;
    lock.unlock();
    if (works_again) tell_spill(std::nullopt);
    if (keep) {
        (*segment)->reset();
        put(std::move(*segment));
    }
    segment->reset();
    lock.lock();
}

/// Without the mutex; `holder` does not go away meanwhile.
template <typename Call>
void SegmentPool::State::call(SegmentHolder* holder, std::unique_lock<std::mutex>& lock, Call each) {
    called = holder;
    lock.unlock();
    each();
    lock.lock();
    called = nullptr;
    call_ended.notify_all();
}

void SegmentPool::State::put(std::unique_ptr<Segment> segment) {
    bool tell = false;
    {
        const std::lock_guard lock(mutex);
        ready.push_back(std::move(segment));
        tell = std::exchange(starved, false);
    }
    made.notify_all();
    if (tell) tell_available();
}

void SegmentPool::State::tell_available() {
    const std::lock_guard lock(callback_mutex);
    if (available) available();
}

void SegmentPool::State::tell_spill(const std::optional<Error>& error) {
    const std::lock_guard lock(callback_mutex);
    if (spill_state) spill_state(error);
}

/// `segments` counts it already.
std::unique_ptr<Segment> SegmentPool::State::allocate() {
    try {
        return std::make_unique<Segment>();
    } catch (const std::bad_alloc&) {
        const std::lock_guard lock(mutex);
        --segments;
        starved = true;
        return nullptr;
    }
}

SegmentPool::SegmentPool(SegmentPoolOptions options) : state_(std::make_unique<State>(std::move(options))) {
    // So that giving a segment back does not allocate.
    state_->ready.reserve(state_->most_ready() + 1);
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

std::unique_ptr<Segment> SegmentPool::take(Patience patience) {
    {
        const std::lock_guard lock(state_->mutex);
        if (!state_->ready.empty()) return state_->take_ready();
        const bool beyond = state_->spills() && (patience == Patience::must_not_wait || state_->irreducible);
        const std::size_t most = beyond ? std::max(state_->limit, state_->budget) : state_->budget;
        if (!state_->within(most, state_->segments + 1)) {
            state_->starved = true;
            return nullptr;
        }
        ++state_->segments;
        if (!state_->within_budget(state_->segments)) state_->poked = true;
    }
    state_->changed.notify_one();
    return state_->allocate();
}

void SegmentPool::wait_until_ready(std::chrono::milliseconds at_most) {
    std::unique_lock lock(state_->mutex);
    state_->made.wait_for(lock, at_most, [this] { return !state_->wants_more(); });
}

std::unique_ptr<Segment> SegmentPool::take_over_budget() {
    {
        const std::lock_guard lock(state_->mutex);
        if (!state_->ready.empty()) return state_->take_ready();
        ++state_->segments;
        state_->poked = true;
    }
    state_->changed.notify_one();
    auto segment = state_->allocate();
    if (!segment) throw std::bad_alloc();
    return segment;
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

void SegmentPool::on_spill_state(std::function<void(const std::optional<Error>&)> callback) {
    const std::lock_guard lock(state_->callback_mutex);
    state_->spill_state = std::move(callback);
}

std::size_t SegmentPool::budget_bytes() const {
    const std::lock_guard lock(state_->mutex);
    return state_->budget;
}

void SegmentPool::set_budget(std::size_t bytes) {
    {
        const std::lock_guard lock(state_->mutex);
        state_->set_budget(bytes);
        state_->poked = true;
    }
    state_->changed.notify_one();
}

std::size_t SegmentPool::used_bytes() const {
    const std::lock_guard lock(state_->mutex);
    return state_->segments * Segment::memory_bytes;
}

const std::filesystem::path& SegmentPool::spill_folder() const { return state_->options.spill_folder; }

void SegmentPool::add_holder(SegmentHolder& holder) {
    const std::lock_guard lock(state_->mutex);
    state_->holders.push_back(&holder);
}

void SegmentPool::remove_holder(SegmentHolder& holder) {
    std::unique_lock lock(state_->mutex);
    std::erase(state_->holders, &holder);
    state_->call_ended.wait(lock, [&] { return state_->called != &holder; });
}

void SegmentPool::poke() {
    {
        const std::lock_guard lock(state_->mutex);
        if (!state_->wants_back()) return;
        state_->poked = true;
    }
    state_->changed.notify_one();
}

std::uint64_t SegmentPool::tick() { return state_->ticks.fetch_add(1, std::memory_order_relaxed) + 1; }

}  // namespace sockdesk::capture
