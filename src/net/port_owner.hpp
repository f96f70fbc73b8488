// Who holds a port, where the system tells.
#pragma once

#include <optional>
#include <string>

#include "base/endpoint.hpp"
#include "net/system_failure.hpp"

namespace sockdesk::net {

struct PortOwner {
    std::string process;
    int pid = 0;
};

/// The process whose socket keeps `local` from being bound: looks it up in /proc/net (proc(5)) and in the
/// open files of those processes that we may look into.
std::optional<PortOwner> find_port_owner(SocketKind kind, const Endpoint& local);

}  // namespace sockdesk::net
