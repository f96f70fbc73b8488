// Automatic replies between sessions of one engine. Against programs that are not ours: tests/integration/test_replies.py.
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

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
    send(second, "serve");
    const auto held = wait_for<RepliesHeld>();
    EXPECT_EQ(held.session, first.first.id);
    EXPECT_GE(held.count, 1U);
    EXPECT_GE(first.first.counters->replies_held, 1U);
    EXPECT_GE(first.first.counters->tx_packets, 20U);
    bool noted = false;
    for (const auto& event : session_events(first.first)) {
        noted = noted || (event.kind == capture::SessionEvent::Kind::note &&
                          event.message.find("held back") != std::string::npos);
    }
    EXPECT_TRUE(noted);
}

TEST_F(Replies, ALargeStreamComesBackWhole) {
    const auto [desk, address] = server(Protocol::tcp_server, {{query::Matcher::any(), recipe("{{match}}")}});
    auto unlimited = plan_of({{query::Matcher::any(), recipe("{{match}}")}});
    unlimited->limit_to(0);
    engine_->submit(SetReplies{desk.id, unlimited});
    const SessionHandle one = client(Protocol::tcp_client, address);
    std::string all(3'000'000, 'x');
    for (std::size_t i = 0; i < all.size(); i += 7) all[i] = static_cast<char>('a' + i % 26);
    send(one, all);
    EXPECT_TRUE(wait_until([&] { return one.counters->rx_bytes >= all.size(); }));
    EXPECT_EQ(joined(payloads(one).received), all);
}

}  // namespace
}  // namespace sockdesk::engine
