// What is sent and answered, by clicks and with real sockets: templates, appended bytes, files, rules.
#include <fstream>

#include <gtest/gtest.h>

#include "driver.hpp"
#include "peers.hpp"

namespace sockdesk::gui_tests {
namespace {

using engine::SessionState;

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

// A datagram, whole.
std::string datagram(Driver& d, const Socket& peer) {
    std::string got;
    d.until("a datagram arrives", [&] { return peer.read(got), !got.empty(); });
    return got;
}

// A UDP session that sends to `peer`.
std::uint16_t open_udp(Driver& d, const Socket& peer) {
    EXPECT_TRUE(peer.bind());
    d.fill("local_host/##text", "127.0.0.1");
    d.click("###open");
    d.until("the UDP session opens", [&] { return d.tab().session.state() == SessionState::open; });
    d.fill("target/##text", "127.0.0.1:" + std::to_string(peer.port()));
    return d.tab().session.local()->port;
}

// A server on loopback, and a client that is connected to it.
Socket open_server(Driver& d) {
    d.choose("###protocol", "###tcp-server");
    d.fill("local_host/##text", "127.0.0.1");
    d.click("###open");
    d.until("the server listens", [&] { return d.tab().session.state() == SessionState::open; });
    Socket client = Socket::make(SOCK_STREAM);
    EXPECT_TRUE(client.connect(d.tab().session.local()->port));
    d.until("the client is there", [&] { return d.tab().session.clients().size() == 1; });
    return client;
}

TEST(Templates, CountWhatIsSentByHandAndByCycles) {
    Driver d;
    const Socket peer = Socket::make(SOCK_DGRAM);
    open_udp(d, peer);
    d.fill("###box", "n={{counter}};");
    EXPECT_EQ(d.tab().session.compiled().bytes.size(), 14U) << "without the box ticked it is text";
    d.click("###templates");
    EXPECT_EQ(as_chars(d.tab().session.compiled().bytes), "n=0;");
    d.click("###send");
    EXPECT_EQ(datagram(d, peer), "n=0;");
    EXPECT_EQ(as_chars(d.tab().session.compiled().bytes), "n=1;") << "the bytes of the next send";
    d.key(ImGuiMod_Ctrl | ImGuiKey_Enter);
    EXPECT_EQ(datagram(d, peer), "n=1;");

    d.click("###cycle");
    d.fill("###period", "1");
    d.click("###send");
    std::string got;
    ASSERT_TRUE(d.until("three came", [&] { return peer.read(got), contains(got, "n=2;"); }));
    EXPECT_TRUE(got.starts_with("n=0;n=1;n=2;")) << got;
    d.click("###send");
    ASSERT_TRUE(d.until("it stops", [&] { return !d.tab().session.is_cycling(); }));
}

TEST(Templates, MarkTheCharacterThatIsWrong) {
    Driver d;
    const Socket peer = Socket::make(SOCK_DGRAM);
    open_udp(d, peer);
    d.click("###templates");
    d.fill("###box", "ab {{nonsense}}");
    const app::CompiledPayload& payload = d.tab().session.compiled();
    ASSERT_TRUE(payload.error);
    EXPECT_EQ(payload.error->position, 5U);
    d.click("###send");
    EXPECT_TRUE(contains(d.tab().session.notice().text, "nonsense")) << d.tab().session.notice().text;
    EXPECT_EQ(d.tab().session.totals().tx_packets, 0U);
}

TEST(Templates, AreNotConvertedToHex) {
    Driver d;
    d.click("###templates");
    d.fill("###box", "{{counter}}");
    d.click("###send_hex");
    EXPECT_FALSE(d.tab().session.tab().send.hex);
    EXPECT_EQ(d.tab().session.tab().send.text, "{{counter}}");
    EXPECT_TRUE(contains(d.tab().session.notice().text, "Templates"));
    d.fill("###box", "ab");
    d.click("###send_hex");
    EXPECT_EQ(d.tab().session.tab().send.text, "61 62");
    d.fill("###box", "7B 7B");
    d.click("###send_ascii");
    EXPECT_TRUE(d.tab().session.tab().send.hex) << "as text it would be a template";
}

TEST(AppendedBytes, AreTheChecksumChosenInTheDialog) {
    Driver d;
    const Socket peer = Socket::make(SOCK_DGRAM);
    open_udp(d, peer);
    d.click("###send_hex");
    d.fill("###box", "01 03 00 00 00 0A");
    d.click("###append_set");
    d.choose("###trailer_kind", "###kind_crc16-modbus");
    d.click("###trailer_ok");
    EXPECT_TRUE(d.tab().session.tab().send.trailer.append);
    EXPECT_EQ(d.tab().session.compiled().trailer_bytes, 2U);
    d.click("###send");
    // The frame of the Modbus specification's own example of reading ten registers.
    EXPECT_EQ(datagram(d, peer), std::string("\x01\x03\x00\x00\x00\x0A\xC5\xCD", 8));

    d.click("###append");
    d.click("###send");
    EXPECT_EQ(datagram(d, peer).size(), 6U);
    // As at the next start.
    d.restart();
    EXPECT_EQ(d.tab().session.tab().send.trailer.trailer, "crc16-modbus");
    EXPECT_FALSE(d.tab().session.tab().send.trailer.append);
}

TEST(AppendedBytes, OfAnyCrcAndWhatIsWrongWithIt) {
    Driver d;
    d.fill("###box", "123456789");
    d.click("###append_set");
    d.choose("###trailer_kind", "###kind_crc");
    d.fill("###crc_poly", "0x11021");
    EXPECT_TRUE(d.is_disabled("###trailer_ok")) << "wider than its width";
    d.fill("###crc_poly", "0x1021");
    d.click("###crc_refin");
    d.click("###crc_refout");
    EXPECT_FALSE(d.is_disabled("###trailer_ok"));
    d.choose("###trailer_order", "###order_2");
    d.click("###trailer_ok");
    // CRC-16/CCITT-FALSE of the catalogue: 29 B1.
    const Bytes& bytes = d.tab().session.compiled().bytes;
    ASSERT_EQ(bytes.size(), 11U);
    EXPECT_EQ(bytes[9], 0x29);
    EXPECT_EQ(bytes[10], 0xB1);
}

TEST(AppendedBytes, AreVerifiedOnWhatArrives) {
    Driver d;
    const Socket peer = Socket::make(SOCK_DGRAM);
    const std::uint16_t port = open_udp(d, peer);
    d.click("###append_set");
    d.choose("###trailer_kind", "###kind_crc16-modbus");
    d.click("###trailer_append");
    d.click("trailer_sides/###trailer_arrives");
    d.click("###trailer_copy");
    d.click("###trailer_verify");
    d.click("###trailer_ok");
    EXPECT_FALSE(d.tab().session.tab().send.trailer.append);
    EXPECT_EQ(d.tab().session.tab().view.verify.trailer, "crc16-modbus");

    peer.send_to(port, std::string_view("\x01\x03\x00\x00\x00\x0A\xC5\xCD", 8));
    peer.send_to(port, std::string_view("\x01\x03\x00\x00\x00\x0A\xC5\xCC", 8));
    peer.send_to(port, "x");
    const auto received = [&] { return d.tab().session.totals().rx_packets; };
    ASSERT_TRUE(d.until("three came", [&] { return received() == 3 && contains(d.log_text(), "x\n"); }));
    d.frames(2);
    const std::vector<RecordIndex> marked = d.tab().view.marked_records();
    ASSERT_EQ(marked.size(), 2U);
    const auto wrong = d.tab().trailer_checks.failure(marked[0]);
    ASSERT_TRUE(wrong);
    EXPECT_EQ(wrong->expected, (Bytes{0xC5, 0xCD}));
    EXPECT_EQ(wrong->found, (Bytes{0xC5, 0xCC}));
    const auto tiny = d.tab().trailer_checks.failure(marked[1]);
    ASSERT_TRUE(tiny);
    EXPECT_TRUE(tiny->too_short);
    EXPECT_FALSE(contains(d.log_text(), "checksum")) << "the text of the log stays as it is";
    EXPECT_EQ(d.tab().trailer_checks.counts().failed, 2U);
    EXPECT_EQ(d.tab().trailer_checks.counts().received, 3U);

    // In the bare stream, too.
    d.click("###log_mode");
    EXPECT_TRUE(d.until("both are marked there", [&] { return d.tab().view.marked_records() == marked; }));
}

TEST(AppendedBytes, AreVerifiedWhateverIsAppended) {
    Driver d;
    d.click("###menu_tools");
    d.click("###menu_verify");
    d.choose("###trailer_kind", "###kind_crc32");
    d.click("###trailer_ok");
    EXPECT_TRUE(d.tab().session.tab().view.verify.on);
    EXPECT_EQ(d.tab().session.tab().view.verify.trailer, "crc32");
    EXPECT_EQ(d.tab().session.tab().send.trailer, app::TrailerSettings()) << "what is sent is another matter";
    d.restart();
    EXPECT_EQ(d.tab().session.tab().view.verify, (app::VerifySettings{true, "crc32"}));
}

TEST(Cycle, IsSetInItsDialogAndShowsHowFarItIs) {
    Driver d;
    const Socket peer = Socket::make(SOCK_DGRAM);
    open_udp(d, peer);
    d.fill("###box", "tick");
    d.click("###cycle_set");
    d.fill("###cycle_period", "9");
    d.choose("###cycle_unit", "###unit_us");
    EXPECT_TRUE(d.is_disabled("###cycle_ok")) << "too short";
    d.fill("###cycle_period", "100");
    d.fill("###cycle_burst", "3");
    d.fill("###cycle_times", "none");
    EXPECT_TRUE(d.is_disabled("###cycle_ok"));
    d.fill("###cycle_times", "30");
    d.click("###cycle_ok");
    EXPECT_TRUE(d.tab().session.tab().send.cycle);
    EXPECT_EQ(d.tab().session.tab().send.period_ms, "100us");
    d.click("###send");
    ASSERT_TRUE(d.until("it ends by itself", [&] { return !d.tab().session.is_cycling(); }));
    ASSERT_TRUE(d.until("all are in the log", [&] { return d.tab().session.totals().tx_packets == 30; }));

    d.click("###cycle_set");
    d.click("###cycle_by_rate");
    d.fill("###cycle_rate", "1k/s");
    d.fill("###cycle_times", "");
    d.click("###cycle_ok");
    d.click("###send");
    ASSERT_TRUE(d.until("rounds are counted while it runs", [&] {
        const engine::CycleProgress* progress = d.tab().session.cycle_progress();
        return progress != nullptr && progress->rounds.load() > 20;
    }));
    d.click("###send");
    ASSERT_TRUE(d.until("it stops", [&] { return !d.tab().session.is_cycling(); }));
    d.restart();
    EXPECT_EQ(d.tab().session.tab().send.pace, (app::CycleSettings{true, "1k/s", "", "3"}));
}

TEST(Preview, KnowsTheClientThatIsChosen) {
    Driver d;
    const Socket client = open_server(d);
    d.click("###templates");
    d.fill("###box", "{{session.remote_port}}");
    EXPECT_EQ(as_chars(d.tab().session.compiled().bytes), std::to_string(client.port()));
    EXPECT_TRUE(d.tab().session.compiled().unknown.empty());
    d.fill("###box", "{{random:3}}");
    EXPECT_EQ(d.tab().session.compiled().unknown, std::vector<bool>(3, true));
}

TEST(FileAsSource, ArrivesByteForByteWithProgress) {
    Driver d;
    // More than the kernel takes for a receiver that reads nothing: the sender's buffer, and the first size of the receiver's.
    std::string content(std::size_t{24} << 20, '\0');
    for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * 7 + i / 251);
    const std::filesystem::path file = d.folder() / "firmware.bin";
    std::ofstream(file, std::ios::binary) << content;
    const Socket client = open_server(d);
    d.click("###file");
    d.fill("###path", file.string());
    d.click("###file_ok");
    ASSERT_TRUE(d.tab().session.tab().send.file.on) << d.tab().session.notice().text;
    EXPECT_FALSE(d.is_shown("###box"));
    d.click("###send");
    // The client has read nothing yet, so it is under way whatever the machine does.
    ASSERT_NE(d.tab().session.sending_file(), nullptr);
    EXPECT_EQ(d.tab().session.sending_file()->source->progress().total_bytes, content.size());
    std::string got;
    ASSERT_TRUE(d.until("all of it came", [&] { return client.read(got), got.size() >= content.size(); }));
    EXPECT_TRUE(got == content);
    ASSERT_TRUE(d.until("it ends", [&] { return !d.tab().session.is_cycling(); }));
    EXPECT_EQ(d.tab().session.sending_file(), nullptr);
    EXPECT_TRUE(contains(d.tab().session.notice().text, "The file was sent"))
        << d.tab().session.notice().text;

