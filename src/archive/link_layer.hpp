// What stands around an IP packet on the links that captures are made of (tcpdump.org/linktypes.html).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "capture/record.hpp"

namespace sockdesk::archive {

bool is_known_link_type(std::uint32_t link_type);

/// "Ethernet", "link type 147"
std::string link_type_name(std::uint32_t link_type);

/// A sentence that names the number and what is understood.
std::string unknown_link_type(std::uint32_t link_type);

/// The kernel's view of a packet, of Linux cooked captures: sent by this machine (4) or to it (0 to 2).
std::optional<capture::Direction> direction_of_packet_type(unsigned type);

struct LinkPayload {
    ByteView ip;  ///< begins with an IP header if the packet does
    std::optional<capture::Direction> direction;
};

/// None: what the packet carries is not IP, or the packet ends before it does.
std::optional<LinkPayload> ip_packet_in(std::uint32_t link_type, ByteView packet);

}  // namespace sockdesk::archive
