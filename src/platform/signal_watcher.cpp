#include "platform/signal_watcher.hpp"

#include <pthread.h>

namespace sockdesk::platform {

SignalWatcher::SignalWatcher(std::function<void()> on_signal) {
    sigemptyset(&signals_);
    for (int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals_, signal);
    pthread_sigmask(SIG_BLOCK, &signals_, &previous_);
    thread_ = std::thread([this, on_signal = std::move(on_signal)] {
        int signal = 0;
        while (sigwait(&signals_, &signal) == 0 && !stopping_.load()) on_signal();
    });
}

SignalWatcher::~SignalWatcher() {
    stopping_.store(true);
    pthread_kill(thread_.native_handle(), SIGTERM);  // ends its sigwait
    thread_.join();
    pthread_sigmask(SIG_SETMASK, &previous_, nullptr);
}

}  // namespace sockdesk::platform
