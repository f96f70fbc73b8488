#include "net/udp_socket.hpp"

#include <cerrno>
#include <utility>

#include "net/socket_address.hpp"
#include "net/system_failure.hpp"
#include "net/udp_descriptor.hpp"
#include "net/udp_port.hpp"
#include "net/udp_receiver.hpp"
#include "net/udp_sender.hpp"
#include "net/uv_handle.hpp"

namespace sockdesk::net {

struct UdpSocket::State {
    Loop& loop;
    UdpPort port;
    UvHandle<uv_poll_t> poll;  // declared after `port`: watching ends before the descriptor is closed
    int watched_events = 0;
    UdpReceiver receiver;
    UdpSender sender;

    State(Loop& on_loop, capture::LogWriter& into, UdpObserver& tell, const Options& with)
        : loop(on_loop),
          port{into, tell},
          receiver(on_loop, port, [this] { settle(); }),
          sender(on_loop, port, with.send_queue_limit_bytes, [this] { settle(); }) {}

    Result<void> open_descriptor(int family, bool wildcard) {
        auto opened = open_udp_descriptor(family, wildcard, wanted_receive_buffer_bytes);
        if (!opened) {
            return tl::unexpected(opened.error());
        }
        auto watched = std::make_unique<uv_poll_t>();
        if (const int status = uv_poll_init(loop.uv(), watched.get(), opened->get()); status != 0) {
            return tl::unexpected(system_failure("watch a UDP socket", -status));
        }
        port.family = family;
        port.fd = std::move(*opened);
        poll.reset(watched.release());
        poll->data = this;
        receiver.begin();
        return {};
    }

    Result<void> open_for(const Endpoint& remote) {
        if (port.fd) {
            return {};
        }
        auto opened = open_descriptor(address_family(remote.address), true);
        if (opened) {
            watch();
        }
        return opened;
    }

    void watch() {
        const int events = port.paused ? 0
                                       : (receiver.waits_for_kernel() ? UV_READABLE : 0) |
                                             (sender.waits_for_kernel() ? UV_WRITABLE : 0);
        if (events == watched_events) {
            return;
        }
        watched_events = events;
        if (events == 0) {
            uv_poll_stop(poll.get());
        } else {
            uv_poll_start(poll.get(), events, &State::on_poll);
        }
    }

    void settle() {
        watch();
        port.observer.on_batch_end();
    }

    static void on_poll(uv_poll_t* handle, int status, int events) {
        auto* self = static_cast<State*>(handle->data);
        if (self == nullptr) {
            return;
        }
        // libuv reports a pending socket error (an ICMP message in the error queue) as a bad descriptor and
        // stops watching; the descriptor is ours and is fine, so the queue is read and watching starts again.
        if (status < 0) {
            self->watched_events = 0;
        }
        self->port.drain_error_queue();
        if (status < 0 || (events & UV_READABLE) != 0) {
            self->receiver.read();
        }
        if ((events & UV_WRITABLE) != 0) {
            self->sender.flush();
        }
        self->settle();
    }
};

UdpSocket::UdpSocket(std::unique_ptr<State> state) : state_(std::move(state)) {}
UdpSocket::~UdpSocket() = default;

Result<std::unique_ptr<UdpSocket>> UdpSocket::open(Loop& loop, capture::LogWriter& writer,
                                                   UdpObserver& observer, const Options& options) {
    loop.require_loop_thread();
    auto state = std::make_unique<State>(loop, writer, observer, options);
    if (options.local) {
        const int family = address_family(options.local->address);
        if (auto opened = state->open_descriptor(family, options.local->address.is_unspecified()); !opened) {
            return tl::unexpected(opened.error());
        }
        const SocketAddress address = to_socket_address(*options.local, family);
        if (::bind(state->port.fd.get(), address.get(), address.length) != 0) {
            return tl::unexpected(bind_failure(SocketKind::udp, *options.local, errno));
        }
        state->port.local = local_endpoint(state->port.fd.get());
        state->watch();
    }
    return std::unique_ptr<UdpSocket>(new UdpSocket(std::move(state)));
}

std::optional<Endpoint> UdpSocket::local() const { return state_->port.local; }

Result<void> UdpSocket::send(const Endpoint& remote, std::shared_ptr<const Bytes> payload,
                             const std::optional<IpAddress>& source) {
    if (auto possible = UdpSender::check(remote, payload->size()); !possible) {
        return possible;
    }
    if (auto opened = state_->open_for(remote); !opened) {
        return opened;
    }
    auto sent = state_->sender.send(remote, std::move(payload), source);
    state_->watch();
    return sent;
}

Result<void> UdpSocket::send_batch(const Endpoint& remote,
                                   std::span<const std::shared_ptr<const Bytes>> payloads,
                                   std::size_t& accepted) {
    if (accepted >= payloads.size()) {
        return {};
    }
    if (auto possible = UdpSender::check(remote, payloads[accepted]->size()); !possible) {
        return possible;
    }
    if (auto opened = state_->open_for(remote); !opened) {
        return opened;
    }
    auto sent = state_->sender.send_batch(remote, payloads, accepted);
    state_->watch();
    return sent;
}

std::optional<Endpoint> UdpSocket::local_for(const Endpoint& remote) const {
    if (!state_->port.local) {
        return std::nullopt;
    }
    return Endpoint{state_->sender.source_for(remote), state_->port.local->port};
}

Result<void> UdpSocket::bind_for(const Endpoint& remote) {
    if (state_->port.local) {
        return {};
    }
    if (auto opened = state_->open_for(remote); !opened) {
        return opened;
    }
    const Endpoint any{remote.address.is_v4() ? IpAddress() : IpAddress::v6({}), 0};
    const SocketAddress address = to_socket_address(any, state_->port.family);
    if (::bind(state_->port.fd.get(), address.get(), address.length) != 0) {
        return tl::unexpected(bind_failure(SocketKind::udp, any, errno));
    }
    state_->port.learn_local();
    return {};
}

std::size_t UdpSocket::queued_bytes() const { return state_->sender.queued_bytes(); }

void UdpSocket::resume_reading() {
    if (state_->port.paused && state_->port.writer.ready(capture::Patience::must_not_wait)) {
        state_->port.paused = false;
        state_->watch();
    }
}

std::size_t UdpSocket::receive_buffer_bytes() const { return state_->port.receive_buffer_bytes(); }

void UdpSocket::read_rest() { state_->receiver.read_rest(); }

void UdpSocket::check_drops() { state_->receiver.check_drops(); }

}  // namespace sockdesk::net
