// A thread that must never take the processor from the network: low priority, and no signals, which are the
// main thread's. (A file size limit then shows as a failed write instead of ending the process.)
#pragma once

#include <thread>
#include <utility>

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

namespace sockdesk::capture {

template <typename Function>
std::thread start_background_thread(const char* name, int niceness, Function function) {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    std::thread thread([name, niceness, function = std::move(function)]() mutable {
        pthread_setname_np(pthread_self(), name);
        // On Linux the priority belongs to the thread. Where it cannot be lowered, the work is done all the
        // same.
        setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), niceness);
        function();
    });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return thread;
}

}  // namespace sockdesk::capture
