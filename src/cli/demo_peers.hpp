// The other side of the demo: plain sockets as any program has them, blocking, on loopback.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "base/endpoint.hpp"

namespace sockdesk::cli {

/// One socket. Functions throw std::system_error where the system refuses; waiting ends after `patience`.
class DemoPeer {
public:
    static constexpr int patience_s = 3;

    /// Bound to 127.0.0.1, port picked by the system.
    static DemoPeer udp();
    static DemoPeer tcp_client(const Endpoint& server);

    ~DemoPeer();
    DemoPeer(DemoPeer&& other) noexcept;
    DemoPeer& operator=(DemoPeer&&) = delete;

    Endpoint local() const;

    void send_to(const Endpoint& remote, ByteView payload) const;
    void send(ByteView payload) const;

    /// What arrives next; nothing when nothing does in time.
    std::optional<std::string> receive() const;

    void close();
    /// Ends the connection with RST.
    void reset();

private:
    explicit DemoPeer(int type);

    int fd_ = -1;
};

}  // namespace sockdesk::cli
