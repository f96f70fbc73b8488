#include "capture/ip_packet.hpp"

#include "capture/byte_order.hpp"
#include "support.hpp"

namespace sockdesk::capture {
namespace {

/// RFC 1071 as it stands there: 16-bit words in network order.
std::uint32_t plain_sum(ByteView bytes, std::uint32_t sum = 0) {
    for (std::size_t i = 0; i < bytes.size(); i += 2) {
        std::uint32_t word = std::uint32_t{bytes[i]} << 8U;
        if (i + 1 < bytes.size()) word |= bytes[i + 1];
        sum += word;
        sum = (sum & 0xFFFFU) + (sum >> 16U);
    }
    return sum;
}

/// What a receiver computes over header, payload and pseudo header: all ones when the checksum is right.
std::uint32_t transport_sum(ByteView packet) {
    const bool v4 = packet[0] >> 4U == 4;
    const ByteView body = packet.subspan(v4 ? 20 : 40);
    const ByteView addresses = v4 ? packet.subspan(12, 8) : packet.subspan(8, 32);
    const std::uint32_t protocol = v4 ? packet[9] : packet[6];
    return plain_sum(body, plain_sum(addresses, protocol + static_cast<std::uint32_t>(body.size())));
}

struct Ends {
    Endpoint source;
    Endpoint destination;
};

class Packets : public testing::TestWithParam<Ends> {
protected:
    Endpoint source = GetParam().source;
    Endpoint destination = GetParam().destination;
    PacketEnds ends{source, destination};

