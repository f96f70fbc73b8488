#include "cli/demo_peers.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sockdesk::cli {

namespace {

[[noreturn]] void refuse(const char* attempted) {
    throw std::system_error(errno, std::generic_category(), attempted);
}

sockaddr_in address_of(const Endpoint& endpoint) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(endpoint.port);
    std::memcpy(&address.sin_addr, endpoint.address.octets().data(), sizeof address.sin_addr);
    return address;
}

const sockaddr* generic(const sockaddr_in& address) { return reinterpret_cast<const sockaddr*>(&address); }

}  // namespace

DemoPeer::DemoPeer(int type) : fd_(socket(AF_INET, type | SOCK_CLOEXEC, 0)) {
    if (fd_ < 0) refuse("socket");
    const timeval patience{patience_s, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

DemoPeer::DemoPeer(DemoPeer&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

DemoPeer::~DemoPeer() { close(); }

DemoPeer DemoPeer::udp() {
    DemoPeer peer(SOCK_DGRAM);
    const sockaddr_in address = address_of({IpAddress::v4({127, 0, 0, 1}), 0});
    if (bind(peer.fd_, generic(address), sizeof address) != 0) refuse("bind 127.0.0.1:0");
    return peer;
}

DemoPeer DemoPeer::tcp_client(const Endpoint& server) {
    DemoPeer peer(SOCK_STREAM);
    const sockaddr_in address = address_of(server);
    if (connect(peer.fd_, generic(address), sizeof address) != 0) refuse("connect");
    return peer;
}

Endpoint DemoPeer::local() const {
    sockaddr_in address{};
    socklen_t length = sizeof address;
    if (getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &length) != 0) refuse("getsockname");
    std::array<std::uint8_t, 4> octets{};
    std::memcpy(octets.data(), &address.sin_addr, octets.size());
    return {IpAddress::v4(octets), ntohs(address.sin_port)};
}

void DemoPeer::send_to(const Endpoint& remote, ByteView payload) const {
    const sockaddr_in address = address_of(remote);
    if (sendto(fd_, payload.data(), payload.size(), 0, generic(address), sizeof address) < 0)
        refuse("sendto");
}

void DemoPeer::send(ByteView payload) const {
    if (::send(fd_, payload.data(), payload.size(), MSG_NOSIGNAL) < 0) refuse("send");
}

std::optional<std::string> DemoPeer::receive() const {
    std::array<char, 2048> bytes;
    const ssize_t count = recv(fd_, bytes.data(), bytes.size(), 0);
    if (count < 0) return std::nullopt;
    return std::string(bytes.data(), static_cast<std::size_t>(count));
}

void DemoPeer::close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

void DemoPeer::reset() {
    const linger abort_it{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &abort_it, sizeof abort_it);
    close();
}

}  // namespace sockdesk::cli
