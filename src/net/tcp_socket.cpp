#include "net/tcp_socket.hpp"

#include <cerrno>

#include "net/socket_address.hpp"
#include "net/system_failure.hpp"

namespace sockdesk::net {

Result<UniqueFd> open_tcp_socket(const Endpoint& local, bool reuse_address) {
    const int family = address_family(local.address);
    UniqueFd fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) {
        return tl::unexpected(system_failure("open a TCP socket", errno));
    }
    const int on = 1;
    const int off = 0;
    if (reuse_address) {
        ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    }
    if (family == AF_INET6) {
        // `::` is every address of this machine, IPv4's too, whatever the system's default is.
        ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    }
    const SocketAddress address = to_socket_address(local, family);
    if (::bind(fd.get(), address.get(), address.length) != 0) {
        return tl::unexpected(bind_failure(SocketKind::tcp, local, errno));
    }
    return fd;
}

}  // namespace sockdesk::net
