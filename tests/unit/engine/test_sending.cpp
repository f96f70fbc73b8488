// What is made at each send, rounds with targets of their own, and batches, through a real engine on loopback.
#include <algorithm>
#include <set>

#include "codec/payload_template.hpp"
#include "engine_fixture.hpp"

namespace sockdesk::engine {
namespace {

using namespace std::chrono_literals;

Outgoing made(std::string_view text) {
    codec::TemplateOptions options;
    auto compiled = codec::PayloadTemplate::compile(text, options);
    EXPECT_TRUE(compiled) << compiled.error().message;
    return make_outgoing(std::move(*compiled), std::nullopt);
}

class SendingTest : public EngineTest {
protected:
    SendingTest() { std::tie(receiver, receiver_address) = open(udp_on("127.0.0.1")); }

    SessionHandle sender_to_receiver() {
        SessionConfig config = udp_on("127.0.0.1");
        config.remote = HostPort{"127.0.0.1", receiver_address.port};
        return open(config).first;
    }

    std::vector<std::string> received(const SessionHandle& session, std::size_t count) {
        EXPECT_TRUE(wait_until([&] { return payloads(session).received.size() >= count; }));
        return payloads(session).received;
    }

    SessionHandle receiver;
    Endpoint receiver_address;
};

using Texts = std::vector<std::string>;

TEST_F(SendingTest, what_is_sent_by_hand_counts_for_each_recipe) {
    const SessionHandle sender = sender_to_receiver();
    const Outgoing a = made("a{{counter}}");
    const Outgoing b = made("b{{counter:10}}");
    for (const Outgoing& each : {a, b, a, a, b}) engine_->submit(Send{sender.id, ToDefault{}, each});
    EXPECT_EQ(received(receiver, 5), (Texts{"a0", "b10", "a1", "a2", "b11"}));
    EXPECT_EQ(payloads(sender).sent, (Texts{"a0", "b10", "a1", "a2", "b11"}));
}

TEST_F(SendingTest, however_many_are_sent_in_turn_each_counts_on) {
    const SessionHandle sender = sender_to_receiver();
    std::vector<Outgoing> recipes;
    for (int i = 0; i < 100; ++i) recipes.push_back(made("{{counter}}"));
    for (int round = 0; round < 3; ++round) {
        for (const Outgoing& each : recipes) engine_->submit(Send{sender.id, ToDefault{}, each});
    }
    const Texts all = received(receiver, 300);
    for (std::size_t i = 0; i < 300; ++i) ASSERT_EQ(all[i], std::to_string(i / 100)) << i;
    EXPECT_EQ(recipes.front().recipe()->sent_by_hand->load(), 3U);
}

TEST_F(SendingTest, what_was_refused_counts_nothing) {
    const SessionHandle sender = sender_to_receiver();
    const Outgoing counted = made("{{counter}}");
    const Outgoing large = made("{{random:70000}}");
    for (const Outgoing& each : {counted, large, large, counted}) {
        engine_->submit(Send{sender.id, ToDefault{}, each});
    }
    EXPECT_EQ(received(receiver, 2), (Texts{"0", "1"}));
    EXPECT_TRUE(wait_until([&] { return counted.recipe()->sent_by_hand->load() == 2; }));
    EXPECT_EQ(large.recipe()->sent_by_hand->load(), 0U);
}

TEST_F(SendingTest, a_recipe_in_the_place_of_another_counts_on) {
    const Outgoing first = made("{{counter}}");
    ++*first.recipe()->sent_by_hand;
    const Outgoing second = make_outgoing(codec::PayloadTemplate::compile("{{counter}}", {}).value(), {},
                                          first.recipe()->sent_by_hand);
    EXPECT_EQ(second.recipe()->sent_by_hand->load(), 1U);
}

TEST_F(SendingTest, an_unbound_socket_knows_its_port_in_the_first_datagram) {
    const Outgoing what = made("{{session.local_address}}:{{session.local_port}}");
    for (const bool by_hand : {true, false}) {
        SessionConfig config = udp_on("127.0.0.1");
        config.local.reset();
        config.remote = HostPort{"127.0.0.1", receiver_address.port};
        const SessionHandle sender = open(config).first;
        if (by_hand) {
            engine_->submit(Send{sender.id, ToDefault{}, what});
        } else {
            CyclePlan plan;
            plan.steps = {CycleStep{what}};
            engine_->submit(StartCycle{sender.id, CycleId{1}, plan});
        }
        const StateChanged bound = wait_for<StateChanged>([&](const StateChanged& change) {
            return change.session == sender.id && change.local.has_value();
        });
        const Texts all = received(receiver, by_hand ? 1 : 2);
        EXPECT_EQ(all.back(), "127.0.0.1:" + std::to_string(bound.local->port));
    }
}

TEST_F(SendingTest, what_goes_to_a_name_is_made_when_its_address_is_known) {
    const Outgoing what = made("{{session.local_port}} {{session.remote_address}} {{counter}}");
    const SendTarget name = HostPort{"localhost", receiver_address.port};
    SessionConfig config = udp_on("127.0.0.1");
    config.local.reset();
    const SessionHandle by_hand = open(config).first;
    for (int i = 0; i < 2; ++i) engine_->submit(Send{by_hand.id, name, what});
    const SessionHandle cycling = open(config).first;
    CyclePlan plan;
    plan.steps = {CycleStep{what}};
    plan.rounds = 2;
    plan.target = name;
    engine_->submit(StartCycle{cycling.id, CycleId{1}, plan});
    EXPECT_EQ(wait_for<CycleFinished>().rounds, 2U);
    received(receiver, 4);
    for (const SessionHandle& session : {by_hand, cycling}) {
        const StateChanged bound = wait_for<StateChanged>([&](const StateChanged& change) {
            return change.session == session.id && change.local.has_value();
        });
        const std::string port = std::to_string(bound.local->port);
        EXPECT_EQ(payloads(session).sent, (Texts{port + " 127.0.0.1 0", port + " 127.0.0.1 1"}));
    }
}

TEST_F(SendingTest, a_cycle_to_a_name_that_there_is_not_ends_with_the_reason) {
    SessionConfig config = udp_on("127.0.0.1");
    const SessionHandle sender = open(config).first;
    CyclePlan plan;
    plan.steps = {CycleStep{text("x")}};
    plan.rounds.reset();
    plan.target = HostPort{"no-such-host.invalid", 9};
    engine_->submit(StartCycle{sender.id, CycleId{1}, plan});
    EXPECT_TRUE(wait_for<CycleFinished>().error);
}

TEST_F(SendingTest, how_far_a_cycle_is_can_be_seen) {
    const SessionHandle sender = sender_to_receiver();
    CyclePlan plan;
    plan.steps = {CycleStep{text("a")}, CycleStep{text("bcd")}};
    plan.rounds = 3;
    plan.progress = std::make_shared<CycleProgress>();
    engine_->submit(StartCycle{sender.id, CycleId{1}, plan});
    wait_for<CycleFinished>();
    EXPECT_EQ(plan.progress->rounds.load(), 3U);
    EXPECT_EQ(plan.progress->step.load(), 1U);
    EXPECT_EQ(plan.progress->payloads.load(), 6U);
    EXPECT_EQ(plan.progress->payload_bytes.load(), 12U);
    // Up to where it was refused.
    plan.steps.insert(plan.steps.begin() + 1, CycleStep{text(std::string(70'000, 'x'))});
    plan.progress = std::make_shared<CycleProgress>();
    engine_->submit(StartCycle{sender.id, CycleId{1}, plan});
    EXPECT_TRUE(wait_for<CycleFinished>().error);
    EXPECT_EQ(plan.progress->payloads.load(), 1U);
    EXPECT_EQ(plan.progress->step.load(), 0U);
}

TEST_F(SendingTest, a_cycle_counts_its_rounds_from_the_beginning) {
    const SessionHandle sender = sender_to_receiver();
    for (int run = 0; run < 2; ++run) {
        CyclePlan plan;
        plan.steps = {CycleStep{made("{{counter}}")}, CycleStep{text("-")}, CycleStep{made("{{counter:5}}")}};
        plan.rounds = 3;
        engine_->submit(StartCycle{sender.id, CycleId{1}, plan});
        EXPECT_EQ(wait_for<CycleFinished>().rounds, 3U);
    }
    const Texts once{"0", "-", "5", "1", "-", "6", "2", "-", "7"};
    const Texts all = received(receiver, 18);
    EXPECT_EQ(Texts(all.begin(), all.begin() + 9), once);
    EXPECT_EQ(Texts(all.begin() + 9, all.end()), once);
}

TEST_F(SendingTest, steps_go_to_their_own_targets) {
    const auto [other, other_address] = open(udp_on("127.0.0.1"));
    const SessionHandle sender = sender_to_receiver();
    CyclePlan plan;
    plan.steps = {CycleStep{text("default")},
                  CycleStep{text("other"), 1ms, HostPort{"127.0.0.1", other_address.port}}};
    plan.rounds = 20;
    engine_->submit(StartCycle{sender.id, CycleId{1}, plan});
    EXPECT_EQ(wait_for<CycleFinished>().rounds, 20U);
    EXPECT_EQ(received(receiver, 20), Texts(20, "default"));
    EXPECT_EQ(received(other, 20), Texts(20, "other"));
}

TEST_F(SendingTest, batches_keep_order_and_ends) {
    const SessionHandle sender = sender_to_receiver();
    CyclePlan plan;
    plan.steps = {CycleStep{made("{{counter}} from {{session.local_port}} to {{session.remote_port}}")}};
    plan.rounds = 1'000;
    engine_->submit(StartCycle{sender.id, CycleId{1}, plan});
    EXPECT_EQ(wait_for<CycleFinished>().rounds, 1'000U);
    const Texts sent = payloads(sender).sent;
    ASSERT_EQ(sent.size(), 1'000U);
    for (std::size_t i = 0; i < sent.size(); ++i) {
        EXPECT_TRUE(sent[i].starts_with(std::to_string(i) + " from ")) << sent[i];
        EXPECT_TRUE(sent[i].ends_with(" to " + std::to_string(receiver_address.port))) << sent[i];
    }
    EXPECT_EQ(sender.counters->tx_packets.load(), 1'000U);
    EXPECT_EQ(sender.counters->tx_bytes.load(), joined(sent).size());
}

TEST_F(SendingTest, one_that_is_too_large_ends_the_cycle_behind_those_before_it) {
    const SessionHandle sender = sender_to_receiver();
    CyclePlan plan;
    for (int i = 0; i < 10; ++i) plan.steps.emplace_back(text("fits"));
    plan.steps.emplace_back(text(std::string(65'508, 'x')));
    plan.steps.emplace_back(text("never"));
    engine_->submit(StartCycle{sender.id, CycleId{1}, plan});
    const auto finished = wait_for<CycleFinished>();
    ASSERT_TRUE(finished.error);
    EXPECT_EQ(finished.error->kind, ErrorKind::too_large);
    EXPECT_EQ(finished.rounds, 0U);
    EXPECT_EQ(payloads(sender).sent, Texts(10, "fits"));
}

TEST_F(SendingTest, several_cycles_run_at_once) {
    const SessionHandle sender = sender_to_receiver();
    for (std::uint32_t id = 1; id <= 4; ++id) {
        CyclePlan plan;
        plan.steps = {CycleStep{made(std::to_string(id) + ":{{counter}}")}};
        plan.period = id == 4 ? 0us : id * 100us;
        plan.rounds = 100;
        engine_->submit(StartCycle{sender.id, CycleId{id}, plan});
    }
    for (int i = 0; i < 4; ++i) EXPECT_EQ(wait_for<CycleFinished>().rounds, 100U);
    const Texts sent = payloads(sender).sent;
    ASSERT_EQ(sent.size(), 400U);
    EXPECT_EQ(std::set<std::string>(sent.begin(), sent.end()).size(), 400U);
}

TEST_F(SendingTest, to_all_clients_is_made_for_each) {
    const auto [server, address] = open(server_on("127.0.0.1"));
    std::vector<SessionHandle> clients;
    std::vector<Endpoint> locals;
    for (int i = 0; i < 3; ++i) {
        auto [client, local] = open(client_to(address));
        clients.push_back(client);
        locals.push_back(local);
        wait_for<ClientConnected>();
    }
    const Outgoing what = made("{{counter}} {{session.remote_port}};");
    engine_->submit(Send{server.id, ToAll{}, what});
    CyclePlan plan;
    plan.steps = {CycleStep{what}};
    plan.rounds = 2;
    plan.target = ToAll{};
    engine_->submit(StartCycle{server.id, CycleId{1}, plan});
    EXPECT_EQ(wait_for<CycleFinished>().rounds, 2U);
    for (std::size_t i = 0; i < clients.size(); ++i) {
        const std::string port = std::to_string(locals[i].port);
        const std::string expected = "0 " + port + ";0 " + port + ";1 " + port + ";";
        EXPECT_TRUE(
            wait_until([&] { return joined(payloads(clients[i]).received).size() >= expected.size(); }));
        EXPECT_EQ(joined(payloads(clients[i]).received), expected);
    }
}

}  // namespace
}  // namespace sockdesk::engine
