#include "net/udp_socket.hpp"

#include <linux/errqueue.h>
#include <linux/sock_diag.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "net/datagram_batch.hpp"
#include "net/local_addresses.hpp"
#include "net/socket_address.hpp"
#include "net/system_failure.hpp"
#include "net/unique_fd.hpp"
#include "net/uv_handle.hpp"

namespace sockdesk::net {

namespace {

/// What a flood can pile up while the loop thread does something else. The kernel grants as much as
/// net.core.rmem_max allows, or all of it to a privileged process.
constexpr int wanted_receive_buffer_bytes = 32 << 20;

/// One turn of the loop reads at most this many batches from one socket, so that timers and other sockets
/// have their turn.
constexpr int max_batches_a_turn = 16;

/// Sources are looked up once a destination; a scan over a whole network must not make the table grow for
/// ever.
constexpr std::size_t max_known_sources = 1024;

void set_option(int fd, int level, int name, int value) {
    ::setsockopt(fd, level, name, &value, sizeof value);
}

void prepare(int fd, int family, bool wildcard) {
    set_option(fd, SOL_SOCKET, SO_BROADCAST, 1);
    set_option(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
    int size = wanted_receive_buffer_bytes;
    if (::setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) != 0) {
        ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    }
    // An IPv6 socket may carry IPv4 as well, and then IPv4's options count for that part.
    set_option(fd, IPPROTO_IP, IP_RECVERR, 1);
    if (family == AF_INET6) {
        set_option(fd, IPPROTO_IPV6, IPV6_RECVERR, 1);
        set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    }
    if (wildcard) {
        set_option(fd, IPPROTO_IP, IP_PKTINFO, 1);
        if (family == AF_INET6) {
            set_option(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
        }
    }
}

struct QueuedDatagram {
    Endpoint remote;
    std::shared_ptr<const Bytes> payload;
};

}  // namespace

struct UdpSocket::State {
    Loop& loop;
    capture::LogWriter& writer;
    UdpObserver& observer;
    Options options;
    SystemClock clock;

    int family = AF_INET;
    UniqueFd fd;
    UvHandle<uv_poll_t> poll;  // declared after `fd`: watching ends before the descriptor is closed
    int watched_events = 0;

    std::optional<Endpoint> local;
    std::map<IpAddress, IpAddress> sources;  // destination → the address that we send from to it

    DatagramBatch batch;
    std::vector<ReceivedDatagram> received;
    std::deque<QueuedDatagram> queue;
    std::size_t queued_bytes = 0;
    std::uint32_t drop_counter = 0;  // the kernel's, as last seen
    bool paused = false;

    State(Loop& on_loop, capture::LogWriter& into, UdpObserver& tell, const Options& with)
        : loop(on_loop), writer(into), observer(tell), options(with) {}

