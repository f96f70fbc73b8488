#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "unit/engine/engine_fixture.hpp"

namespace sockdesk::engine {
namespace {

using Kind = capture::SessionEvent::Kind;

std::vector<std::string> reasons(const std::vector<capture::SessionEvent>& events) {
    std::vector<std::string> all;
    for (const auto& event : events) {
        if (event.kind == Kind::disconnect) {
            all.push_back(event.reason);
        }
    }
    return all;
}

class TcpTest : public EngineTest {
protected:
    /// A server and a client of it, connected.
    void connect(SessionConfig server_config, const std::function<void(SessionConfig&)>& change_client = {}) {
        std::tie(server_, server_at_) = open(server_config);
        auto config = client_to(server_at_);
        if (change_client) {
            change_client(config);
        }
        std::tie(client_, client_at_) = open(config);
        connected_ = wait_for<ClientConnected>();
    }

    SessionHandle server_;
    SessionHandle client_;
    Endpoint server_at_;
    Endpoint client_at_;
    ClientConnected connected_;
};

TEST_F(TcpTest, BytesGoBothWays) {
    for (const char* host : {"127.0.0.1", "::1"}) {
        connect(server_on(host));
        EXPECT_EQ(connected_.remote, client_at_);
        engine_->submit(Send{client_.id, ToDefault{}, text("ping")});
        ASSERT_TRUE(wait_until([&] { return joined(payloads(server_).received) == "ping"; }));
        engine_->submit(Send{server_.id, connected_.connection, text("pong")});
        ASSERT_TRUE(wait_until([&] { return joined(payloads(client_).received) == "pong"; }));
    }
}

TEST_F(TcpTest, SendToAllReachesEveryClientAndIsOneGroup) {
    const auto [server, at] = open(server_on("127.0.0.1"));
    std::vector<SessionHandle> clients;
    for (int i = 0; i < 5; ++i) {
        clients.push_back(open(client_to(at)).first);
        wait_for<ClientConnected>();
    }
    engine_->submit(Send{server.id, ToAll{}, text("everybody")});
    for (const auto& client : clients) {
        ASSERT_TRUE(wait_until([&] { return joined(payloads(client).received) == "everybody"; }));
    }
    std::vector<std::uint32_t> positions;
    capture::LogReader reader(server.log);
    for (RecordIndex i = 0; i < server.log->published(); ++i) {
        const auto record = reader.record(i);
        if (record.kind == capture::RecordKind::payload) {
            EXPECT_TRUE(record.fan_out);
            positions.push_back(record.fan_out.position);
        }
    }
    EXPECT_EQ(positions, (std::vector<std::uint32_t>{0, 1, 2, 3, 4}));
}

TEST_F(TcpTest, DisconnectEndsOneClientOnly) {
    const auto [server, at] = open(server_on("127.0.0.1"));
    const auto [one, one_at] = open(client_to(at));
    const auto first = wait_for<ClientConnected>();
    const auto [two, two_at] = open(client_to(at));
    wait_for<ClientConnected>();
    engine_->submit(Disconnect{server.id, first.connection});
    EXPECT_EQ(wait_for<ClientDisconnected>().connection, first.connection);
    wait_for_state(one.id, SessionState::closed);
    EXPECT_EQ(reasons(session_events(one)), std::vector<std::string>{"closed by peer"});
    engine_->submit(Send{server.id, ToAll{}, text("still here")});
    ASSERT_TRUE(
        wait_until([&, &session = two] { return joined(payloads(session).received) == "still here"; }));
}

TEST_F(TcpTest, ReasonsOfAnEndAreToldApart) {
    connect(server_on("127.0.0.1"));
    engine_->submit(CloseSession{client_.id});
    EXPECT_EQ(wait_for<ClientDisconnected>().reason, "closed by peer");
    EXPECT_EQ(reasons(session_events(client_)), std::vector<std::string>{"closed"});
    EXPECT_EQ(reasons(session_events(server_)), std::vector<std::string>{"closed by peer"});
}

TEST_F(TcpTest, RefusedConnectionFailsTheSession) {
    const auto [server, at] = open(server_on("127.0.0.1"));
    engine_->submit(CloseSession{server.id});
    wait_for_state(server.id, SessionState::closed);
    const SessionHandle client = engine_->create_session("client");
    engine_->submit(OpenSession{client.id, client_to(at), {}});
    const auto failed = wait_for_state(client.id, SessionState::failed);
    ASSERT_TRUE(failed.error);
    EXPECT_EQ(failed.error->code, "ECONNREFUSED");
    EXPECT_NE(failed.error->message.find(at.to_string()), std::string::npos);
    EXPECT_EQ(session_events(client).back().kind, Kind::error);
}

TEST_F(TcpTest, ReconnectsUntilTheServerIsThere) {
    const auto [first, at] = open(server_on("127.0.0.1"));
    engine_->submit(CloseSession{first.id});
    wait_for_state(first.id, SessionState::closed);
    auto config = client_to(at);
    config.reconnect = true;
    config.reconnect_min = std::chrono::milliseconds{5};
    config.reconnect_max = std::chrono::milliseconds{20};
    const SessionHandle client = engine_->create_session("client");
    engine_->submit(OpenSession{client.id, config, {}});
    wait_for<StateChanged>([&](const StateChanged& change) {
        return change.session == client.id && change.state == SessionState::opening && change.error;
    });
    SessionConfig again;
    again.protocol = Protocol::tcp_server;
    again.local = HostPort{"127.0.0.1", at.port};
    engine_->submit(OpenSession{first.id, again, {}});
    wait_for_state(client.id, SessionState::open);
    wait_for<ClientConnected>();
    // And once more when the connection is lost.
    engine_->submit(CloseSession{first.id});
    wait_for<StateChanged>([&](const StateChanged& change) {
        return change.session == client.id && change.state == SessionState::opening;
    });
    engine_->submit(OpenSession{first.id, again, {}});
    wait_for_state(client.id, SessionState::open);
}

TEST_F(TcpTest, GreetingReachesAClientThatHasAlreadyFinishedSending) {
    CyclePlan greeting;
    greeting.steps = {text("welcome "), text("all")};
    const auto [server, at] = open(server_on("127.0.0.1"), greeting);
    auto config = client_to(at);
    config.keep_half_open = true;
    const SessionHandle client = engine_->create_session("client");
    engine_->submit(OpenSession{client.id, config, {}});
    engine_->submit(FinishSending{client.id, {}});
    wait_for_state(client.id, SessionState::open);
    engine_->submit(FinishSending{client.id, {}});
    ASSERT_TRUE(wait_until([&] { return joined(payloads(client).received) == "welcome all"; }));
    EXPECT_EQ(wait_for<ClientDisconnected>().reason, "closed by peer");
}

TEST_F(TcpTest, HalfCloseStillLetsTheEchoThrough) {
    auto config = server_on("127.0.0.1");
    config.echo = true;
    connect(config);
    const std::string big(3'000'000, 'e');
    engine_->submit(Send{client_.id, ToDefault{}, text(big)});
    engine_->submit(FinishSending{client_.id, {}});
    ASSERT_TRUE(wait_until([&] { return joined(payloads(client_).received).size() == big.size(); }));
    EXPECT_EQ(joined(payloads(client_).received), big);
    wait_for_state(client_.id, SessionState::closed);
    EXPECT_EQ(joined(payloads(server_).sent), big);
}

TEST_F(TcpTest, APayloadOfAnySizeIsInTheLogAsItWasSent) {
    connect(server_on("127.0.0.1"));
    std::string big(5'000'000, '\0');
    for (std::size_t i = 0; i < big.size(); ++i) {
        big[i] = static_cast<char>(i * 31 + i / 251);
    }
    engine_->submit(Send{client_.id, ToDefault{}, text(big)});
    ASSERT_TRUE(wait_until([&] { return server_.counters->rx_bytes == big.size(); }));
    EXPECT_EQ(joined(payloads(server_).received), big);
    ASSERT_TRUE(wait_until([&] { return client_.counters->tx_bytes == big.size(); }));
    EXPECT_EQ(joined(payloads(client_).sent), big);
}

/// Connects and never reads.
class SilentPeer {
public:
    explicit SilentPeer(const Endpoint& server) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(server.port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const int small = 4096;
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
        EXPECT_EQ(::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    }
    ~SilentPeer() { ::close(fd_); }
    SilentPeer(const SilentPeer&) = delete;
    SilentPeer& operator=(const SilentPeer&) = delete;

    void reset() const {
        const linger hard{1, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    }
    void read_everything() const {
        std::array<char, 65'536> buffer{};
        while (::recv(fd_, buffer.data(), buffer.size(), 0) > 0) {
        }
    }

private:
    int fd_;
};

TEST_F(TcpTest, ASlowPeerMeetsTheLimitOfTheQueue) {
    auto config = server_on("127.0.0.1");
    config.send_queue_limit_bytes = 1'000'000;
    const auto [server, at] = open(config);
    const SilentPeer peer(at);
    const auto connected = wait_for<ClientConnected>();
    const Payload piece = text(std::string(100'000, 'q'));
    for (int i = 0; i < 200; ++i) {
        engine_->submit(Send{server.id, connected.connection, piece});
    }
    const auto refused = wait_for<SendRefused>();
    EXPECT_EQ(refused.error.kind, ErrorKind::too_large);
    EXPECT_NE(refused.error.message.find("1000000"), std::string::npos) << refused.error.message;
    EXPECT_LE(server.counters->send_queue_bytes, 1'000'000u);
}

TEST_F(TcpTest, AFastCycleWaitsForASlowPeer) {
    const auto [server, at] = open(server_on("127.0.0.1"));
    const SilentPeer peer(at);
    const auto connected = wait_for<ClientConnected>();
    CyclePlan plan;
    plan.steps = {text(std::string(50'000, 'c'))};
    plan.rounds = 400;
    plan.target = connected.connection;
    engine_->submit(StartCycle{server.id, CycleId{3}, plan});
    ASSERT_TRUE(wait_until([&, &counters = server.counters] { return counters->send_queue_bytes > 0; }));
    EXPECT_LE(server.counters->send_queue_bytes, std::uint64_t{2} << 20);
    engine_->submit(FinishSending{server.id, {}});
    engine_->submit(StopCycle{server.id, CycleId{3}});
    EXPECT_LT(wait_for<CycleFinished>().rounds, 400u);
}

TEST_F(TcpTest, ResetIsNotTakenForAnEnd) {
    const auto [server, at] = open(server_on("127.0.0.1"));
    {
        const SilentPeer peer(at);
        wait_for<ClientConnected>();
        peer.reset();
    }
    EXPECT_EQ(wait_for<ClientDisconnected>().reason, "reset by peer");
    EXPECT_EQ(reasons(session_events(server)), std::vector<std::string>{"reset by peer"});
}

TEST_F(TcpTest, AnEchoThatIsNotReadHoldsItsPeerBackAndLosesNothing) {
    auto config = server_on("127.0.0.1");
    config.echo = true;
    config.send_queue_limit_bytes = 300'000;
    const auto [server, at] = open(config);
    auto deaf = client_to(at);
    deaf.send_queue_limit_bytes = std::size_t{64} << 20;
    const auto [client, client_at] = open(deaf);
    const std::string big(30'000'000, 'b');
    engine_->submit(Send{client.id, ToDefault{}, text(big)});
    ASSERT_TRUE(wait_until([&, &counters = client.counters] { return counters->rx_bytes == big.size(); }));
    EXPECT_EQ(server.counters->tx_bytes, big.size());
    for (const auto& event : session_events(server)) {
        EXPECT_NE(event.kind, Kind::error) << event.message;
    }
}

TEST_F(TcpTest, ASendToAllIsOneGroupWhoeverTakesItFirst) {
    const auto [server, at] = open(server_on("127.0.0.1"));
    const SilentPeer deaf(at);
    const auto first = wait_for<ClientConnected>();
    // Fills the way to the first client, so that the group waits there.
    engine_->submit(Send{server.id, first.connection, text(std::string(12'000'000, 'f'))});
    const auto [client, client_at] = open(client_to(at));
    wait_for<ClientConnected>();
    engine_->submit(Send{server.id, ToAll{}, text("to all")});
    ASSERT_TRUE(
        wait_until([&, &session = client] { return joined(payloads(session).received) == "to all"; }));
    capture::LogReader reader(server.log);
    std::optional<std::uint32_t> position;
    for (RecordIndex i = 0; i < server.log->published(); ++i) {
        const auto record = reader.record(i);
        if (record.kind == capture::RecordKind::payload && record.fan_out) {
            position = record.fan_out.position;
        }
    }
    EXPECT_EQ(position, 0u);
}

TEST_F(TcpTest, ACycleToAClientThatIsLostSaysSo) {
    const auto [server, at] = open(server_on("127.0.0.1"));
    std::optional<SilentPeer> peer(std::in_place, at);
    const auto connected = wait_for<ClientConnected>();
    CyclePlan plan;
    plan.steps = {text(std::string(12'000'000, 'c'))};
    plan.target = connected.connection;
    engine_->submit(StartCycle{server.id, CycleId{5}, plan});
    ASSERT_TRUE(wait_until([&, &counters = server.counters] { return counters->tx_bytes > 0; }));
    peer->reset();
    peer.reset();
    EXPECT_TRUE(wait_for<CycleFinished>().error);
    const auto gone = session_events(server).back();
    EXPECT_EQ(gone.kind, Kind::disconnect);
    EXPECT_NE(gone.message.find("were not sent"), std::string::npos) << gone.message;
}

TEST_F(TcpTest, ACycleDoesNotLeakIntoTheNextConnection) {
    const auto [server, at] = open(server_on("127.0.0.1"));
    auto config = client_to(at);
    config.reconnect = true;
    config.reconnect_min = std::chrono::milliseconds{1};
    const auto [client, client_at] = open(config);
    const auto first = wait_for<ClientConnected>();
    CyclePlan plan;
    plan.steps = {text("x")};
    plan.period = std::chrono::hours{1};
    plan.rounds = std::nullopt;
    engine_->submit(StartCycle{client.id, CycleId{6}, plan});
    ASSERT_TRUE(wait_until([&, &session = server] { return joined(payloads(session).received) == "x"; }));
    engine_->submit(Disconnect{server.id, first.connection});
    EXPECT_FALSE(wait_for<CycleFinished>().error);  // it had no end, and nothing of it is lost
    wait_for<ClientConnected>();
}

TEST_F(TcpTest, NothingIsNotAMessage) {
    connect(server_on("127.0.0.1"));
    engine_->submit(Send{client_.id, ToDefault{}, text("")});
    EXPECT_EQ(wait_for<SendRefused>().error.kind, ErrorKind::bad_input);
    engine_->submit(Send{server_.id, ToAll{}, text("")});
    EXPECT_EQ(wait_for<SendRefused>().error.kind, ErrorKind::bad_input);
}

TEST_F(TcpTest, WritingToAPeerThatIsGoneIsAnError) {
    auto config = server_on("127.0.0.1");
    config.keep_half_open = true;
    const auto [server, at] = open(config);
    ConnectionId id;
    {
        const SilentPeer peer(at);
        id = wait_for<ClientConnected>().connection;
    }
    // The first is answered by a reset, one of those after it is written to a socket that is broken.
    ASSERT_TRUE(wait_until(
        [&, &session = server] { return session_events(session).back().kind == Kind::half_close; }));
    for (int i = 0; i < 100; ++i) {
        engine_->submit(Send{server.id, id, text("x")});
    }
    EXPECT_EQ(wait_for<ClientDisconnected>().reason, "reset by peer");
}

TEST_F(TcpTest, WhatIsMissingInTheSettingsIsSaid) {
    const SessionHandle session = engine_->create_session("incomplete");
    for (const Protocol protocol : {Protocol::tcp_client, Protocol::tcp_server}) {
        SessionConfig config;
        config.protocol = protocol;
        engine_->submit(OpenSession{session.id, config, {}});
        EXPECT_EQ(wait_for_state(session.id, SessionState::failed).error.value_or(Error{}).kind,
                  ErrorKind::bad_input);
    }
}

TEST_F(TcpTest, AnEngineCanEndWhileEverythingIsBusy) {
    const auto [server, at] = open(server_on("127.0.0.1"));
    const auto [client, client_at] = open(client_to(at));
    wait_for<ClientConnected>();
    CyclePlan plan;
    plan.steps = {text("busy")};
    plan.rounds = std::nullopt;
    engine_->submit(StartCycle{client.id, CycleId{1}, plan});
    plan.target = ToAll{};
    engine_->submit(StartCycle{server.id, CycleId{2}, plan});
    ASSERT_TRUE(wait_until([&, &log = server.log] { return log->published() > 1'000; }));
    engine_.reset();
    EXPECT_EQ(session_events(server).back().kind, Kind::close);
}

}  // namespace
}  // namespace sockdesk::engine
