#include "unit/engine/engine_fixture.hpp"

namespace sockdesk::engine {
namespace {

using Kind = capture::SessionEvent::Kind;

HostPort to(const Endpoint& endpoint) { return {endpoint.address.to_string(), endpoint.port}; }

TEST_F(EngineTest, UdpTellsThePortThatTheSystemPicked) {
    const auto [session, local] = open(udp_on("127.0.0.1"));
    EXPECT_NE(local.port, 0);
    const auto events = session_events(session);
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].kind, Kind::open);
    EXPECT_EQ(events[0].protocol, "udp");
    EXPECT_EQ(events[0].local, local);
    EXPECT_TRUE(events[0].port_chosen_by_system);
}

TEST_F(EngineTest, UdpDatagramsArriveWholeWithTheirSource) {
    for (const char* host : {"127.0.0.1", "::1"}) {
        const auto [receiver, at] = open(udp_on(host));
        const auto [sender, from] = open(udp_on(host));
        const std::size_t largest = at.address.is_v4() ? 65'507 : 65'527;
        const std::string big(largest, 'x');
        engine_->submit(Send{sender.id, to(at), text("hello")});
        engine_->submit(Send{sender.id, to(at), text("")});
        engine_->submit(Send{sender.id, to(at), text(big)});
        ASSERT_TRUE(wait_until([&, &handle = receiver] { return payloads(handle).received.size() == 3; }))
            << host;
        EXPECT_EQ(payloads(receiver).received, (std::vector<std::string>{"hello", "", big}));
        EXPECT_EQ(payloads(sender).sent, (std::vector<std::string>{"hello", "", big}));
        capture::LogReader reader(receiver.log);
        const auto record = reader.record(1);
        EXPECT_EQ(record.remote, from);
        EXPECT_EQ(record.local, at);
        EXPECT_EQ(receiver.counters->rx_packets, 3u);
        EXPECT_EQ(receiver.counters->rx_bytes, 5u + largest);
        EXPECT_EQ(sender.counters->tx_packets, 3u);
    }
}