    Result<void> open_descriptor(int wanted_family, bool wildcard) {
        family = wanted_family;
        fd = UniqueFd(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        if (!fd) {
            return tl::unexpected(system_failure("open a UDP socket", errno));
        }
        prepare(fd.get(), family, wildcard);
        return {};
    }

    void watch() {
        const int events = paused ? 0 : UV_READABLE | (queue.empty() ? 0 : UV_WRITABLE);
        if (!poll) {
            poll.reset(new uv_poll_t{});
            uv_poll_init(loop.uv(), poll.get(), fd.get());
            poll->data = this;
        } else if (events == watched_events) {
            return;
        }
        watched_events = events;
        if (events == 0) {
            uv_poll_stop(poll.get());
        } else {
            uv_poll_start(poll.get(), events, &State::on_poll);
        }
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
        self->drain_error_queue();
        if (status < 0 || (events & UV_READABLE) != 0) {
            self->read();
        }
        if ((events & UV_WRITABLE) != 0) {
            self->flush_queue();
        }
        self->watch();
        self->observer.on_batch_end();
    }

    void read() {
        for (int turn = 0; turn < max_batches_a_turn; ++turn) {
            if (!writer.ready()) {
                paused = true;  // what comes now waits in the kernel's buffer, and what does not fit there is
                                // counted
                return;
            }
            const int count = batch.receive(fd.get());
            if (count < 0) {
                if (errno == EINTR) {
                    continue;
                }
                if (errno != EAGAIN) {
                    drain_error_queue();
                    continue;
                }
                return;
            }
            take_batch(static_cast<std::size_t>(count));
            if (count < static_cast<int>(DatagramBatch::max_datagrams)) {
                return;
            }
        }
    }

    void take_batch(std::size_t count) {
        received.clear();
        const Timestamp now = clock.now();
        for (std::size_t i = 0; i < count; ++i) {
            const auto datagram = batch[i];
            Endpoint to = local.value_or(Endpoint{});
            if (datagram.destination) {
                to.address = *datagram.destination;
            }
            writer.append_datagram(datagram.received_at.value_or(now), capture::Direction::received, to,
                                   datagram.remote, datagram.payload);
            received.push_back({datagram.remote, datagram.payload});
        }
        writer.publish();
        observer.on_datagrams(received);
        check_drops();
    }

    void check_drops() {
        std::array<std::uint32_t, SK_MEMINFO_VARS> info{};
        socklen_t length = sizeof info;
        if (!fd || ::getsockopt(fd.get(), SOL_SOCKET, SO_MEMINFO, info.data(), &length) != 0) {
            return;
        }
        const std::uint32_t more = info[SK_MEMINFO_DROPS] - drop_counter;  // right over a wrap as well
        drop_counter = info[SK_MEMINFO_DROPS];
        if (more != 0) {
            observer.on_dropped(more);
        }
    }

    /// ICMP errors wait here, each with the address that the datagram had been sent to (ip(7), IP_RECVERR).
    void drain_error_queue() {
        while (true) {
            std::array<std::uint8_t, 64> returned{};
            alignas(cmsghdr) std::array<std::uint8_t, 512> control{};
            iovec part{returned.data(), returned.size()};
            SocketAddress remote;
            msghdr message{};
            message.msg_name = remote.get();
            message.msg_namelen = sizeof remote.storage;
            message.msg_iov = &part;
            message.msg_iovlen = 1;
            message.msg_control = control.data();
            message.msg_controllen = control.size();
            if (::recvmsg(fd.get(), &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) {
                if (errno == EINTR) {
                    continue;
                }
                return;
            }
            for (cmsghdr* item = CMSG_FIRSTHDR(&message); item != nullptr;
                 item = CMSG_NXTHDR(&message, item)) {
                const bool v4 = item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_RECVERR;
                const bool v6 = item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_RECVERR;
                if (v4 || v6) {
                    sock_extended_err error{};
                    std::memcpy(&error, CMSG_DATA(item), sizeof error);
                    const Endpoint to = from_socket_address(remote.get());
                    observer.on_error(to, undeliverable(to, static_cast<int>(error.ee_errno)));
                }
            }
        }
    }

    /// True when the kernel took it; false when it must wait; otherwise why it cannot be sent.
    Result<bool> try_send(const Endpoint& remote, const Bytes& payload) {
        const SocketAddress address = to_socket_address(remote, family);
        // A pending ICMP error of an earlier datagram is reported by whichever call comes next. It is not
        // about this datagram; there can be several.
        for (int attempt = 0; attempt < 8; ++attempt) {
            const auto sent = ::sendto(fd.get(), payload.data(), payload.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                                       address.get(), address.length);
            if (sent >= 0) {
                log_sent(remote, payload);
                return true;
            }
            if (errno == EAGAIN || errno == ENOBUFS) {
                return false;
            }
            if (errno == EINTR) {
                continue;
            }
            if (errno != ECONNREFUSED && errno != EHOSTUNREACH && errno != ENETUNREACH) {
                break;
            }
            const int error_number = errno;
            drain_error_queue();
            errno = error_number;
        }
        return tl::unexpected(send_failure(remote, payload.size(), errno));
    }

    void log_sent(const Endpoint& remote, const Bytes& payload) {
        const Timestamp now = clock.now();
        if (!local) {
            local = local_endpoint(fd.get());
            observer.on_bound(*local);
        }
        writer.append_datagram(now, capture::Direction::sent, Endpoint{source_for(remote), local->port},
                               remote, payload);
        observer.on_sent(payload.size());
    }

    IpAddress source_for(const Endpoint& remote) {
        if (!local->address.is_unspecified()) {
            return local->address;
        }
        const auto known = sources.find(remote.address);
        if (known != sources.end()) {
            return known->second;
        }
        if (sources.size() >= max_known_sources) {
            sources.clear();
        }
        const IpAddress source = source_address_for(remote).value_or(local->address);
        sources.emplace(remote.address, source);
        return source;
    }

    void flush_queue() {
        while (!queue.empty()) {
            if (!writer.ready()) {
                paused = true;
                return;
            }
            const QueuedDatagram& next = queue.front();
            const auto taken = try_send(next.remote, *next.payload);
            if (taken && !*taken) {
                return;
            }
            if (!taken) {
                observer.on_error(next.remote, taken.error());
            }
            queued_bytes -= next.payload->size();
            queue.pop_front();
        }
        if (queue.empty()) {
            observer.on_drained();
        }
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
        if (::bind(state->fd.get(), address.get(), address.length) != 0) {
            return tl::unexpected(bind_failure(SocketKind::udp, *options.local, errno));
        }
        state->local = local_endpoint(state->fd.get());
        state->watch();
    }
    return std::unique_ptr<UdpSocket>(new UdpSocket(std::move(state)));
}

std::optional<Endpoint> UdpSocket::local() const { return state_->local; }

Result<void> UdpSocket::send(const Endpoint& remote, std::shared_ptr<const Bytes> payload) {
    const bool v4 = remote.address.is_v4();
    const std::size_t limit = v4 ? capture::LogWriter::max_datagram_v4 : capture::LogWriter::max_datagram_v6;
    if (payload->size() > limit) {
        return fail(
            ErrorKind::too_large,
            fmt::format(
                "send {} bytes to {}: a UDP datagram over {} carries at most {} bytes. Send less at once.",
                payload->size(), remote.to_string(), v4 ? "IPv4" : "IPv6", limit));
    }
    if (remote.port == 0) {
        return fail(ErrorKind::bad_input,
                    fmt::format("send to {}: port 0 cannot be sent to. Give the receiver's port.",
                                remote.to_string()));
    }
    if (!state_->fd) {
        if (auto opened = state_->open_descriptor(address_family(remote.address), true); !opened) {
            return opened;
        }
        state_->watch();
    }
    if (state_->family == AF_INET && !v4) {
        return fail(
            ErrorKind::bad_input,
            fmt::format("send to {}: the socket is bound to IPv4. Bind it to :: to reach IPv6 addresses.",
                        remote.to_string()));
    }
    if (!state_->writer.ready()) {
        return fail(ErrorKind::too_large,
                    "send: the memory for logs is used up, and what is not in the log is not sent. "
                    "Close sessions that are no longer needed.");
    }
    if (state_->queue.empty()) {
        const auto taken = state_->try_send(remote, *payload);
        if (!taken) {
            return tl::unexpected(taken.error());
        }
        if (*taken) {
            return {};
        }
    }
    if (state_->queued_bytes + payload->size() > state_->options.send_queue_limit_bytes) {
        return fail(
            ErrorKind::too_large,
            fmt::format(
                "send {} bytes to {}: {} bytes already wait to be sent, and the limit is {}. Send less, or "
                "more slowly.",
                payload->size(), remote.to_string(), state_->queued_bytes,
                state_->options.send_queue_limit_bytes));
    }
    state_->queued_bytes += payload->size();
    state_->queue.push_back({remote, std::move(payload)});
    state_->watch();
    return {};
}

std::size_t UdpSocket::queued_bytes() const { return state_->queued_bytes; }

void UdpSocket::resume_reading() {
    if (state_->paused && state_->writer.ready()) {
        state_->paused = false;
        state_->watch();
    }
}

std::size_t UdpSocket::receive_buffer_bytes() const {
    int size = 0;
    socklen_t length = sizeof size;
    if (!state_->fd || ::getsockopt(state_->fd.get(), SOL_SOCKET, SO_RCVBUF, &size, &length) != 0) {
        return 0;
    }
    return static_cast<std::size_t>(size);
}

void UdpSocket::check_drops() { state_->check_drops(); }

}  // namespace sockdesk::net
