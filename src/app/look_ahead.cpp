#include "app/look_ahead.hpp"

#include <utility>

namespace sockdesk::app {

namespace {

/// Some milliseconds of a fast network, and little beside the log itself.
constexpr std::size_t most_bytes = std::size_t{1} << 20;
constexpr std::size_t most_payloads = 4096;

}  // namespace

bool LookAhead::is_full() const { return bytes_ >= most_bytes || items_.size() >= most_payloads; }

bool LookAhead::give(std::vector<Item>& batch) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [this] { return stopping_ || !is_full(); });
    if (stopping_) return false;
    const bool was_empty = items_.empty();
    for (Item& each : batch) {
        bytes_ += each.payload.payload->size();
        items_.push_back(std::move(each));
    }
    batch.clear();
    if (was_empty && !items_.empty() && ready_) ready_();
    return true;
}

void LookAhead::end(std::optional<Error> why) {
    const std::lock_guard lock(mutex_);
    error_ = std::move(why);
    ended_ = true;
    if (ready_) ready_();
}

engine::PayloadSource::State LookAhead::state() const {
    using State = engine::PayloadSource::State;
    const std::lock_guard lock(mutex_);
    if (!items_.empty()) return State::ready;
    if (!ended_) return State::waiting;
    return error_ ? State::failed : State::ended;
}

LookAhead::Item LookAhead::take() {
    Item first;
    bool was_full = false;
    {
        const std::lock_guard lock(mutex_);
        was_full = is_full();
        first = std::move(items_.front());
        items_.pop_front();
        bytes_ -= first.payload.payload->size();
    }
    if (was_full) room_.notify_one();
    return first;
}

Error LookAhead::error() const {
    const std::lock_guard lock(mutex_);
    return error_.value_or(Error{});
}

void LookAhead::on_ready(std::function<void()> ready) {
    const std::lock_guard lock(mutex_);
    ready_ = std::move(ready);
}

void LookAhead::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    room_.notify_all();
}

}  // namespace sockdesk::app
