// A TCP server session while it is open: a listener and any number of clients.
// Private to this room; lives on the loop thread.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <unordered_map>

#include "engine/channel.hpp"
#include "engine/name_lookup.hpp"
#include "engine/session_config.hpp"
#include "engine/tcp_peer.hpp"
#include "net/tcp_connection.hpp"
#include "net/tcp_listener.hpp"

namespace sockdesk::engine {

class TcpServerChannel final : public Channel, public net::TcpConnectionObserver {
public:
    TcpServerChannel(ChannelHost& host, SessionConfig config);

    void open() override;
    void close() override;
    Result<void> send(const SendTarget& target, const Payload& payload) override;
    bool reaches_several(const SendTarget& target) const override;
    Result<void> send_to_each(const SendTarget& target,
                              const std::function<Payload(const SendEnds&)>& make) override;
    SendEnds ends_of(const SendTarget& target) const override;
    std::size_t room(const SendTarget& target, std::size_t limit) const override;
    bool is_drained(const SendTarget& target) const override;
    std::size_t queued_bytes() const override { return totals_.queued_bytes; }
    Result<void> reply(const ReplyTo& to, const Payload& payload) override;
    bool has_room_for_reply(ConnectionId connection) const override;
    void hold_reading(ConnectionId connection, bool hold) override;
    void disconnect(ConnectionId connection) override;
    void finish_sending(ConnectionId connection) override;
    void cycle_ended() override;
    void resume_reading() override;
    bool reading_paused() const override { return totals_.paused_connections != 0; }

private:
    struct Client {
        ConnectionId id;
        std::unique_ptr<net::TcpConnection> connection;
        /// A send to all left this one out because it does not read; said once, until it reads again.
        bool left_behind = false;
        ReadingHold hold = {};
    };

    void on_received(net::TcpConnection& connection, ByteView payload) override;
    void on_sent(net::TcpConnection& connection, std::size_t bytes) override;
    void on_drained(net::TcpConnection& connection) override;
    void on_end_of_stream(net::TcpConnection& connection) override;
    void on_ended(net::TcpConnection& connection, std::string_view reason, const Error& error) override;
    void on_batch_end() override;

    void listen(const Endpoint& local);
    void accepted(uv_tcp_s* handle, const Endpoint& remote);
    Result<void> send_to_all(const Payload& payload);
    Result<void> offer_to_each(const std::function<Result<void>(net::TcpConnection&)>& offer);
    void leave_behind(Client& client, const Error& refusal);
    Client& client_of(const net::TcpConnection& connection);
    /// What waits for one client, or for the one with the fewest; nothing where there is none.
    std::size_t queued_to(const SendTarget& target) const;
    bool is_over_with(const Client& client) const;
    void close_those_over_soon();
    void client_over(ConnectionId id, std::string_view reason, const std::optional<Error>& error);

    ChannelHost& host_;
    SessionConfig config_;
    std::unique_ptr<NameLookup> names_;
    std::unique_ptr<net::TcpListener> listener_;
    net::TcpTotals totals_;  // before what counts in it
    std::map<ConnectionId, Client> clients_;
    std::unordered_map<const net::TcpConnection*, ConnectionId> ids_;
    std::set<ConnectionId> half_closed_;  ///< their peers have finished sending
    std::uint32_t last_id_ = 0;
    std::uint64_t last_fan_out_ = 0;
    std::shared_ptr<bool> alive_ =
        std::make_shared<bool>(true);  ///< weakly held by what is posted to the loop
};

}  // namespace sockdesk::engine
