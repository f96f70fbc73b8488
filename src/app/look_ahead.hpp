// Payloads on their way from a thread that reads a file to the loop thread: a bounded number of them, so that the loop never waits for
// a disk and a file of any size takes the same memory.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "engine/payload_source.hpp"

namespace sockdesk::app {

class LookAhead {
public:
    struct Item {
        engine::TimedPayload payload;
        std::uint64_t mark = 0;  ///< whatever the reader wants to know when it has been taken
    };

    // The reading thread's.

    /// Waits for room, then takes all of `batch`. False: nobody wants more. A batch is what wakes the loop: no less than some 64
    /// payloads or 128 KiB while there are more.
    bool give(std::vector<Item>& batch);
    /// `why`: it ends before its end.
    void end(std::optional<Error> why);

    // The loop thread's, as `engine::PayloadSource` has them.

    engine::PayloadSource::State state() const;
    Item take();
    Error error() const;
    void on_ready(std::function<void()> ready);

    // Any thread's.

    /// `give` answers false from now on.
    void stop();

private:
    bool is_full() const;

    mutable std::mutex mutex_;  // guards all that follows
    std::condition_variable room_;
    std::deque<Item> items_;
    std::size_t bytes_ = 0;
    bool ended_ = false;
    bool stopping_ = false;
    std::optional<Error> error_;
    std::function<void()> ready_;
};

}  // namespace sockdesk::app
