// Sends numbered datagrams to one UDP port as fast as the kernel takes them, and prints what that was.
//
//   flood_sender HOST PORT COUNT SIZE
//
// Each datagram begins with its number, 8 bytes in network order, as far as SIZE has room. Blocking sends: the only thing
// that holds the sender back is its own send buffer.
#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace {

constexpr unsigned batch = 64;

[[noreturn]] void fail(const char* what) {
    std::fprintf(stderr, "flood_sender: %s: %s\n", what, std::strerror(errno));
    std::exit(1);
}

int connected_socket(const char* host, const char* port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_DGRAM;
    addrinfo* found = nullptr;
    if (const int error = ::getaddrinfo(host, port, &hints, &found); error != 0) {
        std::fprintf(stderr, "flood_sender: %s: %s\n", host, ::gai_strerror(error));
        std::exit(1);
    }
    const int fd = ::socket(found->ai_family, SOCK_DGRAM, 0);
    if (fd < 0 || ::connect(fd, found->ai_addr, found->ai_addrlen) != 0) fail("connect");
    ::freeaddrinfo(found);
    return fd;
}

void write_number(std::vector<char>& datagram, std::uint64_t number) {
    std::array<char, 8> bytes;
    for (int i = 7; i >= 0; --i, number >>= 8)
        bytes[static_cast<std::size_t>(i)] = static_cast<char>(number & 0xFF);
    std::copy_n(bytes.begin(), std::min(bytes.size(), datagram.size()), datagram.begin());
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5) {
        std::fprintf(stderr, "usage: flood_sender HOST PORT COUNT SIZE\n");
        return 2;
    }
    const std::uint64_t count = std::strtoull(argv[3], nullptr, 10);
    const std::size_t size = std::strtoull(argv[4], nullptr, 10);
    const int fd = connected_socket(argv[1], argv[2]);

    std::vector<std::vector<char>> datagrams(batch, std::vector<char>(size, 'Z'));
    std::array<iovec, batch> vectors{};
    std::array<mmsghdr, batch> messages{};
    for (unsigned i = 0; i < batch; ++i) {
        vectors[i] = {datagrams[i].data(), size};
        messages[i].msg_hdr.msg_iov = &vectors[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }

    std::uint64_t sent = 0;
    std::uint64_t refused = 0;
    const auto start = std::chrono::steady_clock::now();
    while (sent < count) {
        const auto now = static_cast<unsigned>(std::min<std::uint64_t>(batch, count - sent));
        for (unsigned i = 0; i < now; ++i) write_number(datagrams[i], sent + i);
        const int taken = ::sendmmsg(fd, messages.data(), now, 0);
        if (taken > 0) {
            sent += static_cast<unsigned>(taken);
        } else if (errno == ECONNREFUSED) {
            ++refused;  // told of an earlier datagram; this one has not been sent yet
        } else if (errno != EINTR && errno != ENOBUFS) {
            fail("sendmmsg");
        }
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    ::close(fd);
    std::printf("{\"sent\":%llu,\"refused\":%llu,\"seconds\":%.6f,\"per_second\":%.0f}\n",
                static_cast<unsigned long long>(sent), static_cast<unsigned long long>(refused), took.count(),
                static_cast<double>(sent) / took.count());
}
