// A TCP client session while it is open: connecting, connected, or waiting to connect again.
// Private to this room; lives on the loop thread.
#pragma once

#include <memory>
#include <vector>

#include "engine/channel.hpp"
#include "engine/name_lookup.hpp"
#include "engine/session_config.hpp"
#include "engine/tcp_peer.hpp"
#include "net/tcp_connection.hpp"
#include "net/tcp_connector.hpp"
#include "net/timers.hpp"

namespace sockdesk::engine {

class TcpClientChannel final : public Channel, public net::TcpConnectionObserver {
public:
    TcpClientChannel(ChannelHost& host, SessionConfig config);

    void open() override;
    void close() override;
    Result<void> send(const SendTarget& target, const Payload& payload) override;
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
    void on_received(net::TcpConnection& connection, ByteView payload) override;
    void on_sent(net::TcpConnection& connection, std::size_t bytes) override;
    void on_drained(net::TcpConnection& connection) override;
    void on_end_of_stream(net::TcpConnection& connection) override;
    void on_ended(net::TcpConnection& connection, std::string_view reason, const Error& error) override;
    void on_batch_end() override;

    void look_up_and_connect();
    void connect_to_next_address();
    void attempt_done(const Result<uv_tcp_s*>& connected);
    void attempt_failed(const Error& error);
    void wait_and_try_again(const Error& error);
    /// Soon, once the peer has finished and nothing keeps our side open.
    void close_if_over();
    /// The connection is over; what comes next depends on the settings.
    void connection_over(std::string_view reason, const std::optional<Error>& error);

    ChannelHost& host_;
    SessionConfig config_;
    std::unique_ptr<NameLookup> names_;
    std::optional<Endpoint> local_;
    std::vector<Endpoint> addresses_;
    std::size_t next_address_ = 0;
    std::unique_ptr<net::TcpConnector> connector_;
    net::TcpTotals totals_;  // before what counts in it
    std::unique_ptr<net::TcpConnection> connection_;
    ReadingHold hold_;
    bool finish_wanted_ = false;  ///< asked for while not connected yet
    net::Timer reconnect_timer_;
    std::chrono::milliseconds reconnect_delay_;
    std::shared_ptr<bool> alive_ =
        std::make_shared<bool>(true);  ///< weakly held by what is posted to the loop
};

}  // namespace sockdesk::engine
