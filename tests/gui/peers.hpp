// The other end of the sockets under test: plain POSIX, on loopback, on ports that the system picks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sockdesk::gui_tests {

class Socket {
public:
    explicit Socket(int fd = -1) : fd_(fd) {}
    ~Socket() { close(); }
    Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Socket& operator=(Socket&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }

    static Socket make(int type) { return Socket(::socket(AF_INET, type, 0)); }
    static sockaddr_in loopback(std::uint16_t port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return address;
    }

    bool bind(std::uint16_t port = 0) const {
        const sockaddr_in address = loopback(port);
        return ::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    }
    bool connect(std::uint16_t port) const {
        const sockaddr_in address = loopback(port);
        return ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    }
    bool listen() const { return ::listen(fd_, 8) == 0; }
    Socket accept() const { return Socket(::accept(fd_, nullptr, nullptr)); }
    std::uint16_t port() const {
        sockaddr_in address{};
        socklen_t size = sizeof address;
        ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
        return ntohs(address.sin_port);
    }

    void send_to(std::uint16_t port, std::string_view bytes) const {
        const sockaddr_in address = loopback(port);
        ::sendto(fd_, bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&address),
                 sizeof address);
    }
    void send(std::string_view bytes) const { ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }
    /// Adds what has come to `into`; does not wait. True: the peer has closed.
    bool read(std::string& into) const {
        char buffer[4096];
        for (;;) {
            const ssize_t size = ::recv(fd_, buffer, sizeof buffer, MSG_DONTWAIT);
            if (size == 0) return true;
            if (size < 0) return false;
            into.append(buffer, static_cast<std::size_t>(size));
        }
    }
    void close() {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }

private:
    int fd_;
};

}  // namespace sockdesk::gui_tests
