// Automatic replies between sessions of one engine. Against programs that are not ours: tests/integration/test_replies.py.
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/reply_allowance.hpp"
#include "engine_fixture.hpp"

namespace sockdesk::engine {
namespace {

query::Matcher regex(std::string_view expression) { return *query::Matcher::regex(expression); }

Outgoing recipe(std::string_view body, std::vector<std::string> groups = {}) {
    codec::TemplateOptions options;
    options.in_reply = true;
    options.group_names = std::move(groups);
    auto compiled = codec::PayloadTemplate::compile(body, options);
    EXPECT_TRUE(compiled) << compiled.error().message;
    return make_outgoing(*compiled, std::nullopt);
}

std::shared_ptr<ReplyPlan> plan_of(std::vector<ReplyRule> rules) {
    auto plan = std::make_shared<ReplyPlan>();
    plan->rules = std::move(rules);
    return plan;
}

class Replies : public EngineTest {
protected:
    static SessionConfig config(Protocol protocol) {
        SessionConfig result;
        result.protocol = protocol;
        (protocol == Protocol::tcp_client ? result.remote : result.local) = HostPort{"127.0.0.1", 0};
        return result;
    }

    std::pair<SessionHandle, Endpoint> server(Protocol protocol, std::vector<ReplyRule> rules) {
        auto opened = open(config(protocol));
        engine_->submit(SetReplies{opened.first.id, plan_of(std::move(rules))});
        return opened;
    }

    SessionHandle client(Protocol protocol, const Endpoint& to) {
        SessionConfig wanted;
        wanted.protocol = protocol;
        wanted.remote = HostPort{to.address.to_string(), to.port};
        if (protocol == Protocol::udp) wanted.local = HostPort{"127.0.0.1", 0};
        return open(wanted).first;
    }

    void send(const SessionHandle& from, std::string_view bytes) {
        engine_->submit(Send{from.id, ToDefault{}, text(bytes)});
    }

    static bool is_noted(const SessionHandle& session, std::string_view what) {
        for (const auto& event : session_events(session)) {
            if (event.kind == capture::SessionEvent::Kind::note &&
                event.message.find(what) != std::string::npos) {
                return true;
            }
        }
        return false;
    }

