// What a recipe is made into, and how often memory is asked for meanwhile.
#include <random>

#include "codec/payload_template.hpp"
#include "engine/payload_maker.hpp"
#include "engine_fixture.hpp"
#include "unit/counted_allocations.hpp"

namespace sockdesk::engine {
namespace {

Outgoing made(std::string_view text, std::optional<codec::Trailer> trailer = {}) {
    return make_outgoing(codec::PayloadTemplate::compile(text, {}).value(), std::move(trailer));
}

class PayloadMakerTest : public testing::Test {
protected:
    std::string text(const Outgoing& what, std::uint64_t counter, const SendEnds& ends = {}) {
        return std::string(as_chars(*maker_.make(what, ends, counter)));
    }

    SystemClock clock_;
    std::mt19937_64 random_{1};
    PayloadMaker maker_{clock_, random_};
};

TEST_F(PayloadMakerTest, what_is_fixed_stays_the_very_same) {
    const Payload bytes = make_payload({1, 2, 3});
    EXPECT_EQ(maker_.make(Outgoing(bytes), {}, 7), bytes);
    EXPECT_TRUE(made("no items").fixed());
}

TEST_F(PayloadMakerTest, a_recipe_is_made_of_the_moment) {
    const Outgoing what =
        made("{{counter}} {{session.local_port}}", codec::Trailer::parse("fixed=21").value());
    const Endpoint local{*IpAddress::parse("127.0.0.1"), 4321};
    EXPECT_EQ(text(what, 41, {local, {}}), "41 4321!");
    EXPECT_EQ(text(what, 42), "42 0!");
}

TEST_F(PayloadMakerTest, what_somebody_still_holds_is_not_written_to) {
    const Outgoing what = made("{{counter}}");
    std::vector<Payload> held;
    for (std::uint64_t i = 0; i < 200; ++i) held.push_back(maker_.make(what, {}, i));
    for (std::uint64_t i = 0; i < 200; ++i) EXPECT_EQ(as_chars(*held[i]), std::to_string(i));
    held.erase(held.begin() + 1, held.end());
    for (std::uint64_t i = 0; i < 200; ++i) maker_.make(what, {}, 1'000 + i);
    EXPECT_EQ(as_chars(*held[0]), "0");
}

TEST_F(PayloadMakerTest, the_steady_state_allocates_nothing_up_to_the_largest_datagram) {
    const codec::Trailer crc = codec::Trailer::parse("crc16-modbus").value();
    for (const std::size_t size : {std::size_t{60}, std::size_t{65'507}}) {
        const Outgoing what = made("{{counter,!I}}{{time}}{{random:" + std::to_string(size - 36) + "}}", crc);
        std::vector<Payload> waiting(32);
        for (std::size_t i = 0; i < 64; ++i) waiting[i % 32] = maker_.make(what, {}, i);
        const std::uint64_t before = allocations();
        for (std::size_t i = 0; i < 1'000; ++i) waiting[i % 32] = maker_.make(what, {}, i);
        EXPECT_EQ(allocations(), before) << size;
    }
}

/// Sends on and on, with what it takes beside the sends left out by comparison.
class SteadySendingTest : public EngineTest {
protected:
    /// How often memory was asked for while so many rounds were sent.
    std::uint64_t asked_for(SessionId session, CyclePlan plan, std::uint64_t rounds) {
        plan.rounds = rounds;
        const std::uint64_t before = allocations();
        engine_->submit(StartCycle{session, CycleId{1}, plan});
        EXPECT_EQ(wait_for<CycleFinished>().rounds, rounds);
        return allocations() - before;
    }
    void expect_steady(SessionId session, const CyclePlan& plan) {
        constexpr std::uint64_t rounds = 5'000;
        asked_for(session, plan, 500);
        EXPECT_LT(asked_for(session, plan, rounds), rounds / 5) << "less than once in five sends";
    }
};

TEST_F(SteadySendingTest, datagrams_to_an_address_that_was_typed) {
    const auto [receiver, to] = open(udp_on("127.0.0.1"));
    const auto [sender, from] = open(udp_on("127.0.0.1"));
    CyclePlan plan;
    plan.target = HostPort{"127.0.0.1", to.port};
    plan.steps = {CycleStep{made("{{counter}} from {{session.local_port}} to {{session.remote_address}}")}};
    expect_steady(sender.id, plan);
    plan.steps = {CycleStep{text("fixed")}};
    expect_steady(sender.id, plan);
    // One by one.
    plan.period = std::chrono::microseconds(10);
    expect_steady(sender.id, plan);
}

TEST_F(SteadySendingTest, to_each_client_what_is_made_for_it) {
    const auto [server, address] = open(server_on("127.0.0.1"));
    for (int i = 0; i < 2; ++i) {
        open(client_to(address));
        wait_for<ClientConnected>();
    }
    CyclePlan plan;
    plan.target = ToAll{};
    plan.steps = {CycleStep{made("{{counter}} to {{session.remote_port}};")}};
    expect_steady(server.id, plan);
}

}  // namespace
}  // namespace sockdesk::engine
