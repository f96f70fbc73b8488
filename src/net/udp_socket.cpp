#include "net/udp_socket.hpp"

#include <algorithm>
#include <cerrno>
#include <deque>
#include <map>
#include <new>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "net/datagram_batch.hpp"
#include "net/local_addresses.hpp"
#include "net/receive_pace.hpp"
#include "net/socket_address.hpp"
#include "net/system_failure.hpp"
#include "net/timers.hpp"
#include "net/udp_descriptor.hpp"
#include "net/uv_handle.hpp"

namespace sockdesk::net {

namespace {

/// One turn of the loop reads at most this many batches from one socket, so that timers and other sockets
/// have their turn.
constexpr int max_batches_a_turn = 16;

/// Sources are looked up once a destination; a scan over a whole network must not make the table grow for
/// ever.
constexpr std::size_t max_known_sources = 1024;

/// Asking for the drop counter costs as much as reading a datagram.
constexpr std::chrono::milliseconds drop_check_delay{20};

/// A full queue of a network interface (ENOBUFS) does not show in the socket, which stays writable.
constexpr std::chrono::milliseconds interface_retry_delay{2};

struct QueuedDatagram {
    Endpoint remote;
    std::shared_ptr<const Bytes> payload;
    std::optional<IpAddress> source;

    std::size_t charge() const { return payload->size() + UdpSocket::queue_overhead_bytes; }
};

enum class Taken { yes, when_writable, in_a_moment };

std::size_t largest_to(const Endpoint& remote) {
    return remote.address.is_v4() ? capture::LogWriter::max_datagram_v4 : capture::LogWriter::max_datagram_v6;
}

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
    std::unique_ptr<DatagramsToSend> together;  // made when first needed
    std::deque<QueuedDatagram> queue;
    std::size_t queued_bytes = 0;
    bool paused = false;
    bool interface_full = false;
    Timer interface_retry;

    std::uint32_t drop_counter = 0;  // the kernel's, as last seen
    bool drop_check_due = false;
    Timer drop_check;

    std::optional<ReceivePace> pace;
    bool in_intervals = false;  // read at `next_look` and not when the kernel says that something has come
    SteadyTime next_look{};
    DeadlineTimer look;

    State(Loop& on_loop, capture::LogWriter& into, UdpObserver& tell, const Options& with)
        : loop(on_loop),
          writer(into),
          observer(tell),
          options(with),
          interface_retry(on_loop,
                          [this] {
                              interface_full = false;
                              flush_queue();
                              watch();
                              observer.on_batch_end();
                          }),
          drop_check(on_loop,
                     [this] {
                         drop_check_due = false;
                         check_drops();
                         // While nothing is read, nothing that is read tells when to look.
                         if (paused) {
                             check_drops_soon();
                         }
                         observer.on_batch_end();
                     }),
          look(on_loop, [this] {
              read();
              watch();
              observer.on_batch_end();
          }) {}

    Result<void> open_descriptor(int wanted_family, bool wildcard) {
        auto opened = open_udp_descriptor(wanted_family, wildcard, wanted_receive_buffer_bytes);
        if (!opened) {
            return tl::unexpected(opened.error());
        }
        auto watched = std::make_unique<uv_poll_t>();
        if (const int status = uv_poll_init(loop.uv(), watched.get(), opened->get()); status != 0) {
            return tl::unexpected(system_failure("watch a UDP socket", -status));
        }
        family = wanted_family;
        fd = std::move(*opened);
        pace.emplace(2 * granted_buffer_bytes());
        poll.reset(watched.release());
        poll->data = this;
        return {};
    }

    void watch() {
        const bool write = !queue.empty() && !interface_full;
        const int events = paused ? 0 : (in_intervals ? 0 : UV_READABLE) | (write ? UV_WRITABLE : 0);
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
        if ((events & UV_WRITABLE) != 0 && !self->interface_full) {
            self->flush_queue();
        }
        self->watch();
        self->observer.on_batch_end();
    }

