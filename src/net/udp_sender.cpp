#include "net/udp_sender.hpp"

#include <cerrno>
#include <utility>

#include <fmt/format.h>

#include "net/local_addresses.hpp"
#include "net/system_failure.hpp"
#include "net/udp_descriptor.hpp"

namespace sockdesk::net {

namespace {

/// Sources are looked up once a destination; a scan over a whole network must not make the table grow for
/// ever.
constexpr std::size_t max_known_sources = 1024;

/// A full queue of a network interface (ENOBUFS) does not show in the socket, which stays writable.
constexpr std::chrono::milliseconds interface_retry_delay{2};

std::size_t largest_to(const Endpoint& remote) {
    return remote.address.is_v4() ? capture::LogWriter::max_datagram_v4 : capture::LogWriter::max_datagram_v6;
}

}  // namespace

UdpSender::UdpSender(Loop& loop, UdpPort& port, std::size_t queue_limit_bytes,
                     std::function<void()> after_timer)
    : port_(port),
      queue_limit_bytes_(queue_limit_bytes),
      interface_retry_(loop, [this, after_timer = std::move(after_timer)] {
          interface_full_ = false;
          flush();
          after_timer();
      }) {}

Result<void> UdpSender::check(const Endpoint& remote, std::size_t payload_bytes) {
    if (payload_bytes > largest_to(remote)) {
        return fail(ErrorKind::too_large,
                    fmt::format("send {} bytes to {}: a UDP datagram over {} carries at most {} bytes. "
                                "Send less at once.",
                                payload_bytes, remote.to_string(), remote.address.is_v4() ? "IPv4" : "IPv6",
                                largest_to(remote)));
    }
    if (remote.port == 0) {
        return fail(ErrorKind::bad_input,
                    fmt::format("send to {}: port 0 cannot be sent to. Give the receiver's port.",
                                remote.to_string()));
    }
    return {};
}

Result<void> UdpSender::check_now(const Endpoint& remote) const {
    if (port_.family == AF_INET && !remote.address.is_v4()) {
        return fail(
            ErrorKind::bad_input,
            fmt::format("send to {}: the socket is bound to IPv4. Bind it to :: to reach IPv6 addresses.",
                        remote.to_string()));
    }
    if (!port_.writer.ready(capture::Patience::must_not_wait)) {
        return fail(ErrorKind::too_large,
                    "send: the memory for logs is used up, and what is not in the log is not sent. "
                    "Close sessions that are no longer needed.");
    }
    return {};
}

Result<void> UdpSender::send(const Endpoint& remote, Payload payload,
                             const std::optional<IpAddress>& source) {
    if (auto possible = check_now(remote); !possible) {
        return possible;
    }
    // Only where there is a choice: a socket bound to one address sends from that one.
    const bool choice = source && port_.local && port_.local->address.is_unspecified();
    QueuedDatagram datagram{remote, std::move(payload), choice ? source : std::nullopt};
    if (queue_.empty()) {
        const auto taken = try_send(datagram);
        if (!taken) {
            return tl::unexpected(taken.error());
        }
        if (*taken == Taken::yes) {
            return {};
        }
        if (*taken == Taken::in_a_moment) {
            wait_for_interface();
        }
    }
    if (queued_bytes_ + datagram.charge() > queue_limit_bytes_) {
        return fail(
            ErrorKind::too_large,
            fmt::format("send {} bytes to {}: {} bytes already wait to be sent, and the limit is {}. "
                        "Send less, or more slowly.",
                        datagram.payload->size(), remote.to_string(), queued_bytes_, queue_limit_bytes_));
    }
    queued_bytes_ += datagram.charge();
    queue_.push_back(std::move(datagram));
    return {};
}

Result<void> UdpSender::send_batch(const Endpoint& remote, std::span<const Payload> payloads,
                                   std::size_t& accepted) {
    while (accepted < payloads.size()) {
        const auto rest = payloads.subspan(accepted);
        if (queue_.empty()) {
            if (auto possible = check_now(remote); !possible) {
                return possible;
            }
            std::size_t count = 0;
            while (count < rest.size() && count < UdpSocket::max_batch &&
                   rest[count]->size() <= largest_to(remote)) {
                ++count;
            }
            const std::size_t taken =
                send_together(remote, count, [&](std::size_t i) { return ByteView(*rest[i]); });
            accepted += taken;
            if (taken != 0 && taken == count) {
                continue;
            }
        }
        // What the kernel did not take: this tells why, or queues it.
        const Payload& next = payloads[accepted];
        if (auto possible = check(remote, next->size()); !possible) {
            return possible;
        }
        if (auto sent = send(remote, next, std::nullopt); !sent) {
            return sent;
        }
        ++accepted;
    }
    return {};
}

Result<UdpSender::Taken> UdpSender::try_send(const QueuedDatagram& datagram) {
    const Endpoint& remote = datagram.remote;
    std::optional<IpAddress> source = datagram.source;
    int error_number = 0;
    // A pending ICMP error of an earlier datagram is reported by whichever call comes next. It is not
    // about this datagram; there can be several.
    for (int attempt = 0; attempt < 8; ++attempt) {
        error_number = send_datagram(port_.fd.get(), port_.family, remote, *datagram.payload, source);
        port_.learn_local();
        if (error_number == 0) {
            const Endpoint from{source ? *source : source_for(remote),
                                port_.local ? port_.local->port : std::uint16_t{0}};
            port_.keep(port_.clock.now(), capture::Direction::sent, from, remote, *datagram.payload);
            port_.observer.on_sent(1, datagram.payload->size());
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
        } else if (!port_.drain_error_queue()) {
            break;
        }
    }
    return tl::unexpected(send_failure(remote, datagram.payload->size(), error_number));
}

/// How many the kernel took at once. 0: no more than one can be had so, or the first is to be tried by itself, which tells why.
template <typename PayloadAt>
std::size_t UdpSender::send_together(const Endpoint& remote, std::size_t count, const PayloadAt& payload_at) {
    if (count < 2) {
        return 0;
    }
    if (!together_) {
        together_ = std::make_unique<DatagramsToSend>();
    }
    together_->begin(to_socket_address(remote, port_.family));
    for (std::size_t i = 0; i < count && together_->add(payload_at(i)); ++i) {
    }
    const std::size_t taken = together_->send(port_.fd.get());
    port_.learn_local();
    if (taken == 0) {
        return 0;
    }
    const Endpoint from{source_for(remote), port_.local ? port_.local->port : std::uint16_t{0}};
    const Timestamp now = port_.clock.now();
    std::size_t payload_bytes = 0;
    for (std::size_t i = 0; i < taken; ++i) {
        const ByteView payload = payload_at(i);
        port_.keep(now, capture::Direction::sent, from, remote, payload);
        payload_bytes += payload.size();
    }
    port_.observer.on_sent(taken, payload_bytes);
    return taken;
}

/// The first of those that wait, together with those behind it to the same receiver.
std::size_t UdpSender::send_queued_together() {
    const QueuedDatagram& first = queue_.front();
    std::size_t count = 0;
    while (count < queue_.size() && count < UdpSocket::max_batch && !queue_[count].source &&
           queue_[count].remote == first.remote) {
        ++count;
    }
    return send_together(first.remote, count, [this](std::size_t i) { return ByteView(*queue_[i].payload); });
}

IpAddress UdpSender::source_for(const Endpoint& remote) {
    if (port_.local && !port_.local->address.is_unspecified()) {
        return port_.local->address;
    }
    const auto known = sources_.find(remote.address);
    if (known != sources_.end()) {
        return known->second;
    }
    if (sources_.size() >= max_known_sources) {
        sources_.clear();
    }
    const IpAddress source = source_address_for(remote).value_or(IpAddress());
    sources_.emplace(remote.address, source);
    return source;
}

void UdpSender::wait_for_interface() {
    interface_full_ = true;
    interface_retry_.start(interface_retry_delay);
}

void UdpSender::pop_queue() {
    queued_bytes_ -= queue_.front().charge();
    queue_.pop_front();
}

void UdpSender::flush() {
    if (interface_full_) {
        return;
    }
    while (!queue_.empty()) {
        if (!port_.ready_or_paused()) {
            return;
        }
        for (std::size_t left = send_queued_together(); left != 0; --left) {
            pop_queue();
        }
        if (queue_.empty()) {
            break;
        }
        const auto taken = try_send(queue_.front());
        if (taken && *taken == Taken::when_writable) {
            return;
        }
        if (taken && *taken == Taken::in_a_moment) {
            wait_for_interface();
            return;
        }
        if (!taken) {
            port_.observer.on_error(queue_.front().remote, taken.error());
        }
        pop_queue();
    }
    port_.observer.on_drained();
}

}  // namespace sockdesk::net