    d.click("###file");
    EXPECT_TRUE(d.is_shown("###box"));
}

TEST(FileAsSource, GoesLineByLineAndStops) {
    Driver d;
    const std::filesystem::path file = d.folder() / "lines.txt";
    std::ofstream(file, std::ios::binary) << "one\r\ntwo\nthree\n";
    const Socket peer = Socket::make(SOCK_DGRAM);
    open_udp(d, peer);
    d.click("###file");
    d.fill("###path", file.string());
    d.click("###cut_lines");
    d.click("###file_ok");
    d.click("###send");
    std::string got;
    ASSERT_TRUE(d.until("three lines", [&] { return peer.read(got), got == "onetwothree"; }));
    ASSERT_TRUE(d.until("it ends", [&] { return !d.tab().session.is_cycling(); }));
    EXPECT_EQ(d.tab().session.totals().tx_packets, 3U);

    // Slowly, and stopped before its end.
    d.click("###file_change");
    d.fill("###file_interval", "10s");
    d.click("###file_ok");
    d.click("###send");
    ASSERT_TRUE(d.until("the first again", [&] { return peer.read(got), got == "onetwothreeone"; }));
    EXPECT_TRUE(d.tab().session.is_cycling());
    d.click("###send");
    ASSERT_TRUE(d.until("it stops", [&] { return !d.tab().session.is_cycling(); }));
    EXPECT_EQ(d.tab().session.totals().tx_packets, 4U);
}

TEST(FileAsSource, IsChosenByEnterAndMarksWrongNumbers) {
    Driver d;
    const std::filesystem::path file = d.folder() / "data.bin";
    std::ofstream(file, std::ios::binary) << "abc";
    d.click("###file");
    EXPECT_TRUE(d.is_disabled("###file_interval")) << "a stream has no pauses";
    d.click("###cut_pieces");
    EXPECT_FALSE(d.is_disabled("###file_interval"));
    d.fill("###piece_bytes", "0");
    d.fill("###path", file.string());
    d.key(ImGuiKey_Enter);
    EXPECT_FALSE(d.tab().session.tab().send.file.on) << "no piece has 0 bytes";
    d.fill("###piece_bytes", "2");
    d.fill("###path", file.string());
    d.key(ImGuiKey_Enter);
    EXPECT_TRUE(d.tab().session.tab().send.file.on);
    EXPECT_EQ(d.tab().session.tab().send.file.path, file.string());
}

TEST(FileAsSource, IsSeenWhileItIsSentWhateverIsPutIntoTheBox) {
    Driver d;
    const std::filesystem::path file = d.folder() / "lines.txt";
    std::ofstream(file, std::ios::binary) << "one\ntwo\n";
    const Socket peer = Socket::make(SOCK_DGRAM);
    open_udp(d, peer);
    d.desk().side().history().add({"sent before", false, false, false, ""});
    d.click("###file");
    d.fill("###path", file.string());
    d.click("###cut_lines");
    d.fill("###file_interval", "1000s");
    d.click("###file_ok");
    d.click("###send");
    ASSERT_NE(d.tab().session.sending_file(), nullptr);
    d.key(ImGuiMod_Ctrl | ImGuiKey_H);
    d.click("###history_list_0");
    EXPECT_EQ(d.tab().session.tab().send.text, "sent before");
    EXPECT_FALSE(d.is_shown("###box")) << "its progress is still to be seen";
    d.click("###send");
    ASSERT_TRUE(d.until("it stops", [&] { return !d.tab().session.is_cycling(); }));
    d.frames(2);
    EXPECT_TRUE(d.is_shown("###box"));
}

TEST(FileAsSource, SaysWhatCannotBeSent) {
    Driver d;
    const Socket peer = Socket::make(SOCK_DGRAM);
    open_udp(d, peer);
    d.click("###file");
    d.fill("###path", (d.folder() / "missing").string());
    d.click("###file_ok");
    EXPECT_FALSE(d.tab().session.tab().send.file.on);
    EXPECT_TRUE(d.is_shown("###file_ok")) << "the dialog stays";
    const std::filesystem::path file = d.folder() / "here";
    std::ofstream(file, std::ios::binary) << "x";
    d.fill("###path", file.string());
    d.click("###file_ok");
    ASSERT_TRUE(d.tab().session.tab().send.file.on);
    std::filesystem::remove(file);
    d.click("###send");
    EXPECT_TRUE(contains(d.tab().session.notice().text, "here")) << d.tab().session.notice().text;
    EXPECT_FALSE(d.tab().session.is_cycling());
}

TEST(Replies, AnExpressionAnswersAClient) {
    Driver d;
    d.click("###replies");
    d.click("###rule_add");
    d.choose("rule_editor/###rule_kind", "###kind_regex");
    d.fill("###rule_match", "GET (\\w+)");
    d.fill("###rule_answer", "200 {{match:1}}\\r\\n");
    d.click("###replies_ok");
    ASSERT_TRUE(d.tab().session.tab().replies.on);
    const Socket client = open_server(d);
    client.send("GE");
    client.send("T time\n");
    std::string got;
    ASSERT_TRUE(d.until("the answer", [&] { return client.read(got), got == "200 time\r\n"; }));
    ASSERT_TRUE(d.until("it is in the log", [&] { return contains(d.log_text(), "200 time"); }));

    // Unticked, nobody answers; and it is kept with the tab.
    d.click("###replies");
    EXPECT_FALSE(d.tab().session.tab().replies.on);
    d.restart();
    ASSERT_EQ(d.tab().session.tab().replies.rules.size(), 1U);
    EXPECT_EQ(d.tab().session.tab().replies.rules[0].match, "GET (\\w+)");
}

TEST(Replies, TheFirstRuleThatFitsAnswers) {
    Driver d;
    const Socket peer = Socket::make(SOCK_DGRAM);
    const std::uint16_t port = open_udp(d, peer);
    d.click("###replies_set");
    d.click("###ready_Upper case");
    d.click("###rule_add");
    d.choose("rule_editor/###rule_kind", "###kind_exact");
    d.fill("###rule_match", "ping");
    d.fill("###rule_answer", "pong");
    d.click("###rule_up");
    d.click("###replies_ok");
    ASSERT_TRUE(d.tab().session.tab().replies.on);
    peer.send_to(port, "ping");
    EXPECT_EQ(datagram(d, peer), "pong");
    peer.send_to(port, "abc");
    EXPECT_EQ(datagram(d, peer), "ABC");
}

TEST(Replies, AreDraggedIntoAnotherOrder) {
    Driver d;
    d.click("###replies_set");
    for (const char* match : {"one", "two", "three"}) {
        d.click("###rule_add");
        d.fill("###rule_match", match);
        d.fill("###rule_answer", "x");
    }
    const auto row = [&](int index) {
        const Item* item = d.find("###rule_" + std::to_string(index));
        EXPECT_NE(item, nullptr) << "rule " << index;
        return item != nullptr ? item->rect.GetCenter() : ImVec2();
    };
    d.drag(row(2), {row(0).x, row(0).y - 4});  // three one two
    d.drag(row(1), {row(2).x, row(2).y + 4});  // three two one
    d.click("###rule_up");                     // three one two: what was dragged is the selected one
    d.click("###replies_ok");
    std::string order;
    for (const auto& rule : d.tab().session.tab().replies.rules) order += rule.match + " ";
    EXPECT_EQ(order, "three one two ");
}

TEST(Replies, WhatIsWrongIsMarkedAndNotApplied) {
    Driver d;
    d.click("###replies_set");
    d.click("###rule_add");
    d.choose("rule_editor/###rule_kind", "###kind_regex");
    d.fill("###rule_match", "a(b");
    d.fill("###rule_answer", "x");
    d.click("###replies_ok");
    EXPECT_TRUE(d.is_shown("###replies_ok")) << "the dialog stays";
    EXPECT_FALSE(d.tab().session.tab().replies.on);
    d.fill("###rule_match", "a(b)");
    d.click("###replies_ok");
    EXPECT_FALSE(d.is_shown("###replies_ok"));
    EXPECT_TRUE(d.tab().session.tab().replies.on);
}

TEST(Replies, AreNotThrownAwayByASlip) {
    Driver d;
    d.click("###replies_set");
    d.key(ImGuiKey_Escape);
    EXPECT_FALSE(d.is_shown("###replies_ok")) << "nothing was changed";
    d.click("###replies_set");
    d.click("###ready_Echo");
    d.key(ImGuiKey_Escape);
    EXPECT_TRUE(d.is_shown("###replies_discard"));
    d.click("###replies_keep");
    EXPECT_TRUE(d.is_shown("###rule_0"));
    d.click("###replies_ok");
    ASSERT_EQ(d.tab().session.tab().replies.rules.size(), 1U);
    d.click("###replies_set");
    d.click("###rule_delete");
    d.key(ImGuiKey_Escape);
    d.click("###replies_discard");
    EXPECT_FALSE(d.is_shown("###replies_ok"));
    EXPECT_EQ(d.tab().session.tab().replies.rules.size(), 1U);
}

TEST(Replies, HeldBackByTheLimitAreCounted) {
    Driver d;
    const Socket peer = Socket::make(SOCK_DGRAM);
    const std::uint16_t port = open_udp(d, peer);
    d.click("###replies");
    d.click("###ready_Echo");
    d.fill("###replies_limit", "no");
    d.click("###replies_ok");
    EXPECT_FALSE(d.tab().session.tab().replies.on) << "that is no number";
    d.fill("###replies_limit", "1");
    d.click("###replies_ok");
    ASSERT_TRUE(d.tab().session.tab().replies.on);
    peer.send_to(port, "a");
    EXPECT_EQ(datagram(d, peer), "a");
    for (int i = 0; i < 60; ++i) peer.send_to(port, "b");
    ASSERT_TRUE(d.until("some are held back", [&] { return d.tab().session.replies_held() > 0; }));
    ASSERT_TRUE(d.until("and it is told", [&] {
        return contains(d.tab().session.notice().text, "rate limit");
    })) << d.tab().session.notice().text;
    EXPECT_TRUE(d.until("each is answered or held back", [&] {
        return d.tab().session.totals().tx_packets + d.tab().session.replies_held() == 61;
    }));
}

}  // namespace
}  // namespace sockdesk::gui_tests
