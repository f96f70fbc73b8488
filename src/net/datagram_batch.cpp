#include "net/datagram_batch.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>

#include "net/socket_address.hpp"

namespace sockdesk::net {

DatagramBatch::DatagramBatch()
    : memory_(std::make_unique_for_overwrite<std::uint8_t[]>(max_datagrams * buffer_stride)) {
    for (std::size_t i = 0; i < max_datagrams; ++i) {
        Slot& slot = slots_[i];
        slot.buffer = {memory_.get() + i * buffer_stride, buffer_bytes};
        msghdr& header = headers_[i].msg_hdr;
        header.msg_name = &slot.remote;
        header.msg_iov = &slot.buffer;
        header.msg_iovlen = 1;
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
    datagram.remote = remote_of(header, slot.remote);
    datagram.payload = {static_cast<const std::uint8_t*>(slot.buffer.iov_base), header.msg_len};

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

DatagramsToSend::DatagramsToSend() {
    for (std::size_t i = 0; i < max_datagrams; ++i) {
        msghdr& header = headers_[i].msg_hdr;
        header.msg_name = &remote_.storage;
        header.msg_iov = &buffers_[i];
        header.msg_iovlen = 1;
    }
}

void DatagramsToSend::begin(const SocketAddress& remote) {
    remote_ = remote;
    count_ = 0;
    bytes_ = 0;
}

bool DatagramsToSend::add(ByteView payload) {
    if (count_ == max_datagrams || (count_ != 0 && bytes_ + payload.size() > max_bytes)) {
        return false;
    }
    // sendmmsg(2) only reads what it is given, though its types do not say so.
    buffers_[count_] = {const_cast<std::uint8_t*>(payload.data()), payload.size()};
    headers_[count_].msg_hdr.msg_namelen = remote_.length;
    ++count_;
    bytes_ += payload.size();
    return true;
}

std::size_t DatagramsToSend::send(int fd) {
    while (true) {
        const int taken =
            ::sendmmsg(fd, headers_.data(), static_cast<unsigned>(count_), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (taken >= 0) {
            return static_cast<std::size_t>(taken);
        }
        if (errno != EINTR) {
            return 0;
        }
    }
}

const Endpoint& DatagramBatch::remote_of(const mmsghdr& header, const sockaddr_in6& address) {
    const std::size_t size = std::min<std::size_t>(header.msg_hdr.msg_namelen, sizeof address);
    if (size != last_address_size_ || std::memcmp(&address, &last_address_, size) != 0) {
        last_remote_ = from_socket_address(reinterpret_cast<const sockaddr*>(&address));
        std::memcpy(&last_address_, &address, size);
        last_address_size_ = size;
    }
    return last_remote_;
}

}  // namespace sockdesk::net
