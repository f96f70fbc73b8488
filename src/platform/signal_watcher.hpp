// SIGINT, SIGTERM and SIGHUP as a function call on an ordinary thread.
#pragma once

#include <atomic>
#include <functional>
#include <thread>

#include <signal.h>

namespace sockdesk::platform {

/// Made before other threads are, since they inherit that these signals are not delivered to them.
class SignalWatcher {
public:
    explicit SignalWatcher(std::function<void()> on_signal);
    ~SignalWatcher();
    SignalWatcher(const SignalWatcher&) = delete;
    SignalWatcher& operator=(const SignalWatcher&) = delete;

private:
    std::atomic<bool> stopping_{false};
    sigset_t signals_{};
    sigset_t previous_{};
    std::thread thread_;
};

}  // namespace sockdesk::platform
