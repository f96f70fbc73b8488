// The system calls of a UDP socket, with the ancillary data and options that Linux offers for it (ip(7), ipv6(7), socket(7)).
// Private to this room.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "base/endpoint.hpp"
#include "base/result.hpp"
#include "net/unique_fd.hpp"

namespace sockdesk::net {

/// A datagram socket that may broadcast, has a receive buffer of the size asked for or what the kernel grants of it, and reports when each datagram
/// came (SO_TIMESTAMPNS), which ones came back (IP_RECVERR) and, if `wildcard`, to which address each was sent (IP_PKTINFO).
Result<UniqueFd> open_udp_descriptor(int family, bool wildcard, std::size_t receive_buffer_bytes);

/// As sendto(2), from `source` if given (only for a socket bound to every address). Returns 0 or the error number.
int send_datagram(int fd, int family, const Endpoint& remote, ByteView payload,
                  const std::optional<IpAddress>& source);

/// A datagram that an ICMP message said could not be delivered.
struct ReturnedDatagram {
    Endpoint remote;       ///< where it had been sent to
    int error_number = 0;  ///< what the ICMP message means
    /// Not ICMP: this machine refused it, and the call that sent it has said so already.
    bool refused_here = false;
};

/// The next one in the socket's error queue.
std::optional<ReturnedDatagram> take_returned_datagram(int fd);

/// How many datagrams the kernel has dropped for want of room in the receive buffer, modulo 2³² (SO_MEMINFO).
std::optional<std::uint32_t> dropped_datagrams(int fd);

}  // namespace sockdesk::net
