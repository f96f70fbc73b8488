#include "engine/udp_channel.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace sockdesk::engine {

namespace {

/// Peers that are told to the face as new only once.
constexpr std::size_t max_recent_peers = 64;
constexpr std::size_t max_new_peers_a_batch = 4;

/// Names are looked up once and then kept; a script that makes up names must not fill the memory.
constexpr std::size_t max_named_peers = 256;

}  // namespace

UdpChannel::UdpChannel(ChannelHost& host, SessionConfig config) : host_(host), config_(std::move(config)) {}

void UdpChannel::open() {
    host_.channel_opening(std::nullopt);
    names_ = std::make_unique<NameLookup>(host_.loop());
    names_->start(config_.local, config_.remote, [this](const Result<ResolvedNames>& names) {
        if (names) {
            open_socket(*names);
        } else {
            host_.channel_failed(names.error());
        }
    });
}

void UdpChannel::open_socket(const ResolvedNames& names) {
    if (!names.remote.empty()) {
        default_remote_ = preferred(names.remote);
        if (names.local) {
            // Of several addresses, one that the bound socket can reach.
            const auto same_family =
                std::find_if(names.remote.begin(), names.remote.end(), [&](const Endpoint& remote) {
                    return remote.address.family() == names.local->address.family();
                });
            default_remote_ = same_family != names.remote.end() ? *same_family : *default_remote_;
        }
    }
    auto opened = net::UdpSocket::open(
        host_.loop(), host_.ledger().writer(), *this,
        {.local = names.local, .send_queue_limit_bytes = config_.send_queue_limit_bytes});
    if (!opened) {
        host_.channel_failed(opened.error());
        return;
    }
    socket_ = std::move(*opened);
    tell_receive_buffer();
    host_.channel_opened(socket_->local(), std::nullopt);
    host_.start_greeting(ToDefault{});
}

void UdpChannel::close() {
    names_.reset();
    if (socket_) {
        socket_->read_rest();
        socket_->check_drops();
    }
    socket_.reset();
    named_peers_.clear();
}

Result<void> UdpChannel::send(const SendTarget& target, const Payload& payload) {
    if (!socket_) {
        return fail(ErrorKind::closed, "send: the session is not open yet. Wait until it is open.");
    }
    if (const auto* name = std::get_if<HostPort>(&target)) {
        return send_to_name(*name, payload);
    }
    if (!default_remote_) {
        return fail(ErrorKind::bad_input,
                    "send: no remote address is given. Fill in the remote host and port.");
    }
    return socket_->send(*default_remote_, payload);
}

Result<void> UdpChannel::send_batch(const SendTarget& target, std::span<const Payload> payloads,
                                    std::size_t& accepted) {
    if (const auto* name = std::get_if<HostPort>(&target)) {
        (void)peer_named(*name);  // an address need not be read from its text again
    }
    if (socket_ && payloads.size() > 1) {
        if (const auto remote = address_of(target)) {
            return socket_->send_batch(*remote, payloads, accepted);
        }
    }
    return Channel::send_batch(target, payloads, accepted);
}

std::size_t UdpChannel::at_once(const SendTarget& target) const {
    return address_of(target) ? net::UdpSocket::max_batch : 1;
}

SendEnds UdpChannel::ends_of(const SendTarget& target) const {
    const auto remote = address_of(target);
    return {socket_ && remote ? socket_->local_for(*remote) : std::nullopt, remote};
}

void UdpChannel::prepare_to(const SendTarget& target) {
    if (!socket_) {
        return;
    }
    if (const auto* name = std::get_if<HostPort>(&target)) {
        if (const auto peer = peer_named(*name); peer && !(*peer)->address) {
            look_up(*name, **peer);
        }
    }
    if (socket_->local()) {
        return;
    }
    if (const auto remote = address_of(target)) {
        // Where it cannot be, the send tells why.
        (void)socket_->bind_for(*remote);
    }
}

Result<bool> UdpChannel::send_when_known(const SendTarget& target,
                                         const std::function<Payload(const SendEnds&)>& make,
                                         std::size_t most_bytes) {
    const auto* name = std::get_if<HostPort>(&target);
    if (!socket_ || name == nullptr) {
        return false;
    }
    const auto peer = peer_named(*name);
    if (!peer || (*peer)->address) {
        return false;
    }
    if (auto waits = wait_for(*name, **peer, {make, most_bytes}); !waits) {
        return tl::unexpected(waits.error());
    }
    return true;
}

std::optional<Endpoint> UdpChannel::address_of(const SendTarget& target) const {
    const auto* name = std::get_if<HostPort>(&target);
    if (name == nullptr) {
        return default_remote_;
    }
    const auto known = named_peers_.find(*name);
    return known == named_peers_.end() ? net::as_literal(*name) : known->second.address;
}

Result<UdpChannel::NamedPeer*> UdpChannel::peer_named(const HostPort& name) {
    const auto known = named_peers_.find(name);
    if (known != named_peers_.end()) {
        return &known->second;
    }
    if (named_peers_.size() >= max_named_peers) {
        std::erase_if(named_peers_, [](const auto& entry) { return entry.second.address.has_value(); });
    }
    if (named_peers_.size() >= max_named_peers) {
        return fail(
            ErrorKind::too_large,
            fmt::format("send to {}: too many other names are being looked up. Try again in a moment.",
                        name.to_string()));
    }
    NamedPeer& peer = named_peers_[name];
    peer.address = net::as_literal(name);
    return &peer;
}

Result<void> UdpChannel::send_to_name(const HostPort& name, const Payload& payload) {
    const auto peer = peer_named(name);
    if (!peer) {
        const auto literal = net::as_literal(name);
        return literal ? socket_->send(*literal, payload) : tl::unexpected(peer.error());
    }
    if ((*peer)->address) {
        return socket_->send(*(*peer)->address, payload);
    }
    return wait_for(name, **peer, {[payload](const SendEnds&) { return payload; }, payload->size()});
}