    testing::AssertionResult hears(const SessionHandle& session, const std::string& all) {
        return wait_until([&] { return joined(payloads(session).received) == all; });
    }
};

TEST_F(Replies, ADatagramIsAnsweredToItsSender) {
    const auto [desk, address] = server(Protocol::udp, {{regex("n=(\\d)"), recipe("got {{match:1}}", {""})},
                                                        {query::Matcher::any(), text("?")}});
    const SessionHandle one = client(Protocol::udp, address);
    const SessionHandle two = client(Protocol::udp, address);
    send(one, "n=1");
    EXPECT_TRUE(hears(one, "got 1"));
    send(two, "x");
    EXPECT_TRUE(hears(two, "?"));
    EXPECT_EQ(payloads(one).received.size(), 1U);
}

TEST_F(Replies, AnswersGoOnOverCloseAndOpenAndEndWithTheirPlan) {
    const auto [desk, address] = server(Protocol::udp, {{query::Matcher::any(), text("once"), {}, true},
                                                        {query::Matcher::any(), text("again")}});
    const SessionHandle one = client(Protocol::udp, address);
    send(one, "a");
    send(one, "b");
    EXPECT_TRUE(hears(one, "onceagain"));
    engine_->submit(CloseSession{desk.id});
    SessionConfig same = config(Protocol::udp);
    same.local->port = address.port;
    engine_->submit(OpenSession{desk.id, same, {}});
    wait_for_state(desk.id, SessionState::open);
    send(one, "c");
    EXPECT_TRUE(hears(one, "onceagainonce"));
    engine_->submit(SetReplies{desk.id, nullptr});
    send(one, "d");
    EXPECT_TRUE(wait_until([&, desk = desk] { return payloads(desk).received.size() == 4; }));
    EXPECT_EQ(payloads(desk).sent.size(), 3U);
}

TEST_F(Replies, WhatWaitsOnAConnectionThatEndsIsNotGivenToTheNext) {
    auto [desk, address] =
        server(Protocol::tcp_server, {{regex("slow"), text("late"), std::chrono::hours{1}},
                                      {regex("quick"), text("soon"), std::chrono::milliseconds{1}}});
    const SessionHandle one = client(Protocol::tcp_client, address);
    send(one, "slow");
    EXPECT_TRUE(wait_until([&, id = desk] { return joined(payloads(id).received) == "slow"; }));
    engine_->submit(Disconnect{desk.id, wait_for<ClientConnected>().connection});
    wait_for<ClientDisconnected>();
    const SessionHandle two = client(Protocol::tcp_client, address);
    send(two, "quick");
    EXPECT_TRUE(hears(two, "soon"));
    EXPECT_EQ(joined(payloads(desk).sent), "soon");
}

TEST_F(Replies, TwoThatAnswerEachOtherAreHeldAndItIsTold) {
    auto first = open(config(Protocol::udp));
    auto plan = plan_of({{query::Matcher::any(), text("ball")}});
    plan->limit_to(20);
    engine_->submit(SetReplies{first.first.id, plan});
    const SessionHandle second = client(Protocol::udp, first.second);
    auto endless = plan_of({{query::Matcher::any(), text("ball")}});
    endless->limit_to(0);
    engine_->submit(SetReplies{second.id, endless});
    const auto begun = std::chrono::steady_clock::now();
    send(second, "serve");
    const auto held = wait_for<RepliesHeld>();
    EXPECT_EQ(held.session, first.first.id);
    EXPECT_GE(held.count, 1U);
    EXPECT_GE(first.first.counters->replies_held, 1U);
    // Not one more than the limit allows: 20 at once, and 20 a second.
    const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    EXPECT_GE(first.first.counters->tx_packets, 20U);
    EXPECT_LE(static_cast<double>(first.first.counters->tx_packets), 20 + 20 * seconds);
    EXPECT_TRUE(is_noted(first.first, "held back"));
}

TEST_F(Replies, EchoesThatAnswerEachOtherAreHeld) {
    SessionConfig echo = config(Protocol::udp);
    echo.echo = true;
    auto first = open(echo);
    auto limited = plan_of({});
    limited->limit_to(20);
    engine_->submit(SetReplies{first.first.id, limited});
    echo.remote = HostPort{"127.0.0.1", first.second.port};
    const auto second = open(echo).first;
    const auto begun = std::chrono::steady_clock::now();
    send(second, "ball");
    EXPECT_EQ(wait_for<RepliesHeld>().session, first.first.id);
    const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    EXPECT_GE(first.first.counters->tx_packets, 20U);
    EXPECT_LE(static_cast<double>(first.first.counters->tx_packets), 20 + 20 * seconds);
}

TEST_F(Replies, OfAStreamNothingIsLostToTheLimitAndItGoesOnAtIt) {
    SessionConfig echo = config(Protocol::tcp_server);
    echo.echo = true;
    auto first = open(echo);
    auto limited = plan_of({});
    limited->limit_to(50);
    engine_->submit(SetReplies{first.first.id, limited});
    SessionConfig back = client_to(first.second);
    back.echo = true;
    const auto second = open(back).first;
    const auto begun = std::chrono::steady_clock::now();
    send(second, "ball");
    EXPECT_EQ(wait_for<RepliesHeld>().session, first.first.id);
    const std::uint64_t before = first.first.counters->tx_packets;
    EXPECT_TRUE(wait_until([&] { return first.first.counters->tx_packets >= before + 20; }));
    const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    EXPECT_LE(static_cast<double>(first.first.counters->tx_packets), 50 + 50 * seconds);
    for (const auto& ball : payloads(first.first).sent) {
        EXPECT_EQ(ball, "ball");
    }
}

TEST_F(Replies, WhatARuleAnswersIsNotSentBackAsWell) {
    for (const Protocol protocol : {Protocol::udp, Protocol::tcp_server}) {
        SessionConfig echo = config(protocol);
        echo.echo = true;
        const auto [desk, address] = open(echo);
        engine_->submit(SetReplies{
            desk.id,
            plan_of({{*query::Matcher::of_bytes(query::MatchKind::exact, *text("ping")), text("pong")}})});
        const SessionHandle one =
            client(protocol == Protocol::udp ? Protocol::udp : Protocol::tcp_client, address);
        const std::string end = protocol == Protocol::udp ? "" : "\n";
        send(one, "ping" + end);
        EXPECT_TRUE(hears(one, "pong"));
        send(one, "hello" + end);
        EXPECT_TRUE(hears(one, "ponghello" + end));
        engine_->submit(SetEcho{desk.id, false});
        send(one, "hello" + end);
        send(one, "ping" + end);
        EXPECT_TRUE(hears(one, "ponghello" + end + "pong"));
    }
}

TEST_F(Replies, AMessageEndsWithAPauseAndWithTheStream) {
    const auto [desk, address] =
        server(Protocol::tcp_server,
               {{*query::Matcher::of_bytes(query::MatchKind::exact, *text("ping")), text("pong")}});
    const SessionHandle one = client(Protocol::tcp_client, address);
    send(one, "ping");
    EXPECT_TRUE(hears(one, "pong"));
    SessionConfig half = client_to(address);
    half.keep_half_open = true;
    const SessionHandle two = open(half).first;
    send(two, "ping");
    engine_->submit(FinishSending{two.id, {}});
    EXPECT_TRUE(hears(two, "pong"));
}

TEST_F(Replies, CharactersAreNotTornApart) {
    ReplyRule rule{query::Matcher::any(), recipe("<{{match}}>")};
    rule.characters = *codec::Encoding::find("utf-16le");
    const auto [desk, address] = server(Protocol::tcp_server, {rule});
    const SessionHandle one = client(Protocol::tcp_client, address);
    send(one, "abc");
    // What has no end is answered as it is when nothing comes any more.
    EXPECT_TRUE(hears(one, "<ab><c>"));
}

TEST_F(Replies, AnAnswerOnceIsGivenEvenIfTheFirstToWaitForItIsGone) {
    auto [desk, address] =
        server(Protocol::tcp_server, {{regex("hi"), text("welcome"), std::chrono::hours{1}, true}});
    const SessionHandle one = client(Protocol::tcp_client, address);
    send(one, "hi");
    EXPECT_TRUE(wait_until([&, id = desk] { return id.counters->replies_waiting == 1; }));
    engine_->submit(Disconnect{desk.id, wait_for<ClientConnected>().connection});
    wait_for<ClientDisconnected>();
    EXPECT_EQ(desk.counters->replies_waiting, 0U);
    const SessionHandle two = client(Protocol::tcp_client, address);
    send(two, "hi");
    EXPECT_TRUE(wait_until([&, id = desk] { return id.counters->replies_waiting == 1; }));
}

TEST_F(Replies, AnswersThatStillWaitAtTheEndAreTold) {
    auto [desk, address] =
        server(Protocol::udp, {{query::Matcher::any(), text("late"), std::chrono::hours{1}}});
    const SessionHandle one = client(Protocol::udp, address);
    send(one, "a");
    send(one, "b");
    EXPECT_TRUE(wait_until([&, id = desk] { return id.counters->replies_waiting == 2; }));
    engine_->submit(CloseSession{desk.id});
    wait_for_state(desk.id, SessionState::closed);
    EXPECT_EQ(desk.counters->replies_waiting, 0U);
    EXPECT_TRUE(is_noted(desk, "2 answers still waited for their time and were not given"));
}

TEST_F(Replies, APeerThatDoesNotReadIsNotAnsweredOnAndFillsNoLog) {
    SessionConfig small = config(Protocol::tcp_server);
    small.send_queue_limit_bytes = 100'000;
    const auto [desk, address] = open(small);
    auto plan = plan_of({{*query::Matcher::of_bytes(query::MatchKind::contains, *text("x")),
                          make_payload(Bytes(60'000, 'y'))}});
    plan->limit_to(0);
    engine_->submit(SetReplies{desk.id, plan});
    const SessionHandle one = client(Protocol::tcp_client, address);
    send(one, std::string(2'000, 'x'));  // 120 MB, if all were queued
    EXPECT_TRUE(wait_until([&] { return one.counters->rx_bytes >= 2'000U * 60'000U; }));
    for (const auto& event : session_events(desk)) {
        EXPECT_NE(event.kind, capture::SessionEvent::Kind::error) << event.message;
    }
}

TEST_F(Replies, ALargeStreamComesBackWhole) {
    const auto [desk, address] = server(Protocol::tcp_server, {{query::Matcher::any(), recipe("{{match}}")}});
    const SessionHandle one = client(Protocol::tcp_client, address);
    std::string all(3'000'000, 'x');
    for (std::size_t i = 0; i < all.size(); i += 7) all[i] = static_cast<char>('a' + i % 26);
    send(one, all);
    EXPECT_TRUE(wait_until([&] { return one.counters->rx_bytes >= all.size(); }));
    EXPECT_EQ(joined(payloads(one).received), all);
}

TEST(ReplyAllowance, SoManyAtOnceAndThenSoManyASecond) {
    SteadyTime now{std::chrono::hours{1}};
    ReplyAllowance allowance(5, 10);
    const auto take_all = [&] {
        int taken = 0;
        while (allowance.take(now)) ++taken;
        return taken;
    };
    EXPECT_EQ(take_all(), 5);
    EXPECT_EQ(take_all(), 0);
    EXPECT_EQ(allowance.next(), now + std::chrono::milliseconds{100});
    now += std::chrono::milliseconds{99};
    EXPECT_EQ(take_all(), 0);
    now += std::chrono::milliseconds{1};
    EXPECT_EQ(take_all(), 1);
    now += std::chrono::milliseconds{350};
    EXPECT_EQ(take_all(), 3);
    now += std::chrono::milliseconds{50};
    EXPECT_EQ(take_all(), 1);
    // However long nothing was answered, there are never more than those that may come at once: not even when they have just been used.
    now += std::chrono::hours{24};
    EXPECT_EQ(take_all(), 5);
    EXPECT_EQ(take_all(), 0);
}

TEST(ReplyAllowance, NoneIsNoLimitAndAtLeastOneIsGiven) {
    const SteadyTime now{std::chrono::hours{1}};
    ReplyAllowance unlimited(0, 0);
    for (int i = 0; i < 100'000; ++i) ASSERT_TRUE(unlimited.take(now));
    ReplyAllowance one(0, 1);
    EXPECT_TRUE(one.take(now));
    EXPECT_FALSE(one.take(now));
}

}  // namespace
}  // namespace sockdesk::engine
