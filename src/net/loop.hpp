// The loop thread: the one thread that touches sockets and writes logs.
#pragma once

#include <functional>
#include <memory>

struct uv_loop_s;

namespace sockdesk::net {

/// Runs a libuv loop on a thread of its own. Everything else of this room is made, used and destroyed on that
/// thread, unless it says otherwise.
class Loop {
public:
    /// Throws std::system_error when the system has no descriptors for it.
    Loop();
    /// Runs what was posted before, then stops and joins. Everything that uses the loop must be gone by then.
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    /// Runs `task` on the loop thread, in the order posted. Any thread; never blocks on the loop.
    void post(std::function<void()> task);

    /// Asserts, in every build, that the caller is on the loop thread: a wrong thread here is a data race
    /// elsewhere.
    void require_loop_thread() const;

    /// For this room's own files.
    uv_loop_s* uv() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace sockdesk::net
