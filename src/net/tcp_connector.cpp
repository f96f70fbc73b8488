#include "net/tcp_connector.hpp"

#include <utility>

#include <fmt/format.h>

#include "net/socket_address.hpp"
#include "net/system_failure.hpp"
#include "net/tcp_socket.hpp"
#include "net/timers.hpp"
#include "net/uv_handle.hpp"

namespace sockdesk::net {

struct TcpConnector::State : std::enable_shared_from_this<State> {
    Loop& loop;
    Options options;
    Done done;
    UvHandle<uv_tcp_t> handle;
    std::optional<Timer> timeout;

    /// libuv needs the request's memory until its callback, later than the attempt may last.
    struct Request {
        uv_connect_t request{};
        std::weak_ptr<State> state;
    };

    State(Loop& on_loop, Options with, Done tell)
        : loop(on_loop), options(std::move(with)), done(std::move(tell)) {}

    Result<void> begin() {
        if (options.local && options.local->address.is_v4() && !options.remote.address.is_v4()) {
            return fail(
                ErrorKind::bad_input,
                fmt::format(
                    "connect {}: the local address {} is IPv4 and the remote one is IPv6. Leave the local "
                    "address empty, or give one of the same kind.",
                    options.remote.to_string(), options.local->address.to_string()));
        }
        handle.reset(new uv_tcp_t{});
        uv_tcp_init(loop.uv(), handle.get());
        if (options.local) {
            auto fd = open_tcp_socket(*options.local, true);
            if (!fd) {
                return tl::unexpected(fd.error());
            }
            if (const int status = uv_tcp_open(handle.get(), fd->get()); status != 0) {
                return tl::unexpected(connect_failure(options.remote, -status));
            }
            fd->release();
        }
        auto request = std::make_unique<Request>();
        request->state = weak_from_this();
        request->request.data = request.get();
        const int family = address_family(options.local ? options.local->address : options.remote.address);
        const SocketAddress address = to_socket_address(options.remote, family);
        const int status =
            uv_tcp_connect(&request->request, handle.get(), address.get(), &State::on_connected);
        if (status != 0) {
            return tl::unexpected(connect_failure(options.remote, -status));
        }
        request.release();
        timeout.emplace(
            loop, [this] { finish(tl::unexpected(connect_timed_out(options.remote, options.timeout))); });
        timeout->start(options.timeout);
        return {};
    }

    static void on_connected(uv_connect_t* request, int status) {
        const std::unique_ptr<Request> owned(static_cast<Request*>(request->data));
        const auto self = owned->state.lock();
        if (!self || !self->handle || status == UV_ECANCELED) {
            return;
        }
        if (status != 0) {
            self->finish(tl::unexpected(connect_failure(self->options.remote, -status)));
        } else {
            self->finish(self->handle.release());
        }
    }

    void finish(Result<uv_tcp_s*> result) {
        const auto keep = shared_from_this();  // the owner may destroy the connector from within
        timeout.reset();
        const Done tell = std::exchange(done, nullptr);
        handle.reset();
        if (tell) {
            tell(std::move(result));
        }
    }
};

TcpConnector::TcpConnector(Loop& loop, Options options, Done done)
    : state_(std::make_shared<State>(loop, std::move(options), std::move(done))) {
    loop.require_loop_thread();
    if (auto begun = state_->begin(); !begun) {
        loop.post([weak = std::weak_ptr<State>(state_), error = begun.error()] {
            if (const auto self = weak.lock(); self && self->done) {
                self->finish(tl::unexpected(error));
            }
        });
    }
}

TcpConnector::~TcpConnector() {
    state_->done = nullptr;
    state_->timeout.reset();
    state_->handle.reset();
}

}  // namespace sockdesk::net
