// A listening TCP socket.
//
// Not uv_listen but accept4(2) on a descriptor watched by uv_poll_t: it tells the peer's address even of a connection that was
// reset before it was accepted, and when descriptors run out, clients wait in the backlog; libuv closes them unseen.
#pragma once

#include <functional>
#include <memory>

#include "base/endpoint.hpp"
#include "base/result.hpp"
#include "net/loop.hpp"

struct uv_tcp_s;

namespace sockdesk::net {

class TcpListener {
public:
    struct Options {
        Endpoint local;
        int backlog = 511;
        bool reuse_address = true;
    };

    struct Callbacks {
        /// The owner of the handle is the one told (see `TcpConnection`). The listener may be destroyed from within.
        std::function<void(uv_tcp_s*, const Endpoint& remote)> accepted;
        /// Clients cannot be accepted for the moment, for want of descriptors or memory; told once for each such time.
        std::function<void(const Error&)> failed;
    };

    static Result<std::unique_ptr<TcpListener>> open(Loop& loop, const Options& options, Callbacks callbacks);
    ~TcpListener();
    TcpListener(const TcpListener&) = delete;
    TcpListener& operator=(const TcpListener&) = delete;

    /// With the port that the system picked.
    const Endpoint& local() const;

private:
    struct State;
    explicit TcpListener(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
};

}  // namespace sockdesk::net
