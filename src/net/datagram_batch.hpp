// Many datagrams with one system call: received (recvmmsg(2)) with the ancillary data that the log wants, and sent (sendmmsg(2)).
// Private to this room.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/endpoint.hpp"
#include "net/socket_address.hpp"

namespace sockdesk::net {

/// Buffers for one batch. One for each datagram, with room for the largest: what is not written to takes no memory and no place
/// in the cache, and the kernel is quicker with one buffer a datagram than with two.
class DatagramBatch {
public:
    static constexpr std::size_t max_datagrams = 64;

    struct Datagram {
        Endpoint remote;
        /// The address that it was sent to, where the socket reports it.
        std::optional<IpAddress> destination;
        std::optional<Timestamp> received_at;
        ByteView payload;
    };

    DatagramBatch();

    /// How many datagrams came, or -1 with errno, as recvmmsg(2).
    int receive(int fd);

    /// One of the datagrams of the last `receive`; the payload is valid until the next.
    Datagram operator[](std::size_t index);

private:
    static constexpr std::size_t buffer_bytes = 65'536;
    /// Not a power of two, so that the buffers' beginnings do not all fall into the same cache sets.
    static constexpr std::size_t buffer_stride = buffer_bytes + 192;
    static constexpr std::size_t control_bytes = 128;

    struct Slot {
        sockaddr_in6 remote;  // the larger of the two families
        alignas(cmsghdr) std::array<std::uint8_t, control_bytes> control;
        iovec buffer;
    };

    const Endpoint& remote_of(const mmsghdr& header, const sockaddr_in6& address);

    std::unique_ptr<std::uint8_t[]> memory_;
    std::array<Slot, max_datagrams> slots_{};
    std::array<mmsghdr, max_datagrams> headers_{};
    // Datagrams in a row mostly come from one peer.
    sockaddr_in6 last_address_{};
    std::size_t last_address_size_ = 0;
    Endpoint last_remote_;
};

/// Datagrams to one receiver. They are not copied: their bytes must stay until `send` has returned.
class DatagramsToSend {
public:
    static constexpr std::size_t max_datagrams = 64;

    DatagramsToSend();

    void begin(const SocketAddress& remote);
    /// False: there are enough for one call.
    bool add(ByteView payload);
    /// How many the kernel took, from the first on. It does not say what is wrong with the one behind.
    std::size_t send(int fd);

private:
    /// A log that is ready takes so many without fail.
    static constexpr std::size_t max_bytes = std::size_t{1} << 20;

    SocketAddress remote_;
    std::array<iovec, max_datagrams> buffers_{};
    std::array<mmsghdr, max_datagrams> headers_{};
    std::size_t count_ = 0;
    std::size_t bytes_ = 0;
};

}  // namespace sockdesk::net
