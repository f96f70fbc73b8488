#include "capture/ip_packet.hpp"

#include <algorithm>
#include <cstring>

#include "capture/byte_order.hpp"

namespace sockdesk::capture {

namespace {

constexpr std::uint8_t protocol_tcp = 6;
constexpr std::uint8_t protocol_udp = 17;
constexpr std::uint8_t hops = 64;

// IPv6 flow label, 20 bits: interface number of link-local addresses, then bits 32 to 39 of a stream's
// offset.
constexpr unsigned label_scope_shift = 8;
constexpr std::uint32_t label_scope_max = 0xFFF;
constexpr std::uint32_t label_offset_mask = 0xFF;

using Words = std::uint32_t __attribute__((vector_size(16)));

/// IPv4 (RFC 791 section 3.1) or IPv6 (RFC 8200 section 3) header. Answers the sum of the pseudo header.
std::uint64_t write_ip_header(std::uint8_t* out, const PacketEnds& ends, std::uint8_t protocol,
                              std::size_t body_size, std::uint32_t offset_high) {
    const auto& source = ends.source.address.octets();
    const auto& destination = ends.destination.address.octets();
    // Widths differ between the two pseudo headers (RFC 768, RFC 8200 section 8.1), their sum does not.
    const std::uint64_t rest = std::uint64_t{network_order(static_cast<std::uint16_t>(protocol))} +
                               network_order(static_cast<std::uint16_t>(body_size));
    if (ends.is_v4()) {
        constexpr std::uint16_t dont_fragment = 0x4000;
        out[0] = 0x45;
        out[1] = 0;
        store_network(out + 2, static_cast<std::uint16_t>(ipv4_header_size + body_size));
        store_network(out + 4, static_cast<std::uint16_t>(offset_high));
        store_network(out + 6, dont_fragment);
        out[8] = hops;
        out[9] = protocol;
        store_native(out + 10, std::uint16_t{0});
        std::memcpy(out + 12, source.data(), 4);
        std::memcpy(out + 16, destination.data(), 4);
        store_native(out + 10, fold_checksum(checksum_sum(out, ipv4_header_size)));
        return checksum_sum(out + 12, 8) + rest;
    }
    const std::uint32_t scope = std::max(ends.source.address.scope_id(), ends.destination.address.scope_id());
    std::uint32_t label = offset_high & label_offset_mask;
    if (scope <= label_scope_max) label |= scope << label_scope_shift;
    store_network(out, std::uint32_t{0x6000'0000} | label);
    store_network(out + 4, static_cast<std::uint16_t>(body_size));
    out[6] = protocol;
    out[7] = hops;
    std::memcpy(out + 8, source.data(), 16);
    std::memcpy(out + 24, destination.data(), 16);
    return checksum_sum(out + 8, 32) + rest;
}

struct IpHeader {
    std::uint8_t protocol = 0;
    IpAddress source;
    IpAddress destination;
    std::uint32_t offset_high = 0;
    ByteView body;
};

std::optional<IpHeader> parse_v4(ByteView packet, PacketOrigin origin) {
    if (packet.size() < ipv4_header_size) return std::nullopt;
    const std::uint8_t* bytes = packet.data();
    const std::size_t header_size = std::size_t{4} * (bytes[0] & 0x0FU);
    std::size_t total = load_network<std::uint16_t>(bytes + 2);
    if (total == 0) total = packet.size();  // captured before the network card cut it into segments
    if (header_size < ipv4_header_size || header_size > packet.size() || total < header_size)
        return std::nullopt;
    // Fragments (more to come, or not the first) have no whole payload.
    if ((load_network<std::uint16_t>(bytes + 6) & 0x3FFFU) != 0) return std::nullopt;
    IpHeader header;
    header.protocol = bytes[9];
    header.source = IpAddress::v4({bytes[12], bytes[13], bytes[14], bytes[15]});
    header.destination = IpAddress::v4({bytes[16], bytes[17], bytes[18], bytes[19]});
    if (origin == PacketOrigin::ours) header.offset_high = load_network<std::uint16_t>(bytes + 4);
    header.body = packet.subspan(header_size, std::min(packet.size(), total) - header_size);
    return header;
}

std::optional<IpHeader> parse_v6(ByteView packet, PacketOrigin origin) {
    if (packet.size() < ipv6_header_size) return std::nullopt;
    const std::uint8_t* bytes = packet.data();
    IpHeader header;
    std::uint32_t scope = 0;
    if (origin == PacketOrigin::ours) {
        const std::uint32_t label = load_network<std::uint32_t>(bytes) & 0xF'FFFFU;
        scope = label >> label_scope_shift;
        header.offset_high = label & label_offset_mask;
    }
    const auto address = [&](std::size_t at) {
        std::array<std::uint8_t, 16> octets{};
        std::memcpy(octets.data(), bytes + at, octets.size());
        return IpAddress::v6(octets, scope);
    };
    header.source = address(8);
    header.destination = address(24);
    header.protocol = bytes[6];
    header.body = packet.subspan(ipv6_header_size);
    const std::size_t length = load_network<std::uint16_t>(bytes + 4);
    if (length != 0) header.body = header.body.first(std::min(header.body.size(), length));

    // Extension headers of foreign packets (RFC 8200 section 4): hop-by-hop 0, routing 43, destination 60.
    while (header.protocol == 0 || header.protocol == 43 || header.protocol == 60) {
        if (header.body.size() < 8) return std::nullopt;
        const std::size_t size = std::size_t{8} * (header.body[1] + std::size_t{1});
        if (size > header.body.size()) return std::nullopt;
        header.protocol = header.body[0];
        header.body = header.body.subspan(size);
    }
    return header;
}

}  // namespace

std::uint64_t checksum_sum(const std::uint8_t* bytes, std::size_t size) {
    // One's complement addition does not care how the 16-bit words are grouped (RFC 1071 section 2). Long
    // runs go 32 bytes at a time into sums of 32 bits each, in vectors of GCC's and Clang's, as GCC 12 keeps
    // a plain loop's sums in memory (measured: 45 GB/s in cache, 11 for the loop).
    constexpr std::size_t step = 2 * sizeof(Words);
    constexpr std::size_t longest_run =
        step << 15U;  // of words that are all ones, the sums below hold twice as many
    constexpr Words low_half = {0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF};
    std::uint64_t sum = 0;
    while (size >= step) {
        Words low{};
        Words high{};
        const std::size_t run = std::min(size, longest_run) / step * step;
        for (std::size_t at = 0; at < run; at += step) {
            Words first;
            Words second;
            std::memcpy(&first, bytes + at, sizeof first);
            std::memcpy(&second, bytes + at + sizeof first, sizeof second);
            low += (first & low_half) + (second & low_half);
            high += (first >> 16) + (second >> 16);
        }
        bytes += run;
        size -= run;
        for (std::size_t i = 0; i < 4; ++i) sum += std::uint64_t{low[i]} + high[i];
    }
    for (; size >= 4; size -= 4, bytes += 4) sum += load_native<std::uint32_t>(bytes);
    if (size > 0) {
        std::uint32_t rest = 0;
        std::memcpy(&rest, bytes, size);
        sum += rest;
    }
    return sum;
}

std::uint64_t copy_and_sum(std::uint8_t* to, const std::uint8_t* from, std::size_t size) {
    // In steps that stay in the first-level cache between the copy and the sum.
    constexpr std::size_t step = 4096;
    std::uint64_t sum = 0;
    while (size > 0) {
        const std::size_t now = std::min(size, step);
        if (to != from) std::memcpy(to, from, now);
        sum += checksum_sum(from, now);
        to += now;
        from += now;
        size -= now;
    }
    return sum;
}

std::uint16_t fold_checksum(std::uint64_t sum) {
    sum = (sum & 0xFFFF'FFFFU) + (sum >> 32U);
    sum = (sum & 0xFFFF'FFFFU) + (sum >> 32U);
    sum = (sum & 0xFFFFU) + (sum >> 16U);
    sum = (sum & 0xFFFFU) + (sum >> 16U);
    return static_cast<std::uint16_t>(~sum);
}

std::size_t udp_packet_size(const PacketEnds& ends, std::size_t payload_size) {
    return ends.ip_header_size() + udp_header_size + payload_size;
}

std::size_t tcp_packet_size(const PacketEnds& ends, std::uint8_t flags, std::size_t payload_size) {
    const std::size_t options = (flags & TcpFields::syn) != 0 ? tcp_syn_options_size : 0;
    return ends.ip_header_size() + tcp_header_size + options + payload_size;
}

void write_udp_packet(std::uint8_t* out, const PacketEnds& ends, ByteView payload) {
    const std::size_t body_size = udp_header_size + payload.size();
    std::uint64_t sum = write_ip_header(out, ends, protocol_udp, body_size, 0);
    out += ends.ip_header_size();
    store_network(out, ends.source.port);
    store_network(out + 2, ends.destination.port);
    store_network(out + 4, static_cast<std::uint16_t>(body_size));
    store_native(out + 6, std::uint16_t{0});
    sum += checksum_sum(out, udp_header_size);
    sum += copy_and_sum(out + udp_header_size, payload.data(), payload.size());
    const std::uint16_t checksum = fold_checksum(sum);
    // 0 would mean that there is none (RFC 768).
    store_native(out + 6, checksum == 0 ? std::uint16_t{0xFFFF} : checksum);
}

void write_tcp_packet(std::uint8_t* out, const PacketEnds& ends, const TcpFields& fields, ByteView payload) {
    constexpr std::uint16_t window = 0xFFFF;
    const bool syn = (fields.flags & TcpFields::syn) != 0;
    const std::size_t header_size = tcp_header_size + (syn ? tcp_syn_options_size : 0);
    std::uint64_t sum =
        write_ip_header(out, ends, protocol_tcp, header_size + payload.size(), fields.offset_high);
    out += ends.ip_header_size();
    store_network(out, ends.source.port);
    store_network(out + 2, ends.destination.port);
    store_network(out + 4, fields.sequence);
    store_network(out + 8, fields.acknowledgement);
    out[12] = static_cast<std::uint8_t>(header_size / 4 << 4U);
    out[13] = fields.flags;
    store_network(out + 14, window);
    store_native(out + 16, std::uint32_t{0});
    if (syn) {
        // The largest window (RFC 7323 section 2.2) and segments as long as our pieces, so that nobody who
        // analyses the capture takes these for a peer that ignores the window.
        out[20] = 2;
        out[21] = 4;
        store_network(out + 22, static_cast<std::uint16_t>(max_tcp_payload));
        out[24] = 1;
        out[25] = 3;
        out[26] = 3;
        out[27] = 14;
    }
    sum += checksum_sum(out, header_size);
    sum += copy_and_sum(out + header_size, payload.data(), payload.size());
    store_native(out + 16, fold_checksum(sum));
}

std::optional<IpPacket> parse_ip_packet(ByteView packet, PacketOrigin origin) {
    if (packet.empty()) return std::nullopt;
    const unsigned version = packet[0] >> 4U;
    std::optional<IpHeader> ip;
    if (version == 4) ip = parse_v4(packet, origin);
    if (version == 6) ip = parse_v6(packet, origin);
    if (!ip) return std::nullopt;

    IpPacket result;
    const ByteView body = ip->body;
    if (ip->protocol == protocol_udp) {
        if (body.size() < udp_header_size) return std::nullopt;
        const std::size_t length = load_network<std::uint16_t>(body.data() + 4);
        if (length < udp_header_size) return std::nullopt;
        result.payload = body.subspan(udp_header_size, std::min(body.size(), length) - udp_header_size);
    } else if (ip->protocol == protocol_tcp) {
        if (body.size() < tcp_header_size) return std::nullopt;
        const std::size_t header_size = std::size_t{4} * (body[12] >> 4U);
        if (header_size < tcp_header_size || header_size > body.size()) return std::nullopt;
        result.transport = Transport::tcp;
        result.tcp.sequence = load_network<std::uint32_t>(body.data() + 4);
        result.tcp.acknowledgement = load_network<std::uint32_t>(body.data() + 8);
        result.tcp.flags = body[13];
        result.tcp.offset_high = ip->offset_high;
        result.payload = body.subspan(header_size);
    } else {
        return std::nullopt;
    }
    result.source = {ip->source, load_network<std::uint16_t>(body.data())};
    result.destination = {ip->destination, load_network<std::uint16_t>(body.data() + 2)};
    return result;
}

}  // namespace sockdesk::capture
