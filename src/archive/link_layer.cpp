#include "archive/link_layer.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "capture/byte_order.hpp"

namespace sockdesk::archive {

using capture::Direction;

namespace {

enum class Framing : std::uint8_t { ethernet, raw, loopback, cooked_v1, cooked_v2 };

struct LinkType {
    std::uint32_t number;
    Framing framing;
    const char* name;
};

/// Raw IP is 101; 12 and 14 are what some systems call it in their files.
constexpr std::array<LinkType, 10> link_types{{
    {0, Framing::loopback, "BSD loopback"},
    {1, Framing::ethernet, "Ethernet"},
    {12, Framing::raw, "raw IP"},
    {14, Framing::raw, "raw IP"},
    {101, Framing::raw, "raw IP"},
    {108, Framing::loopback, "OpenBSD loopback"},
    {113, Framing::cooked_v1, "Linux cooked v1"},
    {228, Framing::raw, "raw IPv4"},
    {229, Framing::raw, "raw IPv6"},
    {276, Framing::cooked_v2, "Linux cooked v2"},
}};

const LinkType* find(std::uint32_t number) {
    const auto* found = std::find_if(link_types.begin(), link_types.end(),
                                     [&](const LinkType& one) { return one.number == number; });
    return found == link_types.end() ? nullptr : found;
}

constexpr std::uint16_t ethertype_ipv4 = 0x0800;
constexpr std::uint16_t ethertype_ipv6 = 0x86DD;

bool is_vlan_tag(std::uint16_t ethertype) {
    // 802.1Q, 802.1ad, and what was used for the outer of two tags before that
    return ethertype == 0x8100 || ethertype == 0x88A8 || ethertype == 0x9100;
}

/// `rest` begins behind an Ethernet type field that says `ethertype`.
std::optional<ByteView> behind_ethertype(std::uint16_t ethertype, ByteView rest) {
    while (is_vlan_tag(ethertype)) {
        if (rest.size() < 4) return std::nullopt;
        ethertype = capture::load_network<std::uint16_t>(rest.data() + 2);
        rest = rest.subspan(4);
    }
    if (ethertype != ethertype_ipv4 && ethertype != ethertype_ipv6) return std::nullopt;
    return rest;
}

/// The number of an address family, in the byte order of the machine that captured: IPv4 is 2 everywhere, IPv6 is 10 on Linux, 23 on
/// Windows, 24, 28 and 30 on the BSDs and macOS.
bool is_ip_family(std::uint32_t family) {
    return family == 2 || family == 10 || family == 23 || family == 24 || family == 28 || family == 30;
}

}  // namespace

bool is_known_link_type(std::uint32_t link_type) { return find(link_type) != nullptr; }

std::string link_type_name(std::uint32_t link_type) {
    const LinkType* known = find(link_type);
    return known != nullptr ? known->name : fmt::format("link type {}", link_type);
}

std::string unknown_link_type(std::uint32_t link_type) {
    return fmt::format("link type {} is not understood; Ethernet, Linux cooked, BSD loopback and raw IP are",
                       link_type);
}

std::optional<Direction> direction_of_packet_type(unsigned type) {
    constexpr unsigned outgoing = 4;
    if (type == outgoing) return Direction::sent;
    if (type <= 2) return Direction::received;
    return std::nullopt;
}

std::optional<LinkPayload> ip_packet_in(std::uint32_t link_type, ByteView packet) {
    constexpr std::size_t ethernet_size = 14;
    constexpr std::size_t loopback_size = 4;
    constexpr std::size_t cooked_v1_size = 16;
    constexpr std::size_t cooked_v2_size = 20;

    const LinkType* known = find(link_type);
    if (known == nullptr) return std::nullopt;
    LinkPayload result;
    std::optional<ByteView> ip;
    switch (known->framing) {
        case Framing::raw:
            ip = packet;
            break;
        case Framing::ethernet:
            if (packet.size() < ethernet_size) return std::nullopt;
            ip = behind_ethertype(capture::load_network<std::uint16_t>(packet.data() + 12),
                                  packet.subspan(ethernet_size));
            break;
        case Framing::loopback: {
            if (packet.size() < loopback_size) return std::nullopt;
            const auto family = capture::load_native<std::uint32_t>(packet.data());
            if (is_ip_family(family) || is_ip_family(capture::byte_swapped(family))) {
                ip = packet.subspan(loopback_size);
            }
            break;
        }
        case Framing::cooked_v1:
            if (packet.size() < cooked_v1_size) return std::nullopt;
            result.direction = direction_of_packet_type(capture::load_network<std::uint16_t>(packet.data()));
            ip = behind_ethertype(capture::load_network<std::uint16_t>(packet.data() + 14),
                                  packet.subspan(cooked_v1_size));
            break;
        case Framing::cooked_v2:
            if (packet.size() < cooked_v2_size) return std::nullopt;
            result.direction = direction_of_packet_type(packet[10]);
            ip = behind_ethertype(capture::load_network<std::uint16_t>(packet.data()),
                                  packet.subspan(cooked_v2_size));
            break;
    }
    if (!ip) return std::nullopt;
    result.ip = *ip;
    return result;
}

}  // namespace sockdesk::archive