    Bytes udp(ByteView payload) const {
        Bytes packet(udp_packet_size(ends, payload.size()));
        write_udp_packet(packet.data(), ends, payload);
        return packet;
    }
    Bytes tcp(const TcpFields& fields, ByteView payload) const {
        Bytes packet(tcp_packet_size(ends, fields.flags, payload.size()));
        write_tcp_packet(packet.data(), ends, fields, payload);
        return packet;
    }
};

INSTANTIATE_TEST_SUITE_P(
    Families, Packets,
    testing::Values(Ends{{IpAddress::v4({192, 168, 0, 7}), 7788}, {IpAddress::v4({10, 0, 0, 1}), 80}},
                    Ends{{IpAddress::v6({0x20, 1, 0xD, 0xB8, 1}), 65535}, {IpAddress::v6({0xFF}), 1}}));

TEST_P(Packets, checksums_are_right_for_every_length) {
    std::vector<std::size_t> sizes;
    for (std::size_t i = 0; i < 200; ++i) sizes.push_back(i);
    for (std::size_t i = 4090; i < 4100; ++i) sizes.push_back(i);
    sizes.push_back(max_tcp_payload);
    for (const std::size_t size : sizes) {
        const Bytes payload = pattern(size, static_cast<std::uint32_t>(size));
        const Bytes datagram = udp(payload);
        ASSERT_EQ(transport_sum(datagram), 0xFFFFU) << size;
        const Bytes segment = tcp({4'000'000'000U, 77, TcpFields::psh | TcpFields::ack, 0}, payload);
        ASSERT_EQ(transport_sum(segment), 0xFFFFU) << size;
        if (ends.is_v4()) {
            ASSERT_EQ(plain_sum(ByteView(datagram).first(20)), 0xFFFFU);
            ASSERT_EQ(plain_sum(ByteView(segment).first(20)), 0xFFFFU);
        }
    }
}

TEST_P(Packets, a_checksum_that_comes_out_as_zero_is_written_as_ones) {
    // A payload of two bytes that brings the sum to all ones: what is missing from it.
    const Bytes without = udp(Bytes{0, 0});
    const std::size_t at = ends.ip_header_size() + 6;
    const Bytes complement{without[at], without[at + 1]};
    const Bytes packet = udp(complement);
    EXPECT_EQ(load_network<std::uint16_t>(packet.data() + at), 0xFFFF);
    EXPECT_EQ(transport_sum(packet), 0xFFFFU);
}

TEST_P(Packets, are_read_back) {
    const auto datagram = udp(as_bytes("hello"));
    const auto read = parse_ip_packet(datagram, PacketOrigin::ours);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->transport, Transport::udp);
    EXPECT_EQ(read->source, source);
    EXPECT_EQ(read->destination, destination);
    EXPECT_EQ(as_chars(read->payload), "hello");

    const auto segment = tcp({1, 2, TcpFields::syn, 0xAB}, {});
    const auto syn = parse_ip_packet(segment, PacketOrigin::ours);
    ASSERT_TRUE(syn);
    EXPECT_EQ(syn->transport, Transport::tcp);
    EXPECT_TRUE(syn->payload.empty());
    EXPECT_EQ(syn->tcp.sequence, 1U);
    EXPECT_EQ(syn->tcp.acknowledgement, 2U);
    EXPECT_EQ(syn->tcp.flags, TcpFields::syn);
    EXPECT_EQ(syn->tcp.offset_high, 0xABU);
    EXPECT_EQ(parse_ip_packet(segment, PacketOrigin::foreign)->tcp.offset_high, 0U);
}

TEST_P(Packets, cut_short_give_what_is_there) {
    const auto datagram = udp(as_bytes("hello"));
    const std::size_t headers = datagram.size() - 5;
    for (std::size_t size = 0; size <= datagram.size(); ++size) {
        // A copy, so that AddressSanitizer sees any step beyond.
        const Bytes part(datagram.begin(), datagram.begin() + static_cast<std::ptrdiff_t>(size));
        const auto read = parse_ip_packet(part, PacketOrigin::foreign);
        ASSERT_EQ(read.has_value(), size >= headers) << size;
        if (read) {
            ASSERT_EQ(read->payload.size(), size - headers);
        }
    }
}

TEST_P(Packets, padding_behind_them_is_no_payload) {
    auto datagram = udp(as_bytes("hi"));
    datagram.resize(datagram.size() + 18);
    EXPECT_EQ(as_chars(parse_ip_packet(datagram, PacketOrigin::foreign)->payload), "hi");
}

TEST(IpPacket, refuses_what_has_no_whole_payload) {
    const Endpoint end{IpAddress::v4({1, 2, 3, 4}), 5};
    const PacketEnds ends{end, end};
    Bytes good(udp_packet_size(ends, 4));
    write_udp_packet(good.data(), ends, as_bytes("test"));
    ASSERT_TRUE(parse_ip_packet(good, PacketOrigin::foreign));
    const auto with = [&](std::size_t at, std::uint8_t value) {
        Bytes changed = good;
        changed[at] = value;
        return parse_ip_packet(changed, PacketOrigin::foreign).has_value();
    };
    EXPECT_FALSE(with(0, 0x55));  // version 5
    EXPECT_FALSE(with(0, 0x44));  // a header of 16 bytes
    EXPECT_FALSE(with(0, 0x4F));  // a header beyond the packet
    EXPECT_FALSE(with(3, 19));    // shorter than its header
    EXPECT_FALSE(with(6, 0x20));  // more fragments
    EXPECT_FALSE(with(7, 0x01));  // a later fragment
    EXPECT_FALSE(with(9, 1));     // ICMP
    EXPECT_FALSE(with(25, 7));    // UDP length below its header
}

TEST(IpPacket, passes_over_extension_headers) {
    const Endpoint end{IpAddress::v6({0x20, 1}), 5};
    const PacketEnds ends{end, end};
    Bytes packet(udp_packet_size(ends, 4));
    write_udp_packet(packet.data(), ends, as_bytes("test"));
    const std::uint8_t options[] = {17, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    packet.insert(packet.begin() + 40, std::begin(options), std::end(options));
    packet[6] = 60;
    packet[5] = static_cast<std::uint8_t>(packet[5] + sizeof options);
    const auto read = parse_ip_packet(packet, PacketOrigin::foreign);
    ASSERT_TRUE(read);
    EXPECT_EQ(as_chars(read->payload), "test");
    packet[41] = 200;
    EXPECT_FALSE(parse_ip_packet(packet, PacketOrigin::foreign));
}

}  // namespace
}  // namespace sockdesk::capture
