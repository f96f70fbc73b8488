// A listening TCP socket.
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

    /// `accepted` owns the handle it is given (see `TcpConnection`). `failed` tells of a connection that
    /// could not be accepted (out of descriptors); listening goes on.
    struct Callbacks {
        std::function<void(uv_tcp_s*)> accepted;
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
    explicit TcpListener(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace sockdesk::net
