// The least that a receiver can do: recvmmsg, count, forget. What it loses, no program that keeps anything can save
// without more buffer in the kernel; the yardstick for those which do.
//
//   bare_receiver HOST IDLE_MS [RECEIVE_BUFFER_BYTES]
//
// Prints its port, then, when nothing has come for IDLE_MS after the first datagram, what it received and what the kernel
// dropped.
#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

// <linux/sock_diag.h> clashes with nothing, but is not everywhere; its place of the drop counter is part of the kernel's ABI.
#ifndef SO_MEMINFO
#define SO_MEMINFO 55
#endif

namespace {

constexpr unsigned batch = 64;
constexpr std::size_t largest_datagram = 65'536;
constexpr std::size_t drops_in_meminfo = 8;  // SK_MEMINFO_DROPS

[[noreturn]] void fail(const char* what) {
    std::fprintf(stderr, "bare_receiver: %s: %s\n", what, std::strerror(errno));
    std::exit(1);
}

std::uint32_t dropped(int fd) {
    std::array<std::uint32_t, 9> values{};
    socklen_t length = sizeof values;
    if (::getsockopt(fd, SOL_SOCKET, SO_MEMINFO, values.data(), &length) != 0) fail("SO_MEMINFO");
    return values[drops_in_meminfo];
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3 && argc != 4) {
        std::fprintf(stderr, "usage: bare_receiver HOST IDLE_MS [RECEIVE_BUFFER_BYTES]\n");
        return 2;
    }
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
    if (argc == 4) {
        const int buffer = std::atoi(argv[3]);
        if (::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer) != 0) fail("SO_RCVBUF");
    }
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

    std::vector<char> memory(batch * largest_datagram);
    std::array<iovec, batch> vectors{};
    std::array<mmsghdr, batch> messages{};
    for (unsigned i = 0; i < batch; ++i) {
        vectors[i] = {memory.data() + i * largest_datagram, largest_datagram};
        messages[i].msg_hdr.msg_iov = &vectors[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }

    const int idle = std::atoi(argv[2]);
    std::uint64_t received = 0;
    std::uint64_t bytes = 0;
    std::chrono::steady_clock::time_point first, last;
    pollfd waiting{fd, POLLIN, 0};
    while (::poll(&waiting, 1, received == 0 ? -1 : idle) > 0) {
        const int got = ::recvmmsg(fd, messages.data(), batch, MSG_DONTWAIT, nullptr);
        if (got <= 0) continue;
        last = std::chrono::steady_clock::now();
        if (received == 0) first = last;
        received += static_cast<unsigned>(got);
        for (int i = 0; i < got; ++i) bytes += messages[static_cast<std::size_t>(i)].msg_len;
    }
    const std::chrono::duration<double> took = last - first;
    std::printf("{\"received\":%llu,\"bytes\":%llu,\"dropped\":%u,\"seconds\":%.6f}\n",
                static_cast<unsigned long long>(received), static_cast<unsigned long long>(bytes),
                dropped(fd), took.count());
    ::close(fd);
}
