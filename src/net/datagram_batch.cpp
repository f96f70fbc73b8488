#include "net/datagram_batch.hpp"

#include <algorithm>
#include <cstring>
#include <ctime>

#include "net/socket_address.hpp"

namespace sockdesk::net {

namespace {

// A large slot holds what the small one could not, behind room for the part in the small one to be joined to
// it. The stride is not a power of two, so that the slots do not all fall into the same cache sets.
constexpr std::size_t large_slot_stride(std::size_t small, std::size_t large) { return small + large + 192; }

}  // namespace

DatagramBatch::DatagramBatch()
    : small_(std::make_unique_for_overwrite<std::uint8_t[]>(max_datagrams * small_slot_bytes)),
      // Untouched until a large datagram comes, so it takes no memory before.
      large_(std::make_unique_for_overwrite<std::uint8_t[]>(
          max_datagrams * large_slot_stride(small_slot_bytes, large_slot_bytes))) {
    for (std::size_t i = 0; i < max_datagrams; ++i) {
        Slot& slot = slots_[i];
        std::uint8_t* large = large_.get() + i * large_slot_stride(small_slot_bytes, large_slot_bytes);
        slot.parts[0] = {small_.get() + i * small_slot_bytes, small_slot_bytes};
        slot.parts[1] = {large + small_slot_bytes, large_slot_bytes};
        msghdr& header = headers_[i].msg_hdr;
        header.msg_name = &slot.remote;
        header.msg_iov = slot.parts.data();
        header.msg_iovlen = slot.parts.size();
        header.msg_control = slot.control.data();
    }
}

int DatagramBatch::receive(int fd) {
    for (auto& header : headers_) {
        header.msg_hdr.msg_namelen = sizeof(sockaddr_in6);
        header.msg_hdr.msg_controllen = control_bytes;
    }
    return ::recvmmsg(fd, headers_.data(), max_datagrams, MSG_DONTWAIT, nullptr);
}

DatagramBatch::Datagram DatagramBatch::operator[](std::size_t index) {
    const Slot& slot = slots_[index];
    const mmsghdr& header = headers_[index];
    Datagram datagram;
    datagram.remote = from_socket_address(reinterpret_cast<const sockaddr*>(&slot.remote));

    const std::size_t size = header.msg_len;
    if (size <= small_slot_bytes) {
        datagram.payload = {static_cast<const std::uint8_t*>(slot.parts[0].iov_base), size};
    } else {
        auto* joined = static_cast<std::uint8_t*>(slot.parts[1].iov_base) - small_slot_bytes;
        std::memcpy(joined, slot.parts[0].iov_base, small_slot_bytes);
        datagram.payload = {joined, size};
    }

    auto* message = const_cast<msghdr*>(&header.msg_hdr);  // CMSG_NXTHDR wants it so; nothing is written
    for (cmsghdr* item = CMSG_FIRSTHDR(message); item != nullptr; item = CMSG_NXTHDR(message, item)) {
        if (item->cmsg_level == SOL_SOCKET && item->cmsg_type == SCM_TIMESTAMPNS) {
            timespec time{};
            std::memcpy(&time, CMSG_DATA(item), sizeof time);
            datagram.received_at =
                Timestamp(std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
        } else if (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_PKTINFO) {
            in_pktinfo info{};
            std::memcpy(&info, CMSG_DATA(item), sizeof info);
            std::array<std::uint8_t, 4> octets{};
            std::memcpy(octets.data(), &info.ipi_addr, octets.size());
            datagram.destination = IpAddress::v4(octets);
        } else if (item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_PKTINFO) {
            in6_pktinfo info{};
            std::memcpy(&info, CMSG_DATA(item), sizeof info);
            sockaddr_in6 address{};
            address.sin6_family = AF_INET6;
            address.sin6_addr = info.ipi6_addr;
            if (IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr)) {
                address.sin6_scope_id = info.ipi6_ifindex;
            }
            datagram.destination = from_socket_address(reinterpret_cast<const sockaddr*>(&address)).address;
        }
    }
    return datagram;
}

}  // namespace sockdesk::net
