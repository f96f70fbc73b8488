// Payloads that come with a time of their own, one after the other, from a thread that may read them from a disk: a
// replay, a file. The loop thread takes them without waiting.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

#include "engine/command.hpp"

namespace sockdesk::engine {

struct TimedPayload {
    std::chrono::nanoseconds at{0};  ///< since the playback began; not less than that of the one before
    Payload payload;
};

class PayloadSource {
public:
    virtual ~PayloadSource() = default;

    enum class Pace : std::uint8_t {
        none,       ///< the times say nothing: each goes as soon as the receiver takes it
        times,      ///< what is late goes at once
        distances,  ///< so it does, but what is much too late moves all that comes after it
    };
    /// Always the same answer.
    virtual Pace pace() const { return Pace::times; }

    enum class State : std::uint8_t {
        ready,    ///< `next` has one
        waiting,  ///< more will come: `on_ready` will be called
        ended,
        failed,  ///< see `error`
    };

    /// Loop thread; never blocks.
    virtual State state() = 0;
    /// Takes the next one; only when `state()` is `ready`.
    virtual TimedPayload next() = 0;
    virtual Error error() const = 0;
    /// `ready` is called, from any thread, when `state()` is no longer `waiting`. Set before anything else, and taken away
    /// again (null) by whoever set it: afterwards it is neither called nor being called.
    virtual void on_ready(std::function<void()> ready) = 0;
};

}  // namespace sockdesk::engine
