// A tab without its looks: what the fields mean, what is submitted, what events change.
#include <gtest/gtest.h>

#include "app/copy_formats.hpp"
#include "app/session_model.hpp"
#include "app/translation.hpp"
#include "capture/log.hpp"

namespace sockdesk::app {
namespace {

using engine::Protocol;
using engine::SessionState;

class SessionModelTest : public testing::Test {
protected:
    SessionModelTest() { set_language(Language::english); }

    SessionModel make(TabState tab = {}) {
        return SessionModel({SessionId{7}, std::make_shared<capture::Log>(pool_, "test"), counters_},
                            std::move(tab),
                            [this](engine::Command command) { submitted_.push_back(std::move(command)); });
    }
    template <typename T>
    const T& last() {
        return std::get<T>(submitted_.back());
    }
    static Endpoint at(std::uint16_t port) { return {*IpAddress::parse("127.0.0.1"), port}; }
    static void opened(SessionModel& model) {
        model.handle(engine::StateChanged{SessionId{7}, SessionState::open, at(4000), {}, {}});
    }

    capture::SegmentPool pool_;
    std::shared_ptr<engine::SessionCounters> counters_ = std::make_shared<engine::SessionCounters>();
    std::vector<engine::Command> submitted_;
};

TEST_F(SessionModelTest, ChecksFields) {
    SessionDraft draft;
    EXPECT_TRUE(check_session(draft).empty());
    draft.local_port = "65536";
    EXPECT_TRUE(check_session(draft).contains(Field::local_port));
    draft.local_port = "";
    draft.local_host = "10.0.0.1:80";
    EXPECT_TRUE(check_session(draft).contains(Field::local_host));
    draft.local_host = "[::1]";
    EXPECT_TRUE(check_session(draft).empty());
    EXPECT_EQ(make_config(draft).local, (HostPort{"::1", 0}));
    draft.local_host = "";
    draft.local_port = "nonsense";
    EXPECT_TRUE(check_session(draft).empty()) << "unbound: the port does not matter";
    EXPECT_FALSE(make_config(draft).local);
    draft.protocol = Protocol::tcp_server;
    EXPECT_TRUE(check_session(draft).contains(Field::local_host));

    draft.protocol = Protocol::tcp_client;
    EXPECT_TRUE(check_session(draft).contains(Field::remote_port));
    draft.remote_port = "80";
    draft.connect_timeout_s = "0";
    EXPECT_TRUE(check_session(draft).contains(Field::connect_timeout));
    draft.connect_timeout_s = "1.5";
    EXPECT_TRUE(check_session(draft).empty());
    EXPECT_EQ(make_config(draft).connect_timeout, std::chrono::milliseconds(1500));
}

TEST_F(SessionModelTest, ReadsPeriods) {
    using std::chrono::nanoseconds;
    const std::pair<const char*, std::int64_t> good[] = {
        {"1000", 1'000'000'000}, {"0.5", 500'000}, {" 2 ", 2'000'000},  {"100us", 100'000},
        {"2s", 2'000'000'000},   {"0", 0},         {"3 ms", 3'000'000}, {"250ns", 250}};
    for (const auto& [text, value] : good) {
        const auto period = parse_period(text);
        ASSERT_TRUE(period) << text;
        EXPECT_EQ(period->count(), value) << text;
    }
    for (const char* bad : {"", " ", "-1", "1e3", "ms", "1.2.3", "one", "99999999999999", "0x10", "1,5"}) {
        EXPECT_FALSE(parse_period(bad)) << bad;
    }
    for (const std::int64_t value : {1'000'000'000, 500'000, 100'000, 1, 0, 1'234'567}) {
        EXPECT_EQ(parse_period(format_period(nanoseconds(value)))->count(), value);
    }
}

TEST_F(SessionModelTest, OpensAndSendsOnce) {
    SessionModel model = make();
    model.send_bytes({1});
    EXPECT_TRUE(submitted_.empty());
    EXPECT_TRUE(model.notice().is_error);

    model.open();
    EXPECT_EQ(last<engine::OpenSession>().config.local, (HostPort{"0.0.0.0", 0}));
    EXPECT_TRUE(model.is_locked());
    opened(model);
    EXPECT_EQ(model.title(), "UDP 127.0.0.1:4000");

    model.tab().session.target = "127.0.0.1:9";
    model.tab().send.text = "hi";
    model.send();
    EXPECT_EQ(**last<engine::Send>().payload.fixed(), (Bytes{'h', 'i'}));
    EXPECT_EQ(std::get<HostPort>(last<engine::Send>().target), (HostPort{"127.0.0.1", 9}));
    model.handle(engine::SendRefused{SessionId{7}, {}, {ErrorKind::too_large, "too large", {}, 0}});
    EXPECT_EQ(model.notice().text, "too large");
    model.handle(engine::SendRefused{SessionId{8}, {}, {ErrorKind::too_large, "another tab's", {}, 0}});
    EXPECT_EQ(model.notice().text, "too large");
}

TEST_F(SessionModelTest, CyclesUntilToldOrFinished) {
    TabState tab;
    tab.session.target = "127.0.0.1:9";
    tab.send = {"x", false, false, true, "2.5"};
    SessionModel model = make(tab);
    model.open();
    opened(model);
    model.send();
    const auto start = last<engine::StartCycle>();
    EXPECT_EQ(start.plan.period, std::chrono::microseconds(2500));
    EXPECT_FALSE(start.plan.rounds);
    EXPECT_TRUE(model.is_cycling());
    model.stop();
    EXPECT_EQ(last<engine::StopCycle>().cycle, start.cycle);
    EXPECT_TRUE(model.is_cycling()) << "until the engine says so";
    model.handle(engine::CycleFinished{SessionId{7}, start.cycle, 10, 2, {}});
    EXPECT_FALSE(model.is_cycling());
    EXPECT_NE(model.notice().text.find("10 rounds; 2"), std::string::npos);
}

TEST_F(SessionModelTest, KnowsClientsAndPeers) {
    TabState tab;
    tab.session.protocol = Protocol::tcp_server;
    SessionModel model = make(tab);
    opened(model);
    model.tab().send.text = "x";
    model.send();
    EXPECT_TRUE(model.notice().is_error) << "nobody to send to";
    model.handle(engine::ClientConnected{SessionId{7}, ConnectionId{1}, at(4000), at(5001)});
    model.handle(engine::ClientConnected{SessionId{7}, ConnectionId{2}, at(4000), at(5002)});
    EXPECT_EQ(model.title(), "TCP Server 127.0.0.1:4000 (2)");
    model.send();
    EXPECT_TRUE(std::holds_alternative<engine::ToAll>(last<engine::Send>().target));
    model.reply_to(at(5002));
    model.send();
    EXPECT_EQ(std::get<ConnectionId>(last<engine::Send>().target), ConnectionId{2});
    model.handle(engine::ClientDisconnected{SessionId{7}, ConnectionId{2}, at(5002), "closed by peer"});
    EXPECT_TRUE(model.is_chosen_client_gone());
    const auto sent_before = last<engine::Send>().payload;
    model.tab().send.text = "for that one only";
    model.send();
    EXPECT_EQ(last<engine::Send>().payload, sent_before) << "nobody else gets it";
    EXPECT_NE(model.notice().text.find("no longer connected"), std::string::npos);
    model.choose_client({});
    model.send();
    EXPECT_TRUE(std::holds_alternative<engine::ToAll>(last<engine::Send>().target));
    model.reply_to(at(5002));
    EXPECT_NE(model.notice().text.find("no longer connected"), std::string::npos);
    model.handle(engine::StateChanged{SessionId{7}, SessionState::closed, {}, {}, {}});
    EXPECT_TRUE(model.clients().empty());

    SessionModel udp = make();
    for (std::uint16_t port = 1; port <= 100; ++port) udp.handle(engine::PeerSeen{SessionId{7}, at(port)});
    EXPECT_EQ(udp.peers().size(), SessionModel::max_peers);
    EXPECT_EQ(udp.peers().front(), at(100));
    EXPECT_EQ(udp.tab().session.target, "127.0.0.1:1")
        << "the first, and not changed under the person's hands";
}

TEST_F(SessionModelTest, KeepsNoticesThatOpeningDoesNotSettle) {
    SessionModel model = make();
    model.open();
    model.handle(
        engine::SaveChanged{SessionId{7}, "/no/such", false, Error{ErrorKind::denied, "save failed", {}, 0}});
    opened(model);
    EXPECT_EQ(model.notice().text, "save failed");

    model.handle(engine::StateChanged{
        SessionId{7}, SessionState::opening, {}, {}, Error{ErrorKind::unreachable, "not yet", {}, 0}});
    EXPECT_EQ(model.notice().text, "not yet");
    opened(model);
    EXPECT_EQ(model.notice().text, "");
}

TEST_F(SessionModelTest, AnOldTargetDoesNotKeepASocketFromOpening) {
    TabState tab;
    tab.session.target = "no-such-host.invalid:9";
    SessionModel model = make(tab);
    model.open();
    EXPECT_FALSE(last<engine::OpenSession>().config.remote);
}

TEST_F(SessionModelTest, ConvertsTheBoxWithoutLossOrNotAtAll) {
    TabState tab;
    tab.view.encoding = "gbk";
    tab.send.text = "你a";
    SessionModel model = make(tab);
    ASSERT_TRUE(model.convert_box(true));
    EXPECT_EQ(model.tab().send.text, "C4 E3 61");
    ASSERT_TRUE(model.convert_box(false));
    EXPECT_EQ(model.tab().send.text, "你a");
    model.convert_box(true);
    model.tab().send.text = "FF 00";
    EXPECT_FALSE(model.convert_box(false));
    EXPECT_TRUE(model.tab().send.hex);
    EXPECT_EQ(model.tab().send.text, "FF 00");
    model.tab().send.escapes = true;
    ASSERT_TRUE(model.convert_box(false));
    EXPECT_EQ(model.compiled().bytes, (Bytes{0xFF, 0x00}));
}

TEST_F(SessionModelTest, CountsFromTheLastReset) {
    SessionModel model = make();
    counters_->rx_packets = 10;
    counters_->rx_bytes = 100;
    model.reset_totals();
    counters_->rx_packets = 13;
    EXPECT_EQ(model.totals().rx_packets, 3U);
    EXPECT_EQ(model.totals().rx_bytes, 0U);
    counters_->rx_packets = 1;  // opened again: the engine counts from zero
    EXPECT_EQ(model.totals().rx_packets, 1U);
}

TEST_F(SessionModelTest, TheTrailerOfARequestedSessionIsThatOfTheBox) {
    SessionSetup setup;
    PayloadSpec typed;
    typed.text = "hi";
    setup.typed = typed;
    setup.sends = {engine::make_payload({'h', 'i', 0xD1})};
    setup.trailer = codec::Trailer::parse("SUM, be").value();
    const TabState tab = tab_from_setup(setup);
    EXPECT_EQ(tab.send.text, "hi") << "it is appended when it is sent again";
    EXPECT_TRUE(tab.send.trailer.append);
    EXPECT_FALSE(tab.view.verify.on);
    EXPECT_EQ(tab.send.trailer.trailer, "sum");
    EXPECT_FALSE(tab_from_setup({}).send.trailer.append);
}

TEST_F(SessionModelTest, TakesOverARequestedSession) {
    SessionSetup setup;
    setup.config.protocol = Protocol::udp;
    setup.config.local = HostPort{"127.0.0.1", 0};
    setup.config.remote = HostPort{"::1", 9};
    setup.encoding = "gbk";
    setup.view = PayloadView::hex;
    setup.sends = {engine::make_payload({0x00, 0x01})};
    setup.period = std::chrono::microseconds(100);
    setup.rounds.reset();
    const TabState tab = tab_from_setup(setup);
    EXPECT_EQ(make_config(tab.session), setup.config);
    EXPECT_EQ(tab.view.encoding, "gbk");
    EXPECT_EQ(tab.view.view, PayloadView::hex);
    EXPECT_TRUE(tab.send.hex);
    EXPECT_EQ(tab.send.text, "00 01 ");
    EXPECT_EQ(tab.send.period_ms, "0.1");

    SessionModel model = make(tab);
    model.set_greeting(setup);
    model.open();
    ASSERT_TRUE(last<engine::OpenSession>().greeting);
    EXPECT_TRUE(model.is_cycling());
    model.close();
    model.open();
    EXPECT_FALSE(last<engine::OpenSession>().greeting) << "asked for once";
}

TEST(RateMeterModel, FallsToZeroAndRests) {
    RateMeter meter;
    SteadyTime now{};
    meter.update(now, 0);
    EXPECT_FALSE(meter.is_moving());
    now += RateMeter::interval;
    meter.update(now, 500);
    EXPECT_TRUE(meter.is_moving());
    now += RateMeter::interval;
    meter.update(now, 1000);
    EXPECT_DOUBLE_EQ(meter.bytes_per_second(), 1000);
    now += RateMeter::interval;
    meter.update(now, 1000);
    now += RateMeter::interval;
    meter.update(now, 1000);
    EXPECT_DOUBLE_EQ(meter.bytes_per_second(), 0);
    EXPECT_FALSE(meter.is_moving());
    now += std::chrono::seconds(60);
    meter.update(now, 2000);
    EXPECT_EQ(meter.history()[RateMeter::samples - 2], 0);
    EXPECT_EQ(meter.history()[RateMeter::samples - 1], 2000);
}

TEST(CopyFormatsModel, WriteWhatProgramsRead) {
    const Bytes bytes{'H', '"', '\\', '\n', 0x00, 0xFF};
    EXPECT_EQ(copy_as(CopyFormat::hex, bytes), "48 22 5C 0A 00 FF");
    EXPECT_EQ(copy_as(CopyFormat::python_bytes, bytes), R"(b"H\"\\\n\x00\xff")");
    EXPECT_EQ(copy_as(CopyFormat::c_array, bytes),
              "const unsigned char data[6] = {\n    0x48, 0x22, 0x5c, 0x0a, 0x00, 0xff,\n};");
}

}  // namespace
}  // namespace sockdesk::app
