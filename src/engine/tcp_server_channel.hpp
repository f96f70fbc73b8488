// A TCP server session while it is open: a listener and any number of clients.
// Private to this room; lives on the loop thread.
#pragma once

#include <map>
#include <memory>

#include "engine/channel.hpp"
#include "engine/name_lookup.hpp"
#include "engine/session_config.hpp"
#include "net/tcp_connection.hpp"
#include "net/tcp_listener.hpp"

namespace sockdesk::engine {

class TcpServerChannel final : public Channel, public net::TcpConnectionObserver {
public:
    TcpServerChannel(ChannelHost& host, SessionConfig config);

    void open() override;
    void close() override;
    Result<void> send(const SendTarget& target, const Payload& payload) override;
    std::size_t queued_bytes(const SendTarget& target) const override;
    std::size_t total_queued_bytes() const override;
    void set_echo(bool echo) override { config_.echo = echo; }
    void disconnect(ConnectionId connection) override;
    void finish_sending(ConnectionId connection) override;
    void cycle_ended() override;
    void resume_reading() override;
    bool reading_paused() const override;

private:
    struct Client {
        ConnectionId id;
        std::unique_ptr<net::TcpConnection> connection;
        /// A send to all left this one out because it does not read; said once, until it reads again.
        bool left_behind = false;
    };

    void on_received(net::TcpConnection& connection, ByteView payload) override;
    void on_sent(net::TcpConnection& connection, std::size_t bytes, std::size_t packets) override;
    void on_drained(net::TcpConnection& connection) override;
    void on_end_of_stream(net::TcpConnection& connection) override;
    void on_ended(net::TcpConnection& connection, std::string_view reason, const Error& error) override;
    void on_batch_end() override;

    void listen(const Endpoint& local);
    void accepted(uv_tcp_s* handle);
    Result<void> send_to_all(const Payload& payload);
    Client* find(const net::TcpConnection& connection);
    bool is_over_with(const Client& client) const;
    void close_those_over_soon();
    void client_over(ConnectionId id, std::string_view reason, const std::optional<Error>& error);

    ChannelHost& host_;
    SessionConfig config_;
    NameLookup names_;
    std::unique_ptr<net::TcpListener> listener_;
    std::map<ConnectionId, Client> clients_;
    std::uint32_t last_id_ = 0;
    std::uint64_t last_fan_out_ = 0;
    std::shared_ptr<bool> alive_ =
        std::make_shared<bool>(true);  ///< weakly held by what is posted to the loop
};

}  // namespace sockdesk::engine
