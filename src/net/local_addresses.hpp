// The addresses of this machine. Any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/endpoint.hpp"

namespace sockdesk::net {

struct InterfaceAddress {
    IpAddress address;
    std::string interface_name;
};

/// Loopback first, IPv4 before IPv6, otherwise in the system's order.
std::vector<InterfaceAddress> interface_addresses();

/// The address that the system would send from to reach `remote`, or nothing where there is no route.
std::optional<IpAddress> source_address_for(const Endpoint& remote);

}  // namespace sockdesk::net