    void read() {
        Look taken;
        const bool emptied = read_batches(taken);
        const SteadyTime now = clock.steady_now();
        const bool wait =
            pace->after_look(now, taken.datagrams, taken.bytes) == ReceivePace::Next::after_interval;
        if (wait && !paused) {
            // Late, because the loop was busy elsewhere: still not at once, when next to nothing has gathered.
            next_look =
                emptied ? std::max(next_look + ReceivePace::interval, now + ReceivePace::interval / 2) : now;
            look.arm(next_look);
        }
        in_intervals = wait && !paused;
        if (taken.datagrams != 0 || paused) {
            check_drops_soon();
        }
    }

    void check_drops_soon() {
        if (!drop_check_due) {
            drop_check_due = true;
            drop_check.start(drop_check_delay);
        }
    }

    struct Look {
        std::size_t datagrams = 0;
        std::size_t bytes = 0;
    };

    /// True when nothing is left to read, as far as one can see.
    bool read_batches(Look& taken) {
        for (int turn = 0; turn < max_batches_a_turn; ++turn) {
            if (!writer.ready(capture::Patience::must_not_wait)) {
                // What comes now waits in the kernel's buffer; what does not fit there is counted.
                paused = true;
                return true;
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
                return true;
            }
            taken.datagrams += static_cast<std::size_t>(count);
            taken.bytes += take_batch(static_cast<std::size_t>(count));
            if (count < static_cast<int>(DatagramBatch::max_datagrams)) {
                return true;
            }
        }
        return false;
    }

    /// Answers the bytes of payload.
    std::size_t take_batch(std::size_t count) {
        received.clear();
        std::size_t bytes = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const auto datagram = batch[i];
            Endpoint to = local.value_or(Endpoint{});
            if (datagram.destination) {
                to.address = *datagram.destination;
            }
            bytes += datagram.payload.size();
            if (keep(datagram.received_at ? *datagram.received_at : clock.now(), capture::Direction::received,
                     to, datagram.remote, datagram.payload)) {
                received.push_back({datagram.remote, datagram.destination, datagram.payload});
            }
        }
        observer.on_datagrams(received);
        return bytes;
    }

    /// `LogWriter::ready` promises less than the largest batch.
    bool keep(Timestamp time, capture::Direction direction, const Endpoint& from_here, const Endpoint& remote,
              ByteView payload) {
        try {
            writer.append_datagram(time, direction, from_here, remote, payload);
            return true;
        } catch (const std::bad_alloc&) {
            observer.on_discarded(1);
            return false;
        }
    }

    void check_drops() {
        const auto counter = fd ? dropped_datagrams(fd.get()) : std::nullopt;
        if (!counter) {
            return;
        }
        const std::uint32_t more = *counter - drop_counter;  // right over a wrap as well
        drop_counter = *counter;
        if (more != 0) {
            observer.on_dropped(more);
        }
    }

    /// True when there was one: a call that failed meanwhile may have failed because of it.
    bool drain_error_queue() {
        bool any = false;
        while (const auto returned = take_returned_datagram(fd.get())) {
            if (!returned->refused_here) {
                any = true;
                observer.on_error(returned->remote, undeliverable(returned->remote, returned->error_number));
            }
        }
        return any;
    }

