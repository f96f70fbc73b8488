// The least that a receiver can do: recvmmsg, count, forget. What it loses, no program that keeps anything can save
// without more buffer in the kernel; the yardstick for those which do.
//
//   bare_receiver HOST IDLE_MS [RECEIVE_BUFFER_BYTES [SWITCH...]]
//
// Prints its port, then, when nothing has come for IDLE_MS after the first datagram, what it received, what the kernel
// dropped, and the processor time that this took. The switches add, one at a time, what a receiver that tells more asks of
// the kernel, so that the price of each can be seen in the sender's rate as well as here:
//
//   timestamps   SO_TIMESTAMPNS, and control buffers to take them
//   pktinfo      IP_PKTINFO, the same
//   address      the sender's address
//   recverr      IP_RECVERR
//   drops        the drop counter asked for after each batch
//   epoll        waits with epoll, as an event loop does, instead of poll
//   block        waits in recvmmsg itself
//   nap=US       looks every so many microseconds, instead of being woken, while there is something each time
//   batch=N      datagrams a call (64)
//   copy         copies each payload into fresh memory, 8 MiB a piece
//   burn         a second thread, of lowest priority, that is always busy
#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string_view>
#include <thread>
#include <vector>

// <linux/sock_diag.h> clashes with nothing, but is not everywhere; its place of the drop counter is part of the kernel's ABI.
#ifndef SO_MEMINFO
#define SO_MEMINFO 55
#endif

