#include "cli/interrupts.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <system_error>

#include <sys/eventfd.h>
#include <unistd.h>

namespace sockdesk::cli {

namespace {

constexpr std::array caught = {SIGINT, SIGTERM, SIGHUP};

// A handler can reach nothing but globals.
std::atomic<int> signal_count{0};
std::atomic<int> signal_fd{-1};
std::array<struct sigaction, caught.size()> previous_actions;
struct sigaction previous_pipe_action;

static_assert(std::atomic<int>::is_always_lock_free, "signal handlers may only touch lock-free atomics");

void on_signal(int) {
    const int saved_errno = errno;
    signal_count.fetch_add(1);
    const std::uint64_t one = 1;
    // If the counter is full the descriptor is readable anyway.
    [[maybe_unused]] const ssize_t written = write(signal_fd.load(), &one, sizeof one);
    errno = saved_errno;
}

}  // namespace

Interrupts::Interrupts() {
    const int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (fd < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
    signal_count.store(0);
    signal_fd.store(fd);

    struct sigaction action {};
    action.sa_handler = on_signal;
    sigemptyset(&action.sa_mask);
    action.sa_flags = 0;  // no SA_RESTART: a write to a pipe that nobody reads must give way
    for (std::size_t i = 0; i < caught.size(); ++i) {
        sigaction(caught[i], nullptr, &previous_actions[i]);
        const bool ignored = (previous_actions[i].sa_flags & SA_SIGINFO) == 0 && previous_actions[i].sa_handler == SIG_IGN;
        if (!ignored) sigaction(caught[i], &action, nullptr);
    }
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, &previous_pipe_action);
}

Interrupts::~Interrupts() {
    for (std::size_t i = 0; i < caught.size(); ++i) sigaction(caught[i], &previous_actions[i], nullptr);
    sigaction(SIGPIPE, &previous_pipe_action, nullptr);
    close(signal_fd.exchange(-1));
}

int Interrupts::fd() const { return signal_fd.load(); }

int Interrupts::count() const { return signal_count.load(); }

}  // namespace sockdesk::cli