    std::size_t granted_buffer_bytes() const {
        int size = 0;
        socklen_t length = sizeof size;
        if (!fd || ::getsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &size, &length) != 0) {
            return 0;
        }
        return static_cast<std::size_t>(size) / 2;
    }

    Result<Taken> try_send(const QueuedDatagram& datagram) {
        const Endpoint& remote = datagram.remote;
        std::optional<IpAddress> source = datagram.source;
        int error_number = 0;
        // A pending ICMP error of an earlier datagram is reported by whichever call comes next. It is not
        // about this datagram; there can be several.
        for (int attempt = 0; attempt < 8; ++attempt) {
            error_number = send_datagram(fd.get(), family, remote, *datagram.payload, source);
            learn_local();
            if (error_number == 0) {
                log_sent(datagram, source);
                return Taken::yes;
            }
            if (error_number == EAGAIN) {
                return Taken::when_writable;
            }
            if (error_number == ENOBUFS) {
                return Taken::in_a_moment;
            }
            if (error_number == EINVAL && source) {
                source.reset();  // a broadcast address, say: received on, but not to be sent from
            } else if (!drain_error_queue()) {
                break;
            }
        }
        return tl::unexpected(send_failure(remote, datagram.payload->size(), error_number));
    }

    /// The first send binds an unbound socket, whether it succeeds or not.
    void learn_local() {
        if (!local) {
            const Endpoint bound = local_endpoint(fd.get());
            if (bound.port != 0) {
                local = bound;
                observer.on_bound(bound);
            }
        }
    }

    void log_sent(const QueuedDatagram& datagram, const std::optional<IpAddress>& source) {
        const Endpoint from{source ? *source : source_for(datagram.remote),
                            local ? local->port : std::uint16_t{0}};
        keep(clock.now(), capture::Direction::sent, from, datagram.remote, *datagram.payload);
        observer.on_sent(1, datagram.payload->size());
    }

    /// How many the kernel took at once. 0: no more than one can be had so, or the first is to be tried by itself, which tells why.
    template <typename PayloadAt>
    std::size_t send_together(const Endpoint& remote, std::size_t count, const PayloadAt& payload_at) {
        if (count < 2) {
            return 0;
        }
        if (!together) {
            together = std::make_unique<DatagramsToSend>();
        }
        together->begin(to_socket_address(remote, family));
        for (std::size_t i = 0; i < count && together->add(payload_at(i)); ++i) {
        }
        const std::size_t taken = together->send(fd.get());
        learn_local();
        if (taken == 0) {
            return 0;
        }
        const Endpoint from{source_for(remote), local ? local->port : std::uint16_t{0}};
        const Timestamp now = clock.now();
        std::size_t bytes = 0;
        for (std::size_t i = 0; i < taken; ++i) {
            const ByteView payload = payload_at(i);
            keep(now, capture::Direction::sent, from, remote, payload);
            bytes += payload.size();
        }
        observer.on_sent(taken, bytes);
        return taken;
    }

    /// The first of those that wait, together with those behind it to the same receiver.
    std::size_t send_queued_together() {
        const QueuedDatagram& first = queue.front();
        std::size_t count = 0;
        while (count < queue.size() && count < max_batch && !queue[count].source &&
               queue[count].remote == first.remote) {
            ++count;
        }
        return send_together(first.remote, count,
                             [this](std::size_t i) { return ByteView(*queue[i].payload); });
    }

    IpAddress source_for(const Endpoint& remote) {
        if (local && !local->address.is_unspecified()) {
            return local->address;
        }
        const auto known = sources.find(remote.address);
        if (known != sources.end()) {
            return known->second;
        }
        if (sources.size() >= max_known_sources) {
            sources.clear();
        }
        const IpAddress source = source_address_for(remote).value_or(IpAddress());
        sources.emplace(remote.address, source);
        return source;
    }

    /// Fails where a datagram of that size can never be sent to `remote`.
    Result<void> prepare(const Endpoint& remote, std::size_t size) {
        const bool v4 = remote.address.is_v4();
        if (size > largest_to(remote)) {
            return fail(ErrorKind::too_large,
                        fmt::format("send {} bytes to {}: a UDP datagram over {} carries at most {} bytes. "
                                    "Send less at once.",
                                    size, remote.to_string(), v4 ? "IPv4" : "IPv6", largest_to(remote)));
        }
        if (remote.port == 0) {
            return fail(ErrorKind::bad_input,
                        fmt::format("send to {}: port 0 cannot be sent to. Give the receiver's port.",
                                    remote.to_string()));
        }
        if (!fd) {
            if (auto opened = open_descriptor(address_family(remote.address), true); !opened) {
                return opened;
            }
            watch();
        }
        if (family == AF_INET && !v4) {
            return fail(
                ErrorKind::bad_input,
                fmt::format("send to {}: the socket is bound to IPv4. Bind it to :: to reach IPv6 addresses.",
                            remote.to_string()));
        }
        if (!writer.ready(capture::Patience::must_not_wait)) {
            return fail(ErrorKind::too_large,
                        "send: the memory for logs is used up, and what is not in the log is not sent. "
                        "Close sessions that are no longer needed.");
        }
        return {};
    }

    void wait_for_interface() {
        interface_full = true;
        interface_retry.start(interface_retry_delay);
    }

    void flush_queue() {
        while (!queue.empty()) {
            if (!writer.ready(capture::Patience::must_not_wait)) {
                paused = true;
                return;
            }
            for (std::size_t left = send_queued_together(); left != 0; --left) {
                queued_bytes -= queue.front().charge();
                queue.pop_front();
            }
            if (queue.empty()) {
                break;
            }
            const auto taken = try_send(queue.front());
            if (taken && *taken == Taken::when_writable) {
                return;
            }
            if (taken && *taken == Taken::in_a_moment) {
                wait_for_interface();
                return;
            }
            if (!taken) {
                observer.on_error(queue.front().remote, taken.error());
            }
            queued_bytes -= queue.front().charge();
            queue.pop_front();
        }
        observer.on_drained();
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

Result<void> UdpSocket::send(const Endpoint& remote, std::shared_ptr<const Bytes> payload,
                             const std::optional<IpAddress>& source) {
    if (auto possible = state_->prepare(remote, payload->size()); !possible) {
        return possible;
    }
    // Only where there is a choice: a socket bound to one address sends from that one.
    const bool choice = source && state_->local && state_->local->address.is_unspecified();
    QueuedDatagram datagram{remote, std::move(payload), choice ? source : std::nullopt};
    if (state_->queue.empty()) {
        const auto taken = state_->try_send(datagram);
        if (!taken) {
            return tl::unexpected(taken.error());
        }
        if (*taken == Taken::yes) {
            return {};
        }
        if (*taken == Taken::in_a_moment) {
            state_->wait_for_interface();
        }
    }
    if (state_->queued_bytes + datagram.charge() > state_->options.send_queue_limit_bytes) {
        return fail(ErrorKind::too_large,
                    fmt::format("send {} bytes to {}: {} bytes already wait to be sent, and the limit is {}. "
                                "Send less, or more slowly.",
                                datagram.payload->size(), remote.to_string(), state_->queued_bytes,
                                state_->options.send_queue_limit_bytes));
    }
    state_->queued_bytes += datagram.charge();
    state_->queue.push_back(std::move(datagram));
    state_->watch();
    return {};
}

Result<void> UdpSocket::send_batch(const Endpoint& remote,
                                   std::span<const std::shared_ptr<const Bytes>> payloads,
                                   std::size_t& accepted) {
    while (accepted < payloads.size()) {
        const auto rest = payloads.subspan(accepted);
        if (state_->queue.empty()) {
            if (auto possible = state_->prepare(remote, rest.front()->size()); !possible) {
                return possible;
            }
            std::size_t count = 1;
            while (count < rest.size() && count < max_batch && rest[count]->size() <= largest_to(remote)) {
                ++count;
            }
            const std::size_t taken =
                state_->send_together(remote, count, [&](std::size_t i) { return ByteView(*rest[i]); });
            accepted += taken;
            if (taken == count) {
                continue;
            }
        }
        // What the kernel did not take: this tells why, or queues it.
        if (auto sent = send(remote, payloads[accepted]); !sent) {
            return sent;
        }
        ++accepted;
    }
    return {};
}

std::optional<Endpoint> UdpSocket::local_for(const Endpoint& remote) const {
    if (!state_->local) {
        return std::nullopt;
    }
    return Endpoint{state_->source_for(remote), state_->local->port};
}

std::size_t UdpSocket::queued_bytes() const { return state_->queued_bytes; }

void UdpSocket::resume_reading() {
    if (state_->paused && state_->writer.ready(capture::Patience::must_not_wait)) {
        state_->paused = false;
        state_->watch();
    }
}

std::size_t UdpSocket::receive_buffer_bytes() const { return state_->granted_buffer_bytes(); }

void UdpSocket::read_rest() {
    if (!state_->fd || state_->paused) {
        return;
    }
    // Each waiting datagram takes at least this of the buffer, however short it is.
    constexpr std::size_t least_charge = 512;
    const std::size_t most = 2 * state_->granted_buffer_bytes() / least_charge;
    State::Look taken;
    for (std::size_t turn = 0; turn <= most / (DatagramBatch::max_datagrams * max_batches_a_turn); ++turn) {
        if (state_->read_batches(taken)) {
            return;
        }
    }
}

void UdpSocket::check_drops() { state_->check_drops(); }

}  // namespace sockdesk::net