void UdpChannel::look_up(const HostPort& name, NamedPeer& peer) {
    if (!peer.lookup) {
        peer.lookup = std::make_unique<net::Lookup>(
            host_.loop(), name,
            [this, name](const Result<std::vector<Endpoint>>& found) { name_found(HostPort(name), found); });
    }
}

Result<void> UdpChannel::wait_for(const HostPort& name, NamedPeer& peer, Waiting what) {
    if (waiting_bytes_ + what.bytes > config_.send_queue_limit_bytes) {
        return fail(ErrorKind::too_large,
                    fmt::format("send to {}: its address is still being looked up, and no more can wait "
                                "for it. Try again in a moment.",
                                name.to_string()));
    }
    look_up(name, peer);
    waiting_bytes_ += what.bytes;
    peer.waiting.push_back(std::move(what));
    return {};
}

void UdpChannel::name_found(const HostPort& name, const Result<std::vector<Endpoint>>& found) {
    NamedPeer& peer = named_peers_[name];
    const std::vector<Waiting> waiting = std::move(peer.waiting);
    std::size_t bytes = 0;
    for (const Waiting& each : waiting) {
        bytes += each.bytes;
    }
    waiting_bytes_ -= bytes;
    if (!found) {
        named_peers_.erase(name);  // the next send tries again
        host_.ledger().record_error(found.error(), std::nullopt);
        host_.emit(SendRefused{host_.session_id(), std::nullopt, found.error()});
        // A cycle that waits for the name has queued nothing, and cannot go on all the same.
        host_.target_lost(name, std::max<std::size_t>(bytes, 1), found.error());
    } else {
        peer.address = preferred(*found);
        const SendTarget target = name;
        for (const Waiting& each : waiting) {
            prepare_to(target);
            const auto address = address_of(target);
            if (auto sent = socket_->send(*address, each.make(ends_of(target))); !sent) {
                host_.ledger().record_error(sent.error(), address);
                host_.emit(SendRefused{host_.session_id(), std::nullopt, sent.error()});
            }
        }
    }
    host_.channel_drained();
    host_.batch_end();
}

std::size_t UdpChannel::room(const SendTarget& target, std::size_t limit) const {
    if (const auto* name = std::get_if<HostPort>(&target)) {
        const auto known = named_peers_.find(*name);
        if (known != named_peers_.end() && !known->second.address) {
            return 0;
        }
    }
    const std::size_t taken = queued_bytes() + net::UdpSocket::queue_overhead_bytes;
    return taken < limit ? limit - taken : 0;
}

bool UdpChannel::is_drained(const SendTarget&) const { return queued_bytes() == 0; }

std::size_t UdpChannel::queued_bytes() const {
    return waiting_bytes_ + (socket_ ? socket_->queued_bytes() : 0);
}

void UdpChannel::resume_reading() {
    if (socket_) {
        socket_->resume_reading();
    }
}

void UdpChannel::on_datagrams(std::span<const net::ReceivedDatagram> datagrams) {
    std::uint64_t bytes = 0;
    std::size_t new_peers = 0;
    for (const auto& datagram : datagrams) {
        bytes += datagram.payload.size();
        // A flood from made-up addresses must not turn into a flood of events.
        if (new_peers < max_new_peers_a_batch && remember_peer(datagram.remote)) {
            ++new_peers;
        }
    }
    host_.ledger().count_received(datagrams.size(), bytes);
    if (Replier* const replier = host_.replier()) {
        const auto local = socket_->local();
        for (const auto& datagram : datagrams) {
            ReplyTo to{{}, datagram.remote, local, datagram.destination};
            if (to.local && to.source) {
                to.local->address = *to.source;
            }
            replier->on_datagram(to, datagram.payload);
        }
    }
}

Result<void> UdpChannel::reply(const ReplyTo& to, const Payload& payload) {
    if (!socket_) {
        return {};
    }
    return socket_->send(to.remote, payload, to.source);
}

bool UdpChannel::remember_peer(const Endpoint& remote) {
    // Searched from the newest: datagrams in a row mostly come from one peer.
    if (std::find(recent_peers_.rbegin(), recent_peers_.rend(), remote) != recent_peers_.rend()) {
        return false;
    }
    if (recent_peers_.size() == max_recent_peers) {
        recent_peers_.pop_front();
    }
    recent_peers_.push_back(remote);
    host_.emit(PeerSeen{host_.session_id(), remote});
    return true;
}

void UdpChannel::on_sent(std::size_t datagrams, std::size_t payload_bytes) {
    host_.ledger().count_sent(datagrams, payload_bytes);
}

void UdpChannel::on_bound(const Endpoint& local) {
    tell_receive_buffer();
    host_.channel_opened(local, std::nullopt);
}

void UdpChannel::tell_receive_buffer() {
    if (const std::size_t granted = socket_->receive_buffer_bytes(); granted != 0) {
        host_.ledger().receive_buffer_granted(granted, net::UdpSocket::wanted_receive_buffer_bytes);
    }
}

void UdpChannel::on_error(const Endpoint& remote, const Error& error) {
    host_.ledger().record_error(error, remote);
}

void UdpChannel::on_dropped(std::uint64_t count) { host_.ledger().count_dropped(count); }

void UdpChannel::on_discarded(std::uint64_t count) { host_.ledger().count_discarded(count); }

void UdpChannel::on_drained() { host_.channel_drained(); }

void UdpChannel::on_batch_end() { host_.batch_end(); }

}  // namespace sockdesk::engine
