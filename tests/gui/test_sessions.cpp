// Open, receive, send, cycle and close, by clicks, for the three protocols.
#include <gtest/gtest.h>

#include "driver.hpp"
#include "peers.hpp"

namespace sockdesk::gui_tests {
namespace {

using engine::SessionState;

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::size_t count(const std::string& text, std::string_view part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

std::uint16_t open_udp(Driver& d) {
    d.fill("local_host/##text", "127.0.0.1");
    d.click("###open");
    d.until("the UDP session opens", [&] { return d.tab().session.state() == SessionState::open; });
    return d.tab().session.local()->port;
}

void open_server(Driver& d) {
    d.choose("###protocol", "###tcp-server");
    d.fill("local_host/##text", "127.0.0.1");
    d.click("###open");
    d.until("the server listens", [&] { return d.tab().session.state() == SessionState::open; });
}

TEST(UdpSession, OpensReceivesAnswersAndCloses) {
    Driver d;
    const std::uint16_t port = open_udp(d);
    ASSERT_GT(port, 0);
    EXPECT_EQ(d.window_title(), "UDP 127.0.0.1:" + std::to_string(port) + " - Sockdesk");
    EXPECT_TRUE(d.is_disabled("local_host/##text"));
    EXPECT_TRUE(contains(d.log_text(),
                         "Bound to 127.0.0.1:" + std::to_string(port) + " (port chosen by the system)"));

    Socket peer = Socket::make(SOCK_DGRAM);
    ASSERT_TRUE(peer.bind());
    peer.send_to(port, "hello from outside");
    ASSERT_TRUE(
        d.until("the datagram is shown", [&] { return contains(d.log_text(), "hello from outside"); }));
    EXPECT_TRUE(contains(d.log_text(), "RECV ASCII FROM 127.0.0.1 :" + std::to_string(peer.port()) + ">"));

    // Whoever wrote first stands in the target bar already.
    EXPECT_EQ(d.tab().session.tab().session.target, "127.0.0.1:" + std::to_string(peer.port()));
    d.click("###box");
    d.type("answer");
    d.click("###send");
    std::string got;
    ASSERT_TRUE(d.until("the answer arrives", [&] { return peer.read(got), got == "answer"; }));
    ASSERT_TRUE(
        d.until("it is in the log", [&] { return contains(d.log_text(), "SEND ASCII TO 127.0.0.1"); }));
    EXPECT_EQ(d.tab().session.totals().rx_packets, 1U);
    EXPECT_EQ(d.tab().session.totals().tx_bytes, 6U);
    d.click("###reset_counters");
    EXPECT_EQ(d.tab().session.totals(), capture::Totals{});

    d.click("###open");
    ASSERT_TRUE(d.until("it closes", [&] { return d.tab().session.state() == SessionState::closed; }));
    EXPECT_FALSE(d.is_disabled("local_host/##text"));
}

TEST(UdpSession, CyclesUntilStopped) {
    Driver d;
    open_udp(d);
    Socket peer = Socket::make(SOCK_DGRAM);
    ASSERT_TRUE(peer.bind());
    d.fill("target/##text", "127.0.0.1:" + std::to_string(peer.port()));
    d.fill("###box", "tick ");
    d.click("###cycle");
    d.fill("###period", "2.5");
    d.click("###send");
    EXPECT_TRUE(d.tab().session.is_cycling());
    std::string got;
    ASSERT_TRUE(d.until("five came", [&] { return peer.read(got), count(got, "tick ") >= 5; }));
    d.click("###send");
    ASSERT_TRUE(d.until("it stops", [&] { return !d.tab().session.is_cycling(); }));
    EXPECT_EQ(d.tab().session.state(), SessionState::open);
}

TEST(UdpSession, SendsHexAndMarksWhatIsNot) {
    Driver d;
    open_udp(d);
    Socket peer = Socket::make(SOCK_DGRAM);
    ASSERT_TRUE(peer.bind());
    d.fill("target/##text", "127.0.0.1:" + std::to_string(peer.port()));
    d.click("###send_hex");
    d.fill("###box", "48 6x");
    const app::CompiledPayload& payload = d.tab().session.compiled();
    ASSERT_TRUE(payload.error);
    EXPECT_EQ(payload.error->position, 4U);
    d.click("###send");
    EXPECT_TRUE(contains(d.tab().session.notice().text, "Send: "));
    EXPECT_EQ(d.tab().session.totals().tx_packets, 0U);

    d.fill("###box", "0x48,0x69");
    d.key(ImGuiMod_Ctrl | ImGuiKey_Enter);
    std::string got;
    ASSERT_TRUE(d.until("two bytes arrive", [&] { return peer.read(got), got == "Hi"; }));
    EXPECT_TRUE(d.tab().session.notice().text.empty());

    // Back to text: the same bytes, written otherwise.
    d.click("###send_ascii");
    EXPECT_EQ(d.tab().session.tab().send.text, "Hi");
    EXPECT_FALSE(d.tab().session.tab().send.hex);
}

TEST(UdpSession, RefusesToSendWhatItCannot) {
    Driver d;
    d.fill("###box", "x");
    d.click("###send");
    EXPECT_TRUE(contains(d.tab().session.notice().text, "not open"));
    open_udp(d);
    d.click("###send");
    EXPECT_TRUE(contains(d.tab().session.notice().text, "address and port")) << d.tab().session.notice().text;
    d.fill("target/##text", "127.0.0.1");
    d.click("###send");
    EXPECT_TRUE(contains(d.tab().session.notice().text, "port is missing"));
}

TEST(UdpSession, MarksAWrongPort) {
    Driver d;
    d.fill("###local_port", "99999");
    EXPECT_TRUE(d.tab().session.field_errors().contains(app::Field::local_port));
    d.click("###open");
    EXPECT_EQ(d.tab().session.state(), SessionState::closed);
    EXPECT_TRUE(contains(d.tab().session.notice().text, "65535"));
}

TEST(UdpSession, SaysWhoHoldsAPort) {
    Driver d;
    Socket holder = Socket::make(SOCK_DGRAM);
    ASSERT_TRUE(holder.bind());
    d.fill("local_host/##text", "127.0.0.1");
    d.fill("###local_port", std::to_string(holder.port()));
    d.key(ImGuiKey_F5);
    ASSERT_TRUE(d.until("it fails", [&] { return d.tab().session.state() == SessionState::failed; }));
    EXPECT_TRUE(contains(d.tab().session.notice().text, "address in use")) << d.tab().session.notice().text;
    EXPECT_FALSE(d.is_disabled("local_host/##text"));
}

TEST(ServerSession, SendsToAllAndToOneAndDisconnects) {
    Driver d;
    open_server(d);
    const std::uint16_t port = d.tab().session.local()->port;
    Socket first = Socket::make(SOCK_STREAM);
    Socket second = Socket::make(SOCK_STREAM);
    ASSERT_TRUE(first.connect(port));
    ASSERT_TRUE(d.until("the first is listed", [&] { return d.tab().session.clients().size() == 1; }));
    ASSERT_TRUE(second.connect(port));
    ASSERT_TRUE(d.until("both are listed", [&] { return d.tab().session.clients().size() == 2; }));
    EXPECT_TRUE(contains(d.window_title(), "(2)"));
    EXPECT_TRUE(d.until("it is told", [&] { return contains(d.log_text(), "gets online."); }));

    first.send("from the first");
    ASSERT_TRUE(d.until("it is shown", [&] { return contains(d.log_text(), "from the first"); }));

    d.fill("###box", "to all");
    d.click("###send");
    std::string one, two;
    ASSERT_TRUE(d.until("both have it", [&] {
        return first.read(one), second.read(two), one == "to all" && two == "to all";
    }));
    EXPECT_TRUE(d.until("once in the log", [&] { return count(d.log_text(), "SEND ASCII TO ALL>") == 1; }));

    const app::Client chosen = d.tab().session.clients()[1];
    d.choose("###clients", chosen.remote.to_string() + "##" + std::to_string(chosen.connection.value));
    EXPECT_EQ(d.tab().session.chosen_client(), chosen.connection);
    d.fill("###box", "to one");
    d.click("###send");
    ASSERT_TRUE(d.until("the second has it", [&] { return second.read(two), two == "to allto one"; }));
    first.read(one);
    EXPECT_EQ(one, "to all");

    d.click("###disconnect");
    ASSERT_TRUE(d.until("the second is gone", [&] { return d.tab().session.clients().size() == 1; }));
    // What was meant for one goes to nobody else.
    EXPECT_TRUE(d.tab().session.is_chosen_client_gone());
    d.click("###send");
    EXPECT_TRUE(contains(d.tab().session.notice().text, "no longer connected"));
    d.choose("###clients", "###all_clients");
    d.fill("###box", "to those left");
    d.click("###send");
    ASSERT_TRUE(d.until("the first has it", [&] { return first.read(one), one == "to allto those left"; }));
    ASSERT_TRUE(d.until("it sees the end", [&] { return second.read(two); }));
}

TEST(ServerSession, EchoesAndCycles) {
    Driver d;
    d.click("###replies");
    d.click("###ready_Echo");
    d.click("###replies_ok");
    open_server(d);
    Socket client = Socket::make(SOCK_STREAM);
    ASSERT_TRUE(client.connect(d.tab().session.local()->port));
    client.send("echo me");
    std::string got;
    ASSERT_TRUE(d.until("it comes back", [&] { return client.read(got), got == "echo me"; }));
    d.fill("###box", ".");
    d.click("###cycle");
    d.fill("###period", "1");
    d.key(ImGuiMod_Ctrl | ImGuiKey_Enter);
    ASSERT_TRUE(d.until("it repeats", [&] { return client.read(got), count(got, ".") > 4; }));
    d.click("###open");
    ASSERT_TRUE(d.until("closing ends the cycle", [&] {
        return d.tab().session.state() == SessionState::closed && !d.tab().session.is_cycling();
    }));
}

TEST(ClientSession, ConnectsTalksAndSeesTheEnd) {
    Socket listener = Socket::make(SOCK_STREAM);
    ASSERT_TRUE(listener.bind() && listener.listen());
    Driver d;
    d.choose("###protocol", "###tcp-client");
    d.fill("###remote_port", std::to_string(listener.port()));
    d.click("###open");
    ASSERT_TRUE(d.until("it connects", [&] { return d.tab().session.state() == SessionState::open; }));
    Socket peer = listener.accept();
    EXPECT_EQ(d.tab().session.title(), "TCP Client 127.0.0.1:" + std::to_string(listener.port()));

    peer.send("welcome\r\n");
    ASSERT_TRUE(d.until("it is shown", [&] { return contains(d.log_text(), "welcome"); }));
    d.click("###escapes");
    d.fill("###box", "a\\r\\n\\x00");
    EXPECT_EQ(d.tab().session.compiled().bytes.size(), 4U);
    d.click("###send");
    std::string got;
    ASSERT_TRUE(d.until("the peer has it", [&] { return peer.read(got), got == std::string("a\r\n\0", 4); }));
    EXPECT_TRUE(d.until("the log says so", [&] { return contains(d.log_text(), "SEND ASCII>"); }));

    d.click("###send_hex");
    EXPECT_EQ(d.tab().session.tab().send.text, "61 0D 0A 00");
    d.click("###cycle");
    d.fill("###period", "1");
    d.click("###send");
    ASSERT_TRUE(d.until("it repeats", [&] { return peer.read(got), got.size() >= 16; }));
    d.click("###send");
    ASSERT_TRUE(d.until("it stops", [&] { return !d.tab().session.is_cycling(); }));

    peer.close();
    ASSERT_TRUE(d.until("the end is seen", [&] { return d.tab().session.state() != SessionState::open; }));
}

TEST(ClientSession, SaysThatNobodyListens) {
    Socket unused = Socket::make(SOCK_STREAM);
    ASSERT_TRUE(unused.bind());  // bound, not listening
    Driver d;
    d.choose("###protocol", "###tcp-client");
    d.fill("###remote_port", std::to_string(unused.port()));
    d.click("###open");
    ASSERT_TRUE(d.until("it is refused", [&] { return d.tab().session.state() == SessionState::failed; }));
    EXPECT_TRUE(contains(d.tab().session.notice().text, "refused")) << d.tab().session.notice().text;
    EXPECT_TRUE(d.is_shown("###notice"));
}

TEST(RequestedSession, OpensWithAllItsOptions) {
    Socket peer = Socket::make(SOCK_DGRAM);
    ASSERT_TRUE(peer.bind());
    app::SessionSetup setup;
    setup.config.local = HostPort{"127.0.0.1", 0};
    setup.config.remote = HostPort{"127.0.0.1", peer.port()};
    setup.config.echo = true;
    setup.encoding = "gbk";
    setup.view = app::PayloadView::both;
    setup.sends = {engine::make_payload({0xC4, 0xE3})};
    setup.period = std::chrono::milliseconds(2);
    setup.rounds = 3;
    setup.open_at_start = true;
    Driver d(setup);
    ASSERT_TRUE(d.until("it opens", [&] { return d.tab().session.state() == SessionState::open; }));
    EXPECT_EQ(d.desk().tabs().size(), 1U);
    EXPECT_EQ(d.tab().session.tab().view.encoding, "gbk");
    EXPECT_EQ(d.tab().session.tab().send.text, "你");
    std::string got;
    ASSERT_TRUE(
        d.until("three rounds came", [&] { return peer.read(got), got == "\xC4\xE3\xC4\xE3\xC4\xE3"; }));
    peer.send_to(d.tab().session.local()->port, "back?");
    ASSERT_TRUE(d.until("it echoes", [&] { return peer.read(got), contains(got, "back?"); }));
    EXPECT_TRUE(contains(d.log_text(), "0000  62 61 63 6B 3F"));
}

}  // namespace
}  // namespace sockdesk::gui_tests
