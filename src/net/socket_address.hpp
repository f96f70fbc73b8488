// Endpoints to and from the system's socket addresses.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/endpoint.hpp"

namespace sockdesk::net {

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t length = 0;

    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
    sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

/// As `family` (AF_INET or AF_INET6) needs it: an IPv4 address becomes IPv4-mapped (RFC 4291 section 2.5.5.2)
/// for an IPv6 socket.
SocketAddress to_socket_address(const Endpoint& endpoint, int family);
SocketAddress to_socket_address(const Endpoint& endpoint);

/// IPv4-mapped addresses come back as IPv4. An unknown family gives 0.0.0.0:0.
Endpoint from_socket_address(const sockaddr* address);

inline int address_family(const IpAddress& address) { return address.is_v4() ? AF_INET : AF_INET6; }

/// The endpoint that `fd` is bound to, or connected to.
Endpoint local_endpoint(int fd);
Endpoint remote_endpoint(int fd);

}  // namespace sockdesk::net
