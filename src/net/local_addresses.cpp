#include "net/local_addresses.hpp"

#include <uv.h>

#include <algorithm>
#include <tuple>

#include "net/socket_address.hpp"
#include "net/unique_fd.hpp"

namespace sockdesk::net {

std::vector<InterfaceAddress> interface_addresses() {
    uv_interface_address_t* found = nullptr;
    int count = 0;
    if (uv_interface_addresses(&found, &count) != 0) {
        return {};
    }
    std::vector<InterfaceAddress> result;
    for (int i = 0; i < count; ++i) {
        const auto* address = reinterpret_cast<const sockaddr*>(&found[i].address);
        result.push_back({from_socket_address(address).address, found[i].name});
    }
    uv_free_interface_addresses(found, count);
    std::stable_sort(result.begin(), result.end(), [](const auto& left, const auto& right) {
        const auto rank = [](const InterfaceAddress& entry) {
            return std::tuple(!entry.address.is_loopback(), !entry.address.is_v4());
        };
        return rank(left) < rank(right);
    });
    return result;
}

std::optional<IpAddress> source_address_for(const Endpoint& remote) {
    // Connecting a datagram socket sends nothing; it makes the kernel choose the route and with it the
    // source.
    const int family = address_family(remote.address);
    const UniqueFd fd(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const int on = 1;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_BROADCAST, &on, sizeof on);
    const SocketAddress address = to_socket_address(remote);
    if (!fd || ::connect(fd.get(), address.get(), address.length) != 0) {
        return std::nullopt;
    }
    return local_endpoint(fd.get()).address;
}

}  // namespace sockdesk::net
