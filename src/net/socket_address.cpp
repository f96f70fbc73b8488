#include "net/socket_address.hpp"

#include <algorithm>
#include <cstring>

namespace sockdesk::net {

namespace {

constexpr std::array<std::uint8_t, 12> v4_mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

}  // namespace

SocketAddress to_socket_address(const Endpoint& endpoint, int family) {
    SocketAddress result;
    const auto& octets = endpoint.address.octets();
    if (family == AF_INET) {
        sockaddr_in in{};
        in.sin_family = AF_INET;
        in.sin_port = htons(endpoint.port);
        std::memcpy(&in.sin_addr, octets.data(), 4);
        std::memcpy(&result.storage, &in, sizeof in);
        result.length = sizeof in;
        return result;
    }
    sockaddr_in6 in6{};
    in6.sin6_family = AF_INET6;
    in6.sin6_port = htons(endpoint.port);
    if (endpoint.address.is_v4()) {
        // The unspecified address has no mapped form that could be bound; every address of both families is
        // `::`.
        if (!endpoint.address.is_unspecified()) {
            std::memcpy(in6.sin6_addr.s6_addr, v4_mapped_prefix.data(), v4_mapped_prefix.size());
            std::memcpy(in6.sin6_addr.s6_addr + v4_mapped_prefix.size(), octets.data(), 4);
        }
    } else {
        std::memcpy(in6.sin6_addr.s6_addr, octets.data(), 16);
        in6.sin6_scope_id = endpoint.address.scope_id();
    }
    std::memcpy(&result.storage, &in6, sizeof in6);
    result.length = sizeof in6;
    return result;
}

SocketAddress to_socket_address(const Endpoint& endpoint) {
    return to_socket_address(endpoint, address_family(endpoint.address));
}

Endpoint from_socket_address(const sockaddr* address) {
    if (address->sa_family == AF_INET) {
        sockaddr_in in{};
        std::memcpy(&in, address, sizeof in);
        std::array<std::uint8_t, 4> octets{};
        std::memcpy(octets.data(), &in.sin_addr, octets.size());
        return {IpAddress::v4(octets), ntohs(in.sin_port)};
    }
    if (address->sa_family == AF_INET6) {
        sockaddr_in6 in6{};
        std::memcpy(&in6, address, sizeof in6);
        const std::uint8_t* bytes = in6.sin6_addr.s6_addr;
        if (std::equal(v4_mapped_prefix.begin(), v4_mapped_prefix.end(), bytes)) {
            std::array<std::uint8_t, 4> octets{};
            std::memcpy(octets.data(), bytes + v4_mapped_prefix.size(), octets.size());
            return {IpAddress::v4(octets), ntohs(in6.sin6_port)};
        }
        std::array<std::uint8_t, 16> octets{};
        std::memcpy(octets.data(), bytes, octets.size());
        return {IpAddress::v6(octets, in6.sin6_scope_id), ntohs(in6.sin6_port)};
    }
    return {};
}

Endpoint local_endpoint(int fd) {
    SocketAddress address;
    address.length = sizeof address.storage;
    ::getsockname(fd, address.get(), &address.length);
    return from_socket_address(address.get());
}

Endpoint remote_endpoint(int fd) {
    SocketAddress address;
    address.length = sizeof address.storage;
    ::getpeername(fd, address.get(), &address.length);
    return from_socket_address(address.get());
}

}  // namespace sockdesk::net
