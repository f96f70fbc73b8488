// A UDP session while it is open. Private to this room; lives on the loop thread.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <tuple>
#include <vector>

#include "engine/channel.hpp"
#include "engine/name_lookup.hpp"
#include "engine/session_config.hpp"
#include "net/udp_socket.hpp"

namespace sockdesk::engine {

class UdpChannel final : public Channel, public net::UdpObserver {
public:
    UdpChannel(ChannelHost& host, SessionConfig config);

    void open() override;
    void close() override;
    Result<void> send(const SendTarget& target, const Payload& payload) override;
    Result<void> send_batch(const SendTarget& target, std::span<const Payload> payloads,
                            std::size_t& accepted) override;
    std::size_t at_once(const SendTarget& target) const override;
    void prepare_to(const SendTarget& target) override;
    Result<bool> send_when_known(const SendTarget& target,
                                 const std::function<Payload(const SendEnds&)>& make,
                                 std::size_t most_bytes) override;
    SendEnds ends_of(const SendTarget& target) const override;
    std::size_t room(const SendTarget& target, std::size_t limit) const override;
    bool is_drained(const SendTarget& target) const override;
    std::size_t queued_bytes() const override;
    Result<void> reply(const ReplyTo& to, const Payload& payload) override;
    void resume_reading() override;
    bool reading_paused() const override { return false; }

private:
    /// A peer given as it was typed: its address, once it is known, and what waits for that.
    struct Waiting {
        std::function<Payload(const SendEnds&)> make;
        std::size_t bytes = 0;  ///< at most
    };
    struct NamedPeer {
        std::optional<Endpoint> address;
        std::unique_ptr<net::Lookup> lookup;
        std::vector<Waiting> waiting;
    };

    struct ByText {
        bool operator()(const HostPort& a, const HostPort& b) const {
            return std::tie(a.host, a.port) < std::tie(b.host, b.port);
        }
    };

    void on_datagrams(std::span<const net::ReceivedDatagram> datagrams) override;
    void on_sent(std::size_t datagrams, std::size_t payload_bytes) override;
    void on_bound(const Endpoint& local) override;
    void on_error(const Endpoint& remote, const Error& error) override;
    void on_dropped(std::uint64_t count) override;
    void on_discarded(std::uint64_t count) override;
    void on_drained() override;
    void on_batch_end() override;

    /// Where the address is known without looking it up now.
    std::optional<Endpoint> address_of(const SendTarget& target) const;
    void open_socket(const ResolvedNames& names);
    void tell_receive_buffer();
    /// Its entry, for which there is room, or why not.
    Result<NamedPeer*> peer_named(const HostPort& name);
    /// Of a name whose address is not known yet.
    void look_up(const HostPort& name, NamedPeer& peer);
    Result<void> wait_for(const HostPort& name, NamedPeer& peer, Waiting what);
    Result<void> send_to_name(const HostPort& name, const Payload& payload);
    void name_found(const HostPort& name, const Result<std::vector<Endpoint>>& found);
    /// True when it is new.
    bool remember_peer(const Endpoint& remote);

    ChannelHost& host_;
    SessionConfig config_;
    std::unique_ptr<NameLookup> names_;
    std::unique_ptr<net::UdpSocket> socket_;
    std::optional<Endpoint> default_remote_;
    std::map<HostPort, NamedPeer, ByText> named_peers_;
    std::size_t waiting_bytes_ = 0;      ///< of payloads whose peer's name is being looked up
    std::deque<Endpoint> recent_peers_;  ///< newest at the back
};

}  // namespace sockdesk::engine
