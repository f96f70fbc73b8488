#include "app/json_lines.hpp"

#include "log_text_support.hpp"

namespace sockdesk::app {
namespace {

using capture::Direction;
using capture::SessionEvent;

using JsonLinesTest = InChina;

std::string line(const SessionEvent& each, const JsonLines::Incomplete& incomplete = {}) {
    JsonLines lines(SessionId{1});
    std::string out;
    lines.append_event(each, incomplete, out);
    return out;
}

std::string json_string(std::string_view text) {
    std::string out;
    append_json_string(text, out);
    return out;
}

constexpr std::string_view beginning =
    "{\"time\":\"2026-11-21T10:00:00.123456789+08:00\",\"session\":1,\"event\":";

TEST_F(JsonLinesTest, payloads_are_as_the_contract_shows_them) {
    JsonLines lines(SessionId{1});
    std::string out;
    lines.append_payload(datagram(Direction::received, "\xc4\xe3\xba\xc3"), "你好", out);
    EXPECT_EQ(out, std::string(beginning) +
                       "\"recv\",\"local\":\"127.0.0.1:54321\",\"remote\":\"127.0.0.1:8080\",\"bytes\":4,"
                       "\"hex\":\"c4e3bac3\",\"text\":\"你好\"}\n");
    out.clear();
    lines.append_payload(datagram(Direction::sent, ""), "", out);
    EXPECT_EQ(
        out,
        std::string(beginning) +
            "\"send\",\"local\":\"127.0.0.1:54321\",\"remote\":\"127.0.0.1:8080\",\"bytes\":0,\"hex\":\"\","
            "\"text\":\"\"}\n");
}

TEST_F(JsonLinesTest, events_have_their_keys_in_a_fixed_order) {
    SessionEvent each = event(SessionEvent::Kind::open);
    each.protocol = "udp";
    each.local = here;
    EXPECT_EQ(line(each),
              std::string(beginning) + "\"open\",\"protocol\":\"udp\",\"local\":\"127.0.0.1:54321\"}\n");
    each.protocol = "tcp-client";
    each.remote = there;
    EXPECT_EQ(line(each), std::string(beginning) +
                              "\"open\",\"protocol\":\"tcp-client\",\"local\":\"127.0.0.1:54321\","
                              "\"remote\":\"127.0.0.1:8080\"}\n");
    each.kind = SessionEvent::Kind::connect;
    EXPECT_EQ(line(each), std::string(beginning) +
                              "\"connect\",\"local\":\"127.0.0.1:54321\",\"remote\":\"127.0.0.1:8080\"}\n");
    each.kind = SessionEvent::Kind::disconnect;
    each.reason = "timed out";
    EXPECT_EQ(line(each), std::string(beginning) +
                              "\"disconnect\",\"local\":\"127.0.0.1:54321\",\"remote\":"
                              "\"127.0.0.1:8080\",\"reason\":\"timed out\"}\n");

    each = event(SessionEvent::Kind::error);
    each.code = "EADDRINUSE";
    each.message = "bind 127.0.0.1:7788: address in use by \"x\"";
    EXPECT_EQ(line(each), std::string(beginning) +
                              "\"error\",\"code\":\"EADDRINUSE\",\"message\":\"bind 127.0.0.1:7788: "
                              "address in use by \\\"x\\\"\"}\n");
    each = event(SessionEvent::Kind::drop);
    each.count = 17;
    each.local = here;
    EXPECT_EQ(line(each), std::string(beginning) + "\"drop\",\"count\":17,\"by\":\"kernel\"}\n");
    each.by = "sockdesk";
    each.message = "No memory.";
    EXPECT_EQ(line(each), std::string(beginning) +
                              "\"drop\",\"count\":17,\"by\":\"sockdesk\",\"message\":\"No memory.\"}\n");
    each = event(SessionEvent::Kind::close);
    each.totals = {1, 2, 3, 4, 18'446'744'073'709'551'615U, 5};
    EXPECT_EQ(line(each), std::string(beginning) +
                              "\"close\",\"rx_packets\":1,\"rx_bytes\":2,\"tx_packets\":3,"
                              "\"tx_bytes\":4,\"dropped\":18446744073709551615,\"discarded\":5}\n");
}

TEST_F(JsonLinesTest, what_the_contract_does_not_list_is_not_printed) {
    EXPECT_EQ(line(event(SessionEvent::Kind::half_close)), "");
    EXPECT_EQ(line(event(SessionEvent::Kind::note)), "");
}

TEST_F(JsonLinesTest, what_was_left_of_a_stream_stands_in_its_end) {
    SessionEvent ended = event(SessionEvent::Kind::disconnect);
    ended.local = here;
    ended.remote = there;
    ended.reason = "closed by peer";
    const std::string received = line(ended, {"\\xE4\\xBD", ""});
    EXPECT_TRUE(received.ends_with("\"reason\":\"closed by peer\",\"text\":\"\\\\xE4\\\\xBD\"}\n"))
        << received;
    const std::string sent = line(ended, {"", "\\xC4"});
    EXPECT_TRUE(sent.ends_with("\"reason\":\"closed by peer\",\"sent_text\":\"\\\\xC4\"}\n")) << sent;
}

TEST_F(JsonLinesTest, a_message_that_is_not_utf8_still_makes_valid_json) {
    SessionEvent error = event(SessionEvent::Kind::error);
    error.message = "read \xff: no";
    EXPECT_TRUE(line(error).ends_with("\"message\":\"read \\\\xFF: no\"}\n")) << line(error);
}

TEST(JsonString, escapes_what_json_asks_for) {
    EXPECT_EQ(json_string("a\"b\\c/d"), R"("a\"b\\c/d")");
    EXPECT_EQ(json_string(std::string_view("\0\x01\n\r\t\b\f\x1f ", 9)),
              R"("\u0000\u0001\n\r\t\u0008\u000c\u001f ")");
    EXPECT_EQ(json_string(""), "\"\"");
}

TEST(JsonString, escapes_what_a_terminal_would_act_upon) {
    EXPECT_EQ(json_string("\x7f"), R"("\u007f")");
    EXPECT_EQ(json_string("\u0080\u009b\u009f\u00a0"), "\"\\u0080\\u009b\\u009f\u00a0\"");
    EXPECT_EQ(json_string("\u2028\u2029\u202e\u2066\u061c"), R"("\u2028\u2029\u202e\u2066\u061c")");
}

TEST(JsonString, leaves_all_other_characters_alone) {
    // Neighbours of those above, and characters of every length.
    const std::string text = "é\u00bf\u0600\u061b\u061d\u200d\u2027\u202f\u2065\u206a你😀\ufeff";
    EXPECT_EQ(json_string(text), "\"" + text + "\"");
}

}  // namespace
}  // namespace sockdesk::app
