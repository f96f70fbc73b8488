// Capture files as other programs write them, made by hand from their specifications.
#pragma once

#include <cstring>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/endpoint.hpp"
#include "capture/byte_order.hpp"
#include "capture/ip_packet.hpp"

#include <gtest/gtest.h>

namespace sockdesk::archive {

using capture::FileOrder;

inline Endpoint endpoint(std::string_view address, std::uint16_t port) {
    const auto parsed = IpAddress::parse(address);
    EXPECT_TRUE(parsed) << address;
    return {parsed.value_or(IpAddress()), port};
}

inline std::string text(ByteView bytes) { return std::string(as_chars(bytes)); }

/// Bytes that grow, in one byte order.
class FileBytes {
public:
    explicit FileBytes(FileOrder order = FileOrder::native) : order_(order) {}

    template <typename Number>
    FileBytes& put(Number value) {
        if (order_ == FileOrder::swapped) {
            if constexpr (sizeof value > 1) value = capture::byte_swapped(value);
        }
        bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
        return *this;
    }
    FileBytes& u8(unsigned value) { return put(static_cast<std::uint8_t>(value)); }
    FileBytes& u16(unsigned value) { return put(static_cast<std::uint16_t>(value)); }
    FileBytes& u32(std::uint64_t value) { return put(static_cast<std::uint32_t>(value)); }
    FileBytes& u64(std::uint64_t value) { return put(value); }
    FileBytes& raw(std::string_view more) {
        bytes += more;
        return *this;
    }
    FileBytes& padded() {
        bytes.resize((bytes.size() + 3) & ~std::size_t{3});
        return *this;
    }

    // ---- pcap

    FileBytes& pcap_header(std::uint32_t magic, std::uint32_t link_type) {
        return u32(magic).u16(2).u16(4).u32(0).u32(0).u32(262'144).u32(link_type);
    }
    FileBytes& pcap_packet(std::uint32_t seconds, std::uint32_t fraction, std::string_view packet,
                           std::size_t original = 0) {
        return u32(seconds)
            .u32(fraction)
            .u32(packet.size())
            .u32(original != 0 ? original : packet.size())
            .raw(packet);
    }

    // ---- pcapng

    FileBytes& block(std::uint32_t type, std::string_view body) {
        const std::size_t size = 12 + body.size();
        return u32(type).u32(size).raw(body).u32(size);
    }
    FileBytes& section(std::string_view options = {}) {
        FileBytes body(order_);
        body.u32(0x1A2B3C4D).u16(1).u16(0).u64(~std::uint64_t{0}).raw(options);
        return block(0x0A0D0D0A, body.bytes);
    }
    FileBytes& interface(unsigned link_type, std::string_view options = {}, std::uint32_t snap = 0) {
        FileBytes body(order_);
        body.u16(link_type).u16(0).u32(snap).raw(options);
        return block(1, body.bytes);
    }
    FileBytes& enhanced(std::uint32_t interface, std::uint64_t time, std::string_view packet,
                        std::string_view options = {}, std::size_t original = 0) {
        FileBytes body(order_);
        body.u32(interface).u32(time >> 32U).u32(time).u32(packet.size());
        body.u32(original != 0 ? original : packet.size()).raw(packet).padded().raw(options);
        return block(6, body.bytes);
    }
    std::string option(unsigned code, std::string_view value) const {
        FileBytes result(order_);
        result.u16(code).u16(static_cast<unsigned>(value.size())).raw(value).padded();
        return result.bytes;
    }
    std::string flags(std::uint32_t value) const {
        FileBytes number(order_);
        number.u32(value);
        return option(2, number.bytes);
    }

    std::string bytes;

private:
    FileOrder order_;
};

inline std::string udp_packet(const Endpoint& from, const Endpoint& to, std::string_view payload) {
    const capture::PacketEnds ends{from, to};
    std::string packet(capture::udp_packet_size(ends, payload.size()), '\0');
    capture::write_udp_packet(reinterpret_cast<std::uint8_t*>(packet.data()), ends, as_bytes(payload));
    return packet;
}

inline std::string tcp_packet(const Endpoint& from, const Endpoint& to, std::uint8_t flags,
                              std::uint32_t sequence, std::string_view payload = {}) {
    const capture::PacketEnds ends{from, to};
    capture::TcpFields fields;
    fields.flags = flags;
    fields.sequence = sequence;
    std::string packet(capture::tcp_packet_size(ends, flags, payload.size()), '\0');
    capture::write_tcp_packet(reinterpret_cast<std::uint8_t*>(packet.data()), ends, fields,
                              as_bytes(payload));
    return packet;
}

inline std::string ethernet(std::string_view ip, std::string_view tags = {}) {
    const bool v4 = (static_cast<unsigned char>(ip[0]) >> 4U) == 4;
    return "\x01\x02\x03\x04\x05\x06\x11\x12\x13\x14\x15\x16" + std::string(tags) +
           (v4 ? std::string("\x08\x00", 2) : std::string("\x86\xDD", 2)) + std::string(ip);
}

}  // namespace sockdesk::archive
