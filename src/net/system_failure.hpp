// Refusals of the operating system, said so that a person can act on them.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/endpoint.hpp"
#include "base/result.hpp"

namespace sockdesk::net {

enum class SocketKind { udp, tcp };

/// A failed bind(2) or listen(2). Names the process that holds the port, this machine's addresses, or the
/// right that is missing.
Error bind_failure(SocketKind kind, const Endpoint& local, int error_number);

/// A failed or broken connection to `remote`.
Error connect_failure(const Endpoint& remote, int error_number);
Error connect_timed_out(const Endpoint& remote, std::chrono::milliseconds limit);

/// A send of `size` bytes to `remote` that the system refused, or an earlier datagram to it that came back as
/// an ICMP error.
Error send_failure(const Endpoint& remote, std::size_t size, int error_number);
Error undeliverable(const Endpoint& remote, int error_number);

/// An established connection that broke for another reason than a reset.
Error connection_failure(const Endpoint& remote, int error_number);

/// Any other call: "`attempted`: reason."
Error system_failure(std::string_view attempted, int error_number);

/// "ECONNREFUSED" and the like; "" for 0.
std::string error_code_name(int error_number);

}  // namespace sockdesk::net