TEST_F(EngineTest, UdpRefusesADatagramThatCannotBeAndNamesTheLimit) {
    const auto [session, local] = open(udp_on("127.0.0.1"));
    engine_->submit(Send{session.id, to(local), text(std::string(65'508, 'x'))});
    const auto refused = wait_for<SendRefused>();
    EXPECT_EQ(refused.error.kind, ErrorKind::too_large);
    EXPECT_NE(refused.error.message.find("65507"), std::string::npos) << refused.error.message;
    EXPECT_TRUE(payloads(session).sent.empty());
}

TEST_F(EngineTest, UdpUnboundGetsItsPortAtTheFirstSend) {
    const auto [receiver, at] = open(udp_on("127.0.0.1"));
    const SessionHandle sender = engine_->create_session("unbound");
    engine_->submit(OpenSession{sender.id, SessionConfig{}, {}});
    EXPECT_FALSE(wait_for_state(sender.id, SessionState::open).local);
    engine_->submit(Send{sender.id, to(at), text("first")});
    const auto bound = wait_for_state(sender.id, SessionState::open);
    ASSERT_TRUE(bound.local);
    EXPECT_NE(bound.local->port, 0);
    ASSERT_TRUE(wait_until([&, &handle = receiver] { return payloads(handle).received.size() == 1; }));
    capture::LogReader reader(receiver.log);
    EXPECT_EQ(reader.record(1).remote.port, bound.local->port);
    // The log says so before it shows what was sent, and the packet names the address that it really left
    // from.
    capture::LogReader sent(sender.log);
    EXPECT_EQ(sent.record(0).kind, capture::RecordKind::event);
    EXPECT_EQ(sent.record(1).local.to_string(), "127.0.0.1:" + std::to_string(bound.local->port));
}

TEST_F(EngineTest, UdpOnEveryAddressTellsWhichOneWasWrittenTo) {
    const auto [receiver, at] = open(udp_on("0.0.0.0"));
    const auto [sender, from] = open(udp_on("127.0.0.1"));
    engine_->submit(Send{sender.id, HostPort{"127.0.0.2", at.port}, text("x")});
    ASSERT_TRUE(wait_until([&, &handle = receiver] { return payloads(handle).received.size() == 1; }));
    capture::LogReader reader(receiver.log);
    EXPECT_EQ(reader.record(1).local.to_string(), "127.0.0.2:" + std::to_string(at.port));
}

TEST_F(EngineTest, UdpShowsThatNobodyReceivesAndGoesOn) {
    const auto [gone, nobody] = open(udp_on("127.0.0.1"));
    engine_->submit(CloseSession{gone.id});
    wait_for_state(gone.id, SessionState::closed);
    const auto [sender, from] = open(udp_on("127.0.0.1"));
    const auto [receiver, at] = open(udp_on("127.0.0.1"));
    engine_->submit(Send{sender.id, to(nobody), text("lost")});
    ASSERT_TRUE(wait_until([&, &handle = sender] { return session_events(handle).size() == 2; }));
    const auto refused = session_events(sender)[1];
    EXPECT_EQ(refused.kind, Kind::error);
    EXPECT_EQ(refused.code, "ECONNREFUSED");
    EXPECT_EQ(refused.remote, nobody);
    for (int i = 0; i < 5; ++i) {
        engine_->submit(Send{sender.id, to(nobody), text("lost")});
        engine_->submit(Send{sender.id, to(at), text("found")});
    }
    ASSERT_TRUE(wait_until([&, &handle = receiver] { return payloads(handle).received.size() == 5; }));
}

TEST_F(EngineTest, UdpEchoesToWhomItCameFrom) {
    auto config = udp_on("127.0.0.1");
    config.echo = true;
    const auto [echo, at] = open(config);
    const auto [one, one_at] = open(udp_on("127.0.0.1"));
    const auto [two, two_at] = open(udp_on("127.0.0.1"));
    engine_->submit(Send{one.id, to(at), text("one")});
    engine_->submit(Send{two.id, to(at), text("two")});
    ASSERT_TRUE(wait_until([&, &first = one, &second = two] {
        return payloads(first).received.size() + payloads(second).received.size() == 2;
    }));
    EXPECT_EQ(payloads(one).received, std::vector<std::string>{"one"});
    EXPECT_EQ(payloads(two).received, std::vector<std::string>{"two"});
}

TEST_F(EngineTest, UdpLooksUpNamesAndSaysWhenThereIsNone) {
    const auto [receiver, at] = open(udp_on("localhost"));
    const auto [sender, from] = open(udp_on("127.0.0.1"));
    engine_->submit(Send{sender.id, HostPort{"localhost", at.port}, text("by name")});
    ASSERT_TRUE(wait_until([&, &handle = receiver] { return payloads(handle).received.size() == 1; }));
    engine_->submit(Send{sender.id, HostPort{"no-such-host.invalid", 9}, text("x")});
    const auto refused = wait_for<SendRefused>();
    EXPECT_NE(refused.error.message.find("no-such-host.invalid"), std::string::npos);
}

TEST_F(EngineTest, ACycleToANameThatDoesNotExistEnds) {
    const auto [sender, from] = open(udp_on("127.0.0.1"));
    CyclePlan plan;
    plan.steps = {text("x")};
    plan.period = std::chrono::milliseconds{1};
    plan.rounds = std::nullopt;
    plan.target = HostPort{"no-such-host.invalid", 9};
    engine_->submit(StartCycle{sender.id, CycleId{4}, plan});
    EXPECT_TRUE(wait_for<CycleFinished>().error);
}

TEST_F(EngineTest, ASessionClosedWhileANameIsLookedUpStaysClosed) {
    // Whether the answer comes before or after the end is up to the machine; neither may be told afterwards.
    for (int i = 0; i < 50; ++i) {
        for (const char* name : {"localhost", "no-such-host.invalid"}) {
            SessionConfig config = udp_on(name);
            config.protocol = i % 2 == 0 ? Protocol::udp : Protocol::tcp_server;
            const SessionHandle session = engine_->create_session("short");
            engine_->submit(OpenSession{session.id, config, {}});
            engine_->submit(RemoveSession{session.id});
            wait_for<SessionRemoved>();
        }
    }
    for (const Event& event : events_) {
        const auto* change = std::get_if<StateChanged>(&event);
        EXPECT_TRUE(change == nullptr || change->state != SessionState::open);
    }
}

TEST_F(EngineTest, UdpEchoLeavesFromTheAddressThatWasWrittenTo) {
    auto config = udp_on("0.0.0.0");
    config.echo = true;
    const auto [echo, at] = open(config);
    const auto [sender, from] = open(udp_on("127.0.0.1"));
    engine_->submit(Send{sender.id, HostPort{"127.0.0.2", at.port}, text("x")});
    ASSERT_TRUE(wait_until([&, &session = sender] { return payloads(session).received.size() == 1; }));
    capture::LogReader reader(sender.log);
    EXPECT_EQ(reader.record(2).remote.to_string(), "127.0.0.2:" + std::to_string(at.port));
}

TEST_F(EngineTest, UdpPortInUseNamesItsHolder) {
    const auto [first, at] = open(udp_on("127.0.0.1"));
    const SessionHandle second = engine_->create_session("second");
    SessionConfig config;
    config.local = to(at);
    engine_->submit(OpenSession{second.id, config, {}});
    const auto failed = wait_for_state(second.id, SessionState::failed);
    ASSERT_TRUE(failed.error);
    EXPECT_EQ(failed.error->kind, ErrorKind::in_use);
    EXPECT_EQ(failed.error->code, "EADDRINUSE");
    EXPECT_NE(failed.error->message.find("(pid "), std::string::npos) << failed.error->message;
}

TEST_F(EngineTest, UdpForeignAddressIsRefusedWithThoseThatThereAre) {
    const SessionHandle session = engine_->create_session("foreign");
    engine_->submit(OpenSession{session.id, udp_on("192.0.2.1"), {}});
    const auto failed = wait_for_state(session.id, SessionState::failed);
    ASSERT_TRUE(failed.error);
    EXPECT_NE(failed.error->message.find("127.0.0.1"), std::string::npos) << failed.error->message;
}

TEST_F(EngineTest, CycleSendsItsRoundsInOrder) {
    const auto [receiver, at] = open(udp_on("127.0.0.1"));
    auto config = udp_on("127.0.0.1");
    config.remote = to(at);
    const auto [sender, from] = open(config);
    CyclePlan plan;
    plan.steps = {text("a"), text("b")};
    plan.period = std::chrono::microseconds{200};
    plan.rounds = 50;
    engine_->submit(StartCycle{sender.id, CycleId{7}, plan});
    const auto finished = wait_for<CycleFinished>();
    EXPECT_EQ(finished.cycle, CycleId{7});
    EXPECT_EQ(finished.rounds, 50u);
    EXPECT_FALSE(finished.error);
    ASSERT_TRUE(wait_until([&, &handle = receiver] { return payloads(handle).received.size() == 100; }));
    std::string expected;
    for (int i = 0; i < 50; ++i) {
        expected += "ab";
    }
    EXPECT_EQ(joined(payloads(receiver).received), expected);
}

TEST_F(EngineTest, CycleStopsWhenAsked) {
    const auto [receiver, at] = open(udp_on("127.0.0.1"));
    const auto [sender, from] = open(udp_on("127.0.0.1"));
    CyclePlan plan;
    plan.steps = {text("tick")};
    plan.rounds = std::nullopt;
    plan.target = to(at);
    engine_->submit(StartCycle{sender.id, CycleId{1}, plan});
    ASSERT_TRUE(wait_until([&, &log = receiver.log] { return log->published() > 100; }));
    engine_->submit(StopCycle{sender.id, CycleId{1}});
    const auto finished = wait_for<CycleFinished>();
    EXPECT_EQ(finished.rounds, sender.counters->tx_packets);
}

TEST_F(EngineTest, CloseTellsTheTotals) {
    const auto [session, local] = open(udp_on("127.0.0.1"));
    engine_->submit(Send{session.id, to(local), text("to myself")});
    ASSERT_TRUE(wait_until([&, &handle = session] { return payloads(handle).received.size() == 1; }));
    engine_->submit(CloseSession{session.id});
    wait_for_state(session.id, SessionState::closed);
    const auto events = session_events(session);
    EXPECT_EQ(events.back().kind, Kind::close);
    EXPECT_EQ(events.back().totals, (capture::Totals{1, 9, 1, 9, 0}));
}

TEST_F(EngineTest, AClosedSessionRefusesToSend) {
    const SessionHandle session = engine_->create_session("closed");
    engine_->submit(Send{session.id, HostPort{"127.0.0.1", 9}, text("x")});
    EXPECT_EQ(wait_for<SendRefused>().error.kind, ErrorKind::closed);
}

}  // namespace
}  // namespace sockdesk::engine
