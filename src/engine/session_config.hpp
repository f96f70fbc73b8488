// What a person sets before a session is opened.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/endpoint.hpp"

namespace sockdesk::engine {

enum class Protocol : std::uint8_t { udp, tcp_server, tcp_client };

/// "udp", "tcp-server", "tcp-client": the names of the command line and of the log.
std::string_view protocol_name(Protocol protocol);
std::optional<Protocol> parse_protocol(std::string_view name);

struct SessionConfig {
    Protocol protocol = Protocol::udp;

    /// UDP: where to bind; none leaves the socket unbound until the first send, when the system picks address
    /// family and port. TCP server: where to listen; required. TCP client: the address to connect from;
    /// optional.
    std::optional<HostPort> local;
    /// UDP: where `Send` without a target goes; optional. TCP client: whom to connect to; required.
    std::optional<HostPort> remote;

    std::chrono::milliseconds connect_timeout{10'000};
    /// TCP client: connect again after a failure or a loss, first after `reconnect_min`, doubling up to
    /// `reconnect_max`.
    bool reconnect = false;
    std::chrono::milliseconds reconnect_min{500};
    std::chrono::milliseconds reconnect_max{30'000};

    /// TCP server: connections that the kernel completes before we accept them (listen(2)).
    int backlog = 511;
    /// TCP server: SO_REUSEADDR, so that a port in TIME_WAIT can be listened on at once (socket(7)).
    bool reuse_address = true;

    /// Bytes that one peer may leave unread before further sends to it are refused.
    std::size_t send_queue_limit_bytes = std::size_t{16} << 20;

    /// TCP: keep a connection whose peer has finished sending (half-close) until somebody ends it. Off: it is
    /// closed as soon as what is queued, and a cycle with an end, has gone out, so that clients that are gone do
    /// not stay in the list.
    bool keep_half_open = false;

    /// Send back what arrives, to whom it came from (`SetEcho`).
    bool echo = false;

    friend bool operator==(const SessionConfig&, const SessionConfig&) = default;
};

}  // namespace sockdesk::engine
