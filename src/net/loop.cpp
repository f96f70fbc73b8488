#include "net/loop.hpp"

#include <pthread.h>
#include <uv.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace sockdesk::net {

struct Loop::State {
    uv_loop_t loop{};
    uv_async_t wake{};
    std::thread thread;

    std::mutex mutex;
    std::vector<std::function<void()>> posted;
    bool stopping = false;

    void run_posted() {
        // Swapped whole: a task that posts again is served at the next wake-up, so posting cannot starve the
        // sockets.
        std::vector<std::function<void()>> tasks;
        bool stop = false;
        {
            const std::lock_guard lock(mutex);
            tasks.swap(posted);
            stop = stopping;
        }
        for (const auto& task : tasks) {
            task();
        }
        if (stop) {
            uv_close(reinterpret_cast<uv_handle_t*>(&wake), nullptr);
        }
    }
};

Loop::Loop() : state_(std::make_unique<State>()) {
    int status = uv_loop_init(&state_->loop);
    if (status == 0) {
        status = uv_async_init(&state_->loop, &state_->wake,
                               [](uv_async_t* async) { static_cast<State*>(async->data)->run_posted(); });
    }
    if (status != 0) {
        throw std::system_error(-status, std::generic_category(), "start the loop thread");
    }
    state_->wake.data = state_.get();
    state_->thread = std::thread([state = state_.get()] {
        pthread_setname_np(pthread_self(), "sockdesk-loop");
        // libuv writes with write(2), which knows no MSG_NOSIGNAL: a peer that is gone is an error, not the end.
        sigset_t pipe;
        sigemptyset(&pipe);
        sigaddset(&pipe, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
        uv_run(&state->loop, UV_RUN_DEFAULT);
        uv_loop_close(&state->loop);
    });
}

Loop::~Loop() {
    {
        const std::lock_guard lock(state_->mutex);
        state_->stopping = true;
        uv_async_send(&state_->wake);
    }
    state_->thread.join();
}

void Loop::post(std::function<void()> task) {
    const std::lock_guard lock(state_->mutex);
    if (state_->stopping) {
        return;
    }
    state_->posted.push_back(std::move(task));
    // Under the lock, because the handle is closed by the loop once `stopping` is set.
    uv_async_send(&state_->wake);
}

void Loop::require_loop_thread() const {
    if (std::this_thread::get_id() != state_->thread.get_id()) {
        std::fputs("sockdesk: used from outside the loop thread\n", stderr);
        std::abort();
    }
}

uv_loop_s* Loop::uv() const { return &state_->loop; }

}  // namespace sockdesk::net
