#include "cli/interrupts.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <system_error>

#include <sys/eventfd.h>
#include <unistd.h>

namespace sockdesk::cli {

namespace {

// A handler can reach nothing but globals, and only those that no lock guards.
std::atomic<int> signal_fd{-1};
std::atomic<std::int64_t> first_signal_ms{0};  ///< steady time; 0: none yet

static_assert(std::atomic<int>::is_always_lock_free && std::atomic<std::int64_t>::is_always_lock_free);

std::int64_t now_ms() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000 + 1;
}

void on_signal(int) {
    const int saved_errno = errno;
    const std::int64_t now = now_ms();
    std::int64_t first = 0;
    if (!first_signal_ms.compare_exchange_strong(first, now) && now - first >= Interrupts::patience_ms)
        _exit(130);
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(signal_fd.load(), &one, sizeof one);
    errno = saved_errno;
}

}  // namespace

Interrupts::Interrupts() {
    const int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (fd < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
    signal_fd.store(fd);

    struct sigaction action {};
    action.sa_handler = on_signal;
    sigemptyset(&action.sa_mask);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        struct sigaction previous {};
        sigaction(number, nullptr, &previous);
        const bool ignored = (previous.sa_flags & SA_SIGINFO) == 0 && previous.sa_handler == SIG_IGN;
        if (!ignored) sigaction(number, &action, nullptr);
    }
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, nullptr);
}

Interrupts::~Interrupts() { close(signal_fd.exchange(-1)); }

int Interrupts::fd() const { return signal_fd.load(); }

bool Interrupts::requested() const { return first_signal_ms.load() != 0; }

}  // namespace sockdesk::cli
