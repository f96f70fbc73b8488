#include "net/tcp_listener.hpp"

#include <cerrno>
#include <utility>

#include <fmt/format.h>

#include "net/socket_address.hpp"
#include "net/system_failure.hpp"
#include "net/tcp_socket.hpp"
#include "net/uv_handle.hpp"

namespace sockdesk::net {

struct TcpListener::State {
    Callbacks callbacks;
    Endpoint local;
    UvHandle<uv_tcp_t> handle;

    static void on_connection(uv_stream_t* stream, int status) {
        auto* self = static_cast<State*>(stream->data);
        if (self == nullptr) {
            return;
        }
        if (status == 0) {
            UvHandle<uv_tcp_t> client(new uv_tcp_t{});
            uv_tcp_init(stream->loop, client.get());
            status = uv_accept(stream, reinterpret_cast<uv_stream_t*>(client.get()));
            if (status == 0) {
                self->callbacks.accepted(client.release());
                return;
            }
        }
        if (status != UV_EAGAIN) {
            self->callbacks.failed(
                system_failure(fmt::format("accept a client on {}", self->local.to_string()), -status));
        }
    }
};

TcpListener::TcpListener(std::unique_ptr<State> state) : state_(std::move(state)) {}
TcpListener::~TcpListener() = default;

Result<std::unique_ptr<TcpListener>> TcpListener::open(Loop& loop, const Options& options,
                                                       Callbacks callbacks) {
    loop.require_loop_thread();
    auto fd = open_tcp_socket(options.local, options.reuse_address);
    if (!fd) {
        return tl::unexpected(fd.error());
    }
    auto state = std::make_unique<State>();
    state->callbacks = std::move(callbacks);
    state->handle.reset(new uv_tcp_t{});
    uv_tcp_init(loop.uv(), state->handle.get());
    state->handle->data = state.get();
    state->local = local_endpoint(fd->get());
    uv_tcp_open(state->handle.get(), fd->release());
    const int status = uv_listen(reinterpret_cast<uv_stream_t*>(state->handle.get()), options.backlog,
                                 &State::on_connection);
    if (status != 0) {
        return tl::unexpected(bind_failure(SocketKind::tcp, state->local, -status));
    }
    return std::unique_ptr<TcpListener>(new TcpListener(std::move(state)));
}

const Endpoint& TcpListener::local() const { return state_->local; }

}  // namespace sockdesk::net
