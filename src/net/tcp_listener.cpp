#include "net/tcp_listener.hpp"

#include <cerrno>
#include <utility>

#include <fmt/format.h>

#include "net/socket_address.hpp"
#include "net/system_failure.hpp"
#include "net/tcp_socket.hpp"
#include "net/timers.hpp"
#include "net/uv_handle.hpp"

namespace sockdesk::net {

namespace {

/// One turn of the loop accepts at most so many, so that those already there have their turn.
constexpr int max_accepts_a_turn = 64;

/// How long to leave the backlog alone when there are no descriptors.
constexpr std::chrono::milliseconds retry_delay{100};

/// Errors of a connection that was on its way, not of the listener (accept(2)).
bool concerns_one_client(int error_number) {
    switch (error_number) {
        case EINTR:
        case ECONNABORTED:
        case EPROTO:
        case ENETDOWN:
        case ENOPROTOOPT:
        case EHOSTDOWN:
        case ENONET:
        case EHOSTUNREACH:
        case EOPNOTSUPP:
        case ENETUNREACH:
        case EPERM:
            return true;
        default:
            return false;
    }
}

}  // namespace

struct TcpListener::State : std::enable_shared_from_this<State> {
    Loop& loop;
    Callbacks callbacks;
    Endpoint local;
    UniqueFd fd;
    UvHandle<uv_poll_t> poll;  // declared after `fd`: watching ends before the descriptor is closed
    Timer retry;
    bool told_failure = false;
    bool closed = false;

    State(Loop& on_loop, Callbacks tell)
        : loop(on_loop), callbacks(std::move(tell)), retry(on_loop, [this] { watch(); }) {}

    void watch() {
        uv_poll_start(poll.get(), UV_READABLE, [](uv_poll_t* handle, int, int) {
            static_cast<State*>(handle->data)->accept_waiting();
        });
    }

    void accept_waiting() {
        const auto keep = shared_from_this();  // the owner may close the listener from within
        for (int i = 0; i < max_accepts_a_turn && !closed; ++i) {
            SocketAddress remote;
            remote.length = sizeof remote.storage;
            UniqueFd client(::accept4(fd.get(), remote.get(), &remote.length, SOCK_NONBLOCK | SOCK_CLOEXEC));
            if (client) {
                hand_over(std::move(client), from_socket_address(remote.get()));
            } else if (errno == EAGAIN) {
                return;
            } else if (!concerns_one_client(errno)) {
                wait_for_descriptors(errno);
                return;
            }
        }
    }

    void hand_over(UniqueFd client, const Endpoint& remote) {
        UvHandle<uv_tcp_t> handle(new uv_tcp_t{});
        uv_tcp_init(loop.uv(), handle.get());
        if (const int status = uv_tcp_open(handle.get(), client.get()); status != 0) {
            wait_for_descriptors(-status);
            return;
        }
        client.release();
        told_failure = false;
        callbacks.accepted(handle.release(), remote);
    }

    void wait_for_descriptors(int error_number) {
        uv_poll_stop(poll.get());
        retry.start(retry_delay);
        if (!std::exchange(told_failure, true)) {
            callbacks.failed(system_failure(
                fmt::format("accept clients on {} (they wait, and are accepted when there is room again)",
                            local.to_string()),
                error_number));
        }
    }
};

TcpListener::TcpListener(std::shared_ptr<State> state) : state_(std::move(state)) {}

TcpListener::~TcpListener() {
    state_->closed = true;
    state_->retry.stop();
    state_->poll.reset();
    state_->fd.reset();
}

Result<std::unique_ptr<TcpListener>> TcpListener::open(Loop& loop, const Options& options,
                                                       Callbacks callbacks) {
    loop.require_loop_thread();
    auto fd = open_tcp_socket(options.local, options.reuse_address);
    if (!fd) {
        return tl::unexpected(fd.error());
    }
    if (::listen(fd->get(), options.backlog) != 0) {
        return tl::unexpected(bind_failure(SocketKind::tcp, options.local, errno));
    }
    auto watched = std::make_unique<uv_poll_t>();
    if (const int status = uv_poll_init(loop.uv(), watched.get(), fd->get()); status != 0) {
        return tl::unexpected(system_failure("watch a listening socket", -status));
    }
    auto state = std::make_shared<State>(loop, std::move(callbacks));
    state->local = local_endpoint(fd->get());
    state->fd = std::move(*fd);
    state->poll.reset(watched.release());
    state->poll->data = state.get();
    state->watch();
    return std::unique_ptr<TcpListener>(new TcpListener(std::move(state)));
}

const Endpoint& TcpListener::local() const { return state_->local; }

}  // namespace sockdesk::net
