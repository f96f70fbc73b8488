#include "net/udp_descriptor.hpp"

#include <linux/errqueue.h>
#include <linux/sock_diag.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "net/socket_address.hpp"
#include "net/system_failure.hpp"

namespace sockdesk::net {

namespace {

void set_option(int fd, int level, int name, int value) {
    ::setsockopt(fd, level, name, &value, sizeof value);
}

template <typename Info>
void put_control(msghdr& message, int level, int type, const Info& info) {
    cmsghdr* item = CMSG_FIRSTHDR(&message);
    item->cmsg_level = level;
    item->cmsg_type = type;
    item->cmsg_len = CMSG_LEN(sizeof info);
    std::memcpy(CMSG_DATA(item), &info, sizeof info);
    message.msg_controllen = CMSG_SPACE(sizeof info);
}

}  // namespace

Result<UniqueFd> open_udp_descriptor(int family, bool wildcard, std::size_t receive_buffer_bytes) {
    UniqueFd fd(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) {
        return tl::unexpected(system_failure("open a UDP socket", errno));
    }
    const bool v6 = family == AF_INET6;
    set_option(fd.get(), SOL_SOCKET, SO_BROADCAST, 1);
    set_option(fd.get(), SOL_SOCKET, SO_TIMESTAMPNS, 1);
    // What a flood can pile up while the loop thread does something else. The kernel grants as much as
    // net.core.rmem_max allows, or all of it to a privileged process.
    const int size = static_cast<int>(receive_buffer_bytes);
    if (::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) != 0) {
        ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    }
    // An IPv6 socket may carry IPv4 as well, and then IPv4's options count for that part.
    set_option(fd.get(), IPPROTO_IP, IP_RECVERR, 1);
    if (v6) {
        set_option(fd.get(), IPPROTO_IPV6, IPV6_RECVERR, 1);
        set_option(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 0);
    }
    if (wildcard) {
        set_option(fd.get(), IPPROTO_IP, IP_PKTINFO, 1);
        if (v6) {
            set_option(fd.get(), IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
        }
    }
    return fd;
}

int send_datagram(int fd, int family, const Endpoint& remote, ByteView payload,
                  const std::optional<IpAddress>& source) {
    SocketAddress address = to_socket_address(remote, family);
    // sendmsg(2) only reads what it is given, though its types do not say so.
    iovec part{const_cast<std::uint8_t*>(payload.data()), payload.size()};
    msghdr message{};
    message.msg_name = address.get();
    message.msg_namelen = address.length;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    alignas(cmsghdr) std::array<std::uint8_t, CMSG_SPACE(sizeof(in6_pktinfo))> control{};
    if (source) {
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        const SocketAddress from = to_socket_address({*source, 0}, family);
        if (family == AF_INET) {
            in_pktinfo info{};
            info.ipi_spec_dst = reinterpret_cast<const sockaddr_in*>(&from.storage)->sin_addr;
            put_control(message, IPPROTO_IP, IP_PKTINFO, info);
        } else {
            in6_pktinfo info{};
            info.ipi6_addr = reinterpret_cast<const sockaddr_in6*>(&from.storage)->sin6_addr;
            put_control(message, IPPROTO_IPV6, IPV6_PKTINFO, info);
        }
    }
    while (::sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
        if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

std::optional<ReturnedDatagram> take_returned_datagram(int fd) {
    std::array<std::uint8_t, 64> beginning{};
    alignas(cmsghdr) std::array<std::uint8_t, 512> control{};
    iovec part{beginning.data(), beginning.size()};
    SocketAddress remote;
    msghdr message{};
    message.msg_name = remote.get();
    message.msg_namelen = sizeof remote.storage;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    while (::recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) {
        if (errno != EINTR) {
            return std::nullopt;
        }
    }
    ReturnedDatagram returned;
    returned.remote = from_socket_address(remote.get());
    for (cmsghdr* item = CMSG_FIRSTHDR(&message); item != nullptr; item = CMSG_NXTHDR(&message, item)) {
        const bool v4 = item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_RECVERR;
        const bool v6 = item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_RECVERR;
        if (v4 || v6) {
            sock_extended_err error{};
            std::memcpy(&error, CMSG_DATA(item), sizeof error);
            returned.error_number = static_cast<int>(error.ee_errno);
            returned.refused_here = error.ee_origin == SO_EE_ORIGIN_LOCAL;
        }
    }
    return returned;
}

std::optional<std::uint32_t> dropped_datagrams(int fd) {
    std::array<std::uint32_t, SK_MEMINFO_VARS> info{};
    socklen_t length = sizeof info;
    if (::getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info.data(), &length) != 0) {
        return std::nullopt;
    }
    return info[SK_MEMINFO_DROPS];
}

}  // namespace sockdesk::net
