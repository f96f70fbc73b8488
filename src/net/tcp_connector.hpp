// Makes a TCP connection, or says why not.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "base/endpoint.hpp"
#include "base/result.hpp"
#include "net/loop.hpp"

struct uv_tcp_s;

namespace sockdesk::net {

/// One attempt under way; destroying it gives up.
class TcpConnector {
public:
    struct Options {
        Endpoint remote;
        std::optional<Endpoint> local;
        std::chrono::milliseconds timeout{10'000};
    };
    /// The handle's owner is the one told (see `TcpConnection`). Told once, on the loop thread, never from
    /// within the constructor; the connector may be destroyed from within.
    using Done = std::function<void(Result<uv_tcp_s*>)>;

    TcpConnector(Loop& loop, Options options, Done done);
    ~TcpConnector();
    TcpConnector(const TcpConnector&) = delete;
    TcpConnector& operator=(const TcpConnector&) = delete;

private:
    struct State;
    std::shared_ptr<State> state_;  // weakly held by what is under way in the loop
};

}  // namespace sockdesk::net
