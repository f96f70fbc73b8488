#include "app/log_lines.hpp"

#include "app/payload_rows.hpp"
#include "log_text_support.hpp"

namespace sockdesk::app {
namespace {

using capture::Direction;
using capture::SessionEvent;
using engine::Protocol;

using LogLinesTest = InChina;

std::string header(const capture::RecordView& record, Protocol protocol = Protocol::udp,
                   PayloadView view = PayloadView::text) {
    LogLines lines(protocol, view);
    std::string out;
    return lines.append_header(record, out) ? out : "(none)" + out;
}

std::string words(const SessionEvent& each, Protocol protocol) {
    std::string out;
    append_event_text(each, protocol, out);
    return out;
}

TEST_F(LogLinesTest, headers_are_as_netassist_has_them) {
    EXPECT_EQ(header(datagram(Direction::received, "hello")),
              "[2026-11-21 10:00:00.123]# RECV ASCII FROM 127.0.0.1 :8080>");
    EXPECT_EQ(header(datagram(Direction::sent, "hello"), Protocol::udp, PayloadView::hex),
              "[2026-11-21 10:00:00.123]# SEND HEX TO 127.0.0.1 :8080>");
    EXPECT_EQ(header(datagram(Direction::sent, "hello"), Protocol::udp, PayloadView::both),
              "[2026-11-21 10:00:00.123]# SEND HEX TO 127.0.0.1 :8080>");
    EXPECT_EQ(header(piece(Direction::sent, "hello", 0), Protocol::tcp_client),
              "[2026-11-21 10:00:00.123]# SEND ASCII>");
    EXPECT_EQ(header(piece(Direction::received, "hello", 0), Protocol::tcp_client),
              "[2026-11-21 10:00:00.123]# RECV ASCII FROM 127.0.0.1 :8080>");
    EXPECT_EQ(header(piece(Direction::received, "", 0, endpoint("fe80::1", 9)), Protocol::tcp_server),
              "[2026-11-21 10:00:00.123]# RECV ASCII FROM fe80::1 :9>");
}

TEST_F(LogLinesTest, a_send_to_all_is_shown_once) {
    capture::RecordView record = piece(Direction::sent, "hello", 0);
    record.fan_out = {7, 0};
    EXPECT_EQ(header(record, Protocol::tcp_server), "[2026-11-21 10:00:00.123]# SEND ASCII TO ALL>");
    record.fan_out.position = 1;
    EXPECT_EQ(header(record, Protocol::tcp_server), "(none)");
}

TEST_F(LogLinesTest, addresses_that_share_a_place_in_the_memory_of_texts_are_told_apart) {
    LogLines lines(Protocol::udp, PayloadView::text);
    for (int round = 0; round < 2; ++round) {
        for (const std::uint16_t port : {std::uint16_t{1}, std::uint16_t{17}, std::uint16_t{33}}) {
            capture::RecordView record = datagram(Direction::received, "x");
            record.remote.port = port;
            std::string out;
            lines.append_header(record, out);
            EXPECT_TRUE(out.ends_with("127.0.0.1 :" + std::to_string(port) + ">")) << out;
        }
    }
}

TEST_F(LogLinesTest, an_event_is_one_line_with_its_time) {
    SessionEvent opened = event(SessionEvent::Kind::open);
    opened.local = endpoint("0.0.0.0", 54321);
    opened.port_chosen_by_system = true;
    LogLines lines(Protocol::udp, PayloadView::text);
    std::string out;
    lines.append_event(opened, out);
    EXPECT_EQ(out, "[2026-11-21 10:00:00.123]# Bound to 0.0.0.0:54321 (port chosen by the system)");
}

TEST(EventText, opening_names_the_address_and_who_chose_the_port) {
    SessionEvent opened = event(SessionEvent::Kind::open);
    opened.local = here;
    EXPECT_EQ(words(opened, Protocol::udp), "Bound to 127.0.0.1:54321");
    EXPECT_EQ(words(opened, Protocol::tcp_server), "Listening on 127.0.0.1:54321");
    opened.remote = there;
    opened.port_chosen_by_system = true;
    EXPECT_EQ(words(opened, Protocol::tcp_client),
              "Connected to 127.0.0.1:8080 from 127.0.0.1:54321 (port chosen by the system)");
}

TEST(EventText, clients_come_and_go) {
    SessionEvent client = event(SessionEvent::Kind::connect);
    client.local = here;
    client.remote = endpoint("192.168.56.1", 13474);
    EXPECT_EQ(words(client, Protocol::tcp_server), "Client 192.168.56.1:13474 gets online.");
    client.kind = SessionEvent::Kind::half_close;
    EXPECT_EQ(words(client, Protocol::tcp_server), "Client 192.168.56.1:13474 has finished sending.");
    client.kind = SessionEvent::Kind::disconnect;
    client.reason = "closed by peer";
    EXPECT_EQ(words(client, Protocol::tcp_server), "Client 192.168.56.1:13474 gets offline.");
    client.reason = "reset by peer";
    EXPECT_EQ(words(client, Protocol::tcp_server), "Client 192.168.56.1:13474 gets offline: reset by peer.");
    client.reason = "timed out";
    EXPECT_EQ(words(client, Protocol::tcp_server), "Client 192.168.56.1:13474 gets offline: timed out.");
    client.reason = "closed";
    EXPECT_EQ(words(client, Protocol::tcp_server), "Client 192.168.56.1:13474 gets offline: closed here.");
}

TEST(EventText, a_clients_connection_ends_in_four_ways) {
    SessionEvent ended = event(SessionEvent::Kind::disconnect);
    ended.local = here;
    ended.remote = there;
    const std::pair<const char*, const char*> cases[] = {
        {"closed by peer", "Connection to 127.0.0.1:8080 closed by peer."},
        {"reset by peer", "Connection to 127.0.0.1:8080 reset by peer."},
        {"timed out", "Connection to 127.0.0.1:8080 timed out."},
        {"closed", "Connection to 127.0.0.1:8080 closed here."}};
    for (const auto& [reason, expected] : cases) {
        ended.reason = reason;
        EXPECT_EQ(words(ended, Protocol::tcp_client), expected);
    }
    ended.kind = SessionEvent::Kind::half_close;
    EXPECT_EQ(words(ended, Protocol::tcp_client), "127.0.0.1:8080 has finished sending.");
}

TEST(EventText, numbers_agree_with_their_nouns) {
    SessionEvent dropped = event(SessionEvent::Kind::drop);
    dropped.count = 1;
    EXPECT_EQ(words(dropped, Protocol::udp), "1 datagram dropped by the system before it could be read.");
    dropped.count = 12;
    EXPECT_EQ(words(dropped, Protocol::udp), "12 datagrams dropped by the system before they could be read.");
    dropped.by = "kernel";
    dropped.message = "Ask for more.";
    EXPECT_EQ(words(dropped, Protocol::udp),
              "12 datagrams dropped by the system before they could be read. Ask for more.");
    dropped.by = "sockdesk";
    EXPECT_EQ(words(dropped, Protocol::udp),
              "12 datagrams discarded by Sockdesk: they could not be kept. Ask for more.");
    SessionEvent closed = event(SessionEvent::Kind::close);
    closed.totals = {1, 5, 2, 10, 3};
    EXPECT_EQ(words(closed, Protocol::udp),
              "Closed. Received 1 packet, 5 bytes; sent 2 packets, 10 bytes; dropped 3.");
}

TEST(EventText, messages_cannot_act_on_a_terminal_or_make_lines) {
    SessionEvent error = event(SessionEvent::Kind::error);
    error.message = "look up \x1b[31mred\nname: not known";
    EXPECT_EQ(words(error, Protocol::udp), "Error: look up \\x1B[31mred\\x0Aname: not known");
    error.kind = SessionEvent::Kind::note;
    error.message = "Connecting again in 500 ms";
    EXPECT_EQ(words(error, Protocol::udp), "Connecting again in 500 ms");
}

TEST_F(LogLinesTest, bytes_without_a_sequel_are_handed_over_in_a_line_of_their_own) {
    LogLines lines(Protocol::tcp_client, PayloadView::text);
    std::string out;
    lines.append_incomplete(some_time, Direction::received, there, "\\xE4\\xBD", out);
    EXPECT_EQ(out,
              "[2026-11-21 10:00:00.123]# Incomplete character at the end of what was received from "
              "127.0.0.1:8080: "
              "\\xE4\\xBD");
}

TEST(PayloadText, is_one_line_for_a_terminal_and_keeps_its_lines_for_a_window) {
    std::string out;
    append_payload_text("one\r\ntwo\t\x1b[0m", LineBreaks::escaped, out);
    EXPECT_EQ(out, "one\\x0D\\x0Atwo\\x09\\x1B[0m");
    out.clear();
    append_payload_text("one\r\ntwo\t\x1b[0m", LineBreaks::kept, out);
    EXPECT_EQ(out, "one\r\ntwo\t\\x1B[0m");
}

TEST(PayloadHex, has_a_space_after_every_byte) {
    std::string out;
    append_payload_hex(as_bytes("Hello\n"), out);
    EXPECT_EQ(out, "48 65 6C 6C 6F 0A ");
}

std::string rows(std::string_view payload, codec::Encoding from) {
    codec::StreamDecoder decoder(from);
    std::string out;
    append_payload_rows(as_bytes(payload), decoder, true, out);
    return out;
}

TEST(PayloadRows, have_sixteen_bytes_each_and_align) {
    EXPECT_EQ(rows("The quick brown fox\n", codec::Encoding::utf8()),
              "0000  54 68 65 20 71 75 69 63 6B 20 62 72 6F 77 6E 20  The quick brown \n"
              "0010  66 6F 78 0A                                      fox\\x0A");
    EXPECT_EQ(rows("\xc4\xe3\xba\xc3, world\n", encoding("gbk")),
              "0000  C4 E3 BA C3 2C 20 77 6F 72 6C 64 0A              你好, world\\x0A");
    EXPECT_EQ(rows("", codec::Encoding::utf8()), "");
    EXPECT_EQ(rows(std::string(16, 'x'), codec::Encoding::utf8()).find('\n'), std::string::npos);
}

TEST(PayloadRows, a_character_over_a_rows_end_stands_in_the_second) {
    EXPECT_EQ(rows("0123456789abcde你", codec::Encoding::utf8()),
              "0000  30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 E4  0123456789abcde\n"
              "0010  BD A0                                            你");
}

TEST(PayloadRows, an_incomplete_end_is_shown_only_where_nothing_follows) {
    codec::StreamDecoder decoder;
    std::string out;
    append_payload_rows(as_bytes("a\xe4\xbd"), decoder, false, out);
    EXPECT_EQ(out, "0000  61 E4 BD                                         a");
    EXPECT_EQ(decoder.pending_bytes(), 2U);
    EXPECT_EQ(rows("a\xe4\xbd", codec::Encoding::utf8()), out + "\\xE4\\xBD");
}

}  // namespace
}  // namespace sockdesk::app
