// IP packets around payloads: written for the capture, with right lengths and checksums, and read back.
//
// What the sockets' own addresses have and an IP header has not is kept in fields that mean nothing in a
// synthesised packet: IPv4 identification (RFC 6864: arbitrary in an atomic datagram) and IPv6 flow label
// (RFC 6437).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "base/endpoint.hpp"
#include "capture/record.hpp"

namespace sockdesk::capture {

inline constexpr std::size_t ipv4_header_size = 20;
inline constexpr std::size_t ipv6_header_size = 40;
inline constexpr std::size_t udp_header_size = 8;
inline constexpr std::size_t tcp_header_size = 20;
/// What the TCP header of a SYN has beyond that: maximum segment size and window scale.
inline constexpr std::size_t tcp_syn_options_size = 8;

/// The most that one packet carries: the length fields have 16 bits (RFC 791 section 3.1, RFC 8200 section
/// 3).
inline constexpr std::size_t max_udp_payload_v4 = 65'535 - ipv4_header_size - udp_header_size;
inline constexpr std::size_t max_udp_payload_v6 = 65'535 - udp_header_size;
inline constexpr std::size_t max_tcp_payload = 65'535 - ipv4_header_size - tcp_header_size;

/// The two ends of a packet, of one family. Kept by reference: it lives for one call.
struct PacketEnds {
    const Endpoint& source;
    const Endpoint& destination;

    bool is_v4() const { return destination.address.is_v4(); }
    std::size_t ip_header_size() const { return is_v4() ? ipv4_header_size : ipv6_header_size; }
};

/// RFC 9293 section 3.1
struct TcpFields {
    static constexpr std::uint8_t fin = 0x01;
    static constexpr std::uint8_t syn = 0x02;
    static constexpr std::uint8_t rst = 0x04;
    static constexpr std::uint8_t psh = 0x08;
    static constexpr std::uint8_t ack = 0x10;

    std::uint32_t sequence = 0;
    std::uint32_t acknowledgement = 0;
    std::uint8_t flags = 0;
    /// Bits 32 and up of the stream's offset: the sequence number holds only the lower ones. 16 bits are kept
    /// over IPv4, 8 over IPv6.
    std::uint32_t offset_high = 0;
};

/// Bytes that the packets below take.
std::size_t udp_packet_size(const PacketEnds& ends, std::size_t payload_size);
std::size_t tcp_packet_size(const PacketEnds& ends, std::uint8_t flags, std::size_t payload_size);

/// Writes a whole packet to `out`, which has room for it. The payload fits (see above).
void write_udp_packet(std::uint8_t* out, const PacketEnds& ends, ByteView payload);
void write_tcp_packet(std::uint8_t* out, const PacketEnds& ends, const TcpFields& fields, ByteView payload);

/// A packet taken apart. `payload` points into it.
struct IpPacket {
    Transport transport = Transport::udp;
    Endpoint source;
    Endpoint destination;
    ByteView payload;
    TcpFields tcp;  ///< transport == tcp
};

/// Whose packet it is: only in ours do the borrowed fields mean something.
enum class PacketOrigin : std::uint8_t { ours, foreign };

/// None: not a whole UDP or TCP packet (a fragment, another protocol, lengths that contradict each other).
/// Reads nothing beyond `packet`. Checksums are not looked at; a packet that was captured in part has as much
/// payload as was captured.
std::optional<IpPacket> parse_ip_packet(ByteView packet, PacketOrigin origin);

/// The sum of RFC 1071 over `bytes` in this machine's order, not folded; sums of pieces of even length can be
/// added.
std::uint64_t checksum_sum(const std::uint8_t* bytes, std::size_t size);

/// Copies and sums in one go; only sums what lies in its place already.
std::uint64_t copy_and_sum(std::uint8_t* to, const std::uint8_t* from, std::size_t size);

/// The checksum as it stands in a header, in memory order.
std::uint16_t fold_checksum(std::uint64_t sum);

}  // namespace sockdesk::capture
