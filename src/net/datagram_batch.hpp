// Many datagrams with one system call (recvmmsg(2)), with the ancillary data that the log wants.
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

namespace sockdesk::net {

/// Buffers for one batch. Most datagrams fit the small slots, which lie close together and stay in the cache;
/// the rest of a larger one goes on in a slot of 64 KiB, and is joined there.
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
    static constexpr std::size_t small_slot_bytes = 2048;
    static constexpr std::size_t large_slot_bytes = 65'536;
    static constexpr std::size_t control_bytes = 128;

    struct Slot {
        sockaddr_in6 remote;  // the larger of the two families
        alignas(cmsghdr) std::array<std::uint8_t, control_bytes> control;
        std::array<iovec, 2> parts;
    };

    std::unique_ptr<std::uint8_t[]> small_;
    std::unique_ptr<std::uint8_t[]> large_;
    std::array<Slot, max_datagrams> slots_{};
    std::array<mmsghdr, max_datagrams> headers_{};
};

}  // namespace sockdesk::net
