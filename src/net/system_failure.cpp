#include "net/system_failure.hpp"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "net/local_addresses.hpp"
#include "net/port_owner.hpp"

namespace sockdesk::net {

namespace {

ErrorKind kind_of(int error_number) {
    switch (error_number) {
        case EACCES:
        case EPERM:
            return ErrorKind::denied;
        case EADDRINUSE:
            return ErrorKind::in_use;
        case EADDRNOTAVAIL:
            return ErrorKind::not_found;
        case EMSGSIZE:
            return ErrorKind::too_large;
        case ETIMEDOUT:
            return ErrorKind::timed_out;
        case ECONNREFUSED:
        case ECONNRESET:
        case EHOSTUNREACH:
        case ENETUNREACH:
        case EHOSTDOWN:
        case ENETDOWN:
            return ErrorKind::unreachable;
        case EPIPE:
            return ErrorKind::closed;
        default:
            return ErrorKind::system;
    }
}

Error make_error(int error_number, std::string message) {
    return Error{kind_of(error_number), std::move(message), error_code_name(error_number),
                 Error::no_position};
}

std::string reason_of(int error_number) { return std::strerror(error_number); }

std::string own_addresses() {
    std::string list;
    for (const auto& entry : interface_addresses()) {
        if (!list.empty()) {
            list += ", ";
        }
        list += entry.address.to_string();
    }
    return list;
}

/// Such an address means nothing without the interface that it belongs to (RFC 4007).
bool lacks_interface(const IpAddress& address) {
    return !address.is_v4() && address.octets()[0] == 0xFE && (address.octets()[1] & 0xC0) == 0x80 &&
           address.scope_id() == 0;
}

Error interface_missing(const std::string& attempted, int error_number) {
    return make_error(error_number,
                      attempted + ": a link-local address needs its interface, as in fe80::1%eth0.");
}

}  // namespace

std::string error_code_name(int error_number) {
    const char* name = error_number == 0 ? nullptr : ::strerrorname_np(error_number);
    return name == nullptr ? std::string() : std::string(name);
}

Error bind_failure(SocketKind kind, const Endpoint& local, int error_number) {
    const std::string attempted = fmt::format("bind {}", local.to_string());
    switch (error_number) {
        case EADDRINUSE: {
            if (const auto owner = find_port_owner(kind, local)) {
                return make_error(
                    error_number,
                    fmt::format("{}: address in use by {} (pid {}). Close it, choose another port, or 0 to "
                                "let the system pick one.",
                                attempted, owner->process, owner->pid));
            }
            return make_error(error_number,
                              attempted +
                                  ": address in use, by another user's process or by a connection that "
                                  "ended less than a minute ago. Choose another port, or 0 to let the "
                                  "system pick one.");
        }
        case EACCES:
            if (local.port != 0 && local.port < 1024) {
                return make_error(error_number, attempted +
                                                    ": permission denied. Ports below 1024 need root or "
                                                    "CAP_NET_BIND_SERVICE; choose a port above 1023.");
            }
            break;
        case EADDRNOTAVAIL:
            return make_error(
                error_number,
                fmt::format("{}: not an address of this machine. It has {}; 0.0.0.0 stands for all of them.",
                            attempted, own_addresses()));
        case EINVAL:
            if (lacks_interface(local.address)) {
                return interface_missing(attempted, error_number);
            }
            break;
        default:
            break;
    }
    return system_failure(attempted, error_number);
}

Error connect_failure(const Endpoint& remote, int error_number) {
    const std::string attempted = fmt::format("connect {}", remote.to_string());
    switch (error_number) {
        case ECONNREFUSED:
            return make_error(error_number,
                              attempted +
                                  ": connection refused. Nothing listens there; start the server "
                                  "first, or check address and port.");
        case ETIMEDOUT:
            return make_error(error_number,
                              attempted +
                                  ": timed out. The host is down, or something on the way drops "
                                  "the packets.");
        case EHOSTUNREACH:
        case ENETUNREACH:
            return make_error(
                error_number,
                fmt::format("{}: unreachable ({}). Check the address and this machine's routes.", attempted,
                            reason_of(error_number)));
        case EADDRNOTAVAIL:
            return make_error(error_number,
                              attempted +
                                  ": no address or port of this machine can reach it. Check the "
                                  "address and the local address.");
        case EINVAL:
            if (lacks_interface(remote.address)) {
                return interface_missing(attempted, error_number);
            }
            return system_failure(attempted, error_number);
        default:
            return system_failure(attempted, error_number);
    }
}

Error connection_failure(const Endpoint& remote, int error_number) {
    return system_failure(fmt::format("connection to {}", remote.to_string()), error_number);
}

Error connect_timed_out(const Endpoint& remote, std::chrono::milliseconds limit) {
    return Error{
        ErrorKind::timed_out,
        fmt::format(
            "connect {}: timed out, no answer within {} ms. The host is down, or something on the way "
            "drops the packets.",
            remote.to_string(), limit.count()),
        "ETIMEDOUT", Error::no_position};
}

Error send_failure(const Endpoint& remote, std::size_t size, int error_number) {
    const std::string attempted = fmt::format("send {} bytes to {}", size, remote.to_string());
    switch (error_number) {
        case EMSGSIZE:
            return make_error(error_number,
                              attempted +
                                  ": larger than this socket can carry in one datagram. Send less "
                                  "at once.");
        case ENETUNREACH:
        case EHOSTUNREACH:
            return make_error(
                error_number,
                fmt::format("{}: unreachable ({}). Check the address and this machine's routes.", attempted,
                            reason_of(error_number)));
        case EINVAL:
            if (lacks_interface(remote.address)) {
                return interface_missing(attempted, error_number);
            }
            return make_error(error_number,
                              attempted +
                                  ": this socket's local address cannot reach it. Bind to every address "
                                  "(0.0.0.0 or ::) or to one of the same network.");
        default:
            return system_failure(attempted, error_number);
    }
}

Error undeliverable(const Endpoint& remote, int error_number) {
    const std::string attempted = fmt::format("send to {}", remote.to_string());
    switch (error_number) {
        case ECONNREFUSED:
            return make_error(error_number, attempted +
                                                ": refused, no program receives on that port (ICMP port "
                                                "unreachable). Start the receiver first, or check the port.");
        case EMSGSIZE:
            return make_error(error_number,
                              attempted +
                                  ": too large for the path (ICMP fragmentation needed). Send less at "
                                  "once.");
        default:
            return make_error(error_number,
                              fmt::format("{}: undeliverable, {} (ICMP). Check the address and the routes.",
                                          attempted, reason_of(error_number)));
    }
}

Error system_failure(std::string_view attempted, int error_number) {
    return make_error(error_number, fmt::format("{}: {}.", attempted, reason_of(error_number)));
}

}  // namespace sockdesk::net