namespace {

constexpr std::size_t largest_datagram = 65'536;
constexpr std::size_t drops_in_meminfo = 8;  // SK_MEMINFO_DROPS

struct Switches {
    bool timestamps = false, pktinfo = false, address = false, recverr = false, drops = false;
    bool epoll = false, block = false, copy = false, burn = false;
    unsigned batch = 64;
    long nap_us = 0;
};

[[noreturn]] void fail(const char* what) {
    std::fprintf(stderr, "bare_receiver: %s: %s\n", what, std::strerror(errno));
    std::exit(1);
}

Switches switches_in(int argc, char** argv) {
    Switches on;
    for (int i = 4; i < argc; ++i) {
        const std::string_view word = argv[i];
        if (word == "timestamps")
            on.timestamps = true;
        else if (word == "pktinfo")
            on.pktinfo = true;
        else if (word == "address")
            on.address = true;
        else if (word == "recverr")
            on.recverr = true;
        else if (word == "drops")
            on.drops = true;
        else if (word == "epoll")
            on.epoll = true;
        else if (word == "block")
            on.block = true;
        else if (word == "copy")
            on.copy = true;
        else if (word == "burn")
            on.burn = true;
        else if (word.starts_with("batch="))
            on.batch = static_cast<unsigned>(std::atoi(argv[i] + 6));
        else if (word.starts_with("nap="))
            on.nap_us = std::atol(argv[i] + 4);
        else {
            std::fprintf(stderr, "bare_receiver: what is %s?\n", argv[i]);
            std::exit(2);
        }
    }
    return on;
}

std::uint32_t dropped(int fd) {
    std::array<std::uint32_t, 9> values{};
    socklen_t length = sizeof values;
    if (::getsockopt(fd, SOL_SOCKET, SO_MEMINFO, values.data(), &length) != 0) fail("SO_MEMINFO");
    return values[drops_in_meminfo];
}

void set(int fd, int level, int name, int value, const char* what) {
    if (::setsockopt(fd, level, name, &value, sizeof value) != 0) fail(what);
}

double milliseconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fprintf(stderr, "usage: bare_receiver HOST IDLE_MS [RECEIVE_BUFFER_BYTES [SWITCH...]]\n");
        return 2;
    }
    const Switches on = switches_in(argc, argv);
    addrinfo hints{};
    hints.ai_socktype = SOCK_DGRAM;
    hints.ai_flags = AI_PASSIVE;
    addrinfo* found = nullptr;
    if (const int error = ::getaddrinfo(argv[1], "0", &hints, &found); error != 0) {
        std::fprintf(stderr, "bare_receiver: %s: %s\n", argv[1], ::gai_strerror(error));
        return 1;
    }
    const int fd = ::socket(found->ai_family, SOCK_DGRAM, 0);
    if (fd < 0) fail("socket");
    if (argc >= 4) set(fd, SOL_SOCKET, SO_RCVBUF, std::atoi(argv[3]), "SO_RCVBUF");
    if (on.timestamps) set(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1, "SO_TIMESTAMPNS");
    if (on.pktinfo) set(fd, IPPROTO_IP, IP_PKTINFO, 1, "IP_PKTINFO");
    if (on.recverr) set(fd, IPPROTO_IP, IP_RECVERR, 1, "IP_RECVERR");
    if (::bind(fd, found->ai_addr, found->ai_addrlen) != 0) fail("bind");
    ::freeaddrinfo(found);
    sockaddr_storage local{};
    socklen_t length = sizeof local;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&local), &length);
    const std::uint16_t port = local.ss_family == AF_INET6
                                   ? reinterpret_cast<sockaddr_in6*>(&local)->sin6_port
                                   : reinterpret_cast<sockaddr_in*>(&local)->sin_port;
    std::printf("%u\n", ntohs(port));
    std::fflush(stdout);

    std::vector<char> memory(on.batch * largest_datagram);
    std::vector<iovec> vectors(on.batch);
    std::vector<mmsghdr> messages(on.batch);
    std::vector<std::array<char, 128>> controls(on.batch);
    std::vector<sockaddr_storage> addresses(on.batch);
    for (unsigned i = 0; i < on.batch; ++i) {
        vectors[i] = {memory.data() + i * largest_datagram, largest_datagram};
        messages[i].msg_hdr.msg_iov = &vectors[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    std::vector<char> kept(on.copy ? std::size_t{512} << 20 : 0);
    std::size_t kept_bytes = 0;
    const int watcher = ::epoll_create1(0);
    epoll_event interest{EPOLLIN, {}};
    ::epoll_ctl(watcher, EPOLL_CTL_ADD, fd, &interest);
    if (on.burn) {
        std::thread([] {
            ::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), 19);
            for (volatile bool on_and_on = true; on_and_on;) continue;
        }).detach();
    }

    const int idle = std::atoi(argv[2]);
    if (on.block) {
        const timeval limit{idle / 1000, idle % 1000 * 1000};
        ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    }
    std::uint64_t received = 0, bytes = 0, calls = 0;
    std::chrono::steady_clock::time_point first, last;
    pollfd waiting{fd, POLLIN, 0};
    bool nap = false;
    while (true) {
        const int patience = received == 0 ? -1 : idle;
        if (on.block) {
            if (received == 0) ::poll(&waiting, 1, -1);
        } else if (nap) {
            const timespec time{0, on.nap_us * 1000};
            ::clock_nanosleep(CLOCK_MONOTONIC, 0, &time, nullptr);
        } else if (on.epoll) {
            epoll_event happened{};
            if (::epoll_wait(watcher, &happened, 1, patience) <= 0) break;
        } else if (::poll(&waiting, 1, patience) <= 0) {
            break;
        }
        if (on.timestamps || on.pktinfo || on.address) {
            for (unsigned i = 0; i < on.batch; ++i) {
                msghdr& header = messages[i].msg_hdr;
                if (on.timestamps || on.pktinfo) {
                    header.msg_control = controls[i].data();
                    header.msg_controllen = controls[i].size();
                }
                if (on.address) {
                    header.msg_name = &addresses[i];
                    header.msg_namelen = sizeof(sockaddr_in6);
                }
            }
        }
        const int got =
            ::recvmmsg(fd, messages.data(), on.batch, on.block ? MSG_WAITFORONE : MSG_DONTWAIT, nullptr);
        if (got <= 0) {
            if (on.block) break;
            nap = false;
            continue;
        }
        ++calls;
        // A full batch: there is more already.
        if (on.nap_us != 0) nap = true;
        last = std::chrono::steady_clock::now();
        if (received == 0) first = last;
        received += static_cast<unsigned>(got);
        for (unsigned i = 0; i < static_cast<unsigned>(got); ++i) {
            const unsigned size = messages[i].msg_len;
            bytes += size;
            if (on.copy) {
                if (kept_bytes + size > kept.size()) kept_bytes = 0;
                std::memcpy(kept.data() + kept_bytes, vectors[i].iov_base, size);
                kept_bytes += size;
            }
        }
        if (on.drops) dropped(fd);
        while (on.nap_us != 0 && got == static_cast<int>(on.batch)) {
            const int more = ::recvmmsg(fd, messages.data(), on.batch, MSG_DONTWAIT, nullptr);
            if (more <= 0) break;
            ++calls;
            last = std::chrono::steady_clock::now();
            received += static_cast<unsigned>(more);
            for (unsigned i = 0; i < static_cast<unsigned>(more); ++i) bytes += messages[i].msg_len;
            if (more < static_cast<int>(on.batch)) break;
        }
    }
    const std::chrono::duration<double> took = last - first;
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    std::printf(
        "{\"received\":%llu,\"bytes\":%llu,\"dropped\":%u,\"seconds\":%.6f,\"calls\":%llu,"
        "\"cpu\":{\"user_ms\":%.0f,\"system_ms\":%.0f,\"waits\":%ld}}\n",
        static_cast<unsigned long long>(received), static_cast<unsigned long long>(bytes), dropped(fd),
        took.count(), static_cast<unsigned long long>(calls), milliseconds(used.ru_utime),
        milliseconds(used.ru_stime), used.ru_nvcsw);
    std::fflush(stdout);
    std::_Exit(0);
}
