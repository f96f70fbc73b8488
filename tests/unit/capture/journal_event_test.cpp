#include "capture/journal_event.hpp"
#include "capture/event_text.hpp"

#include <random>

#include "support.hpp"

namespace sockdesk::capture {

// For the tests' messages and comparisons.
static bool operator==(const SessionEvent& a, const SessionEvent& b) {
    return a.kind == b.kind && a.time == b.time && a.protocol == b.protocol && a.local == b.local &&
           a.remote == b.remote && a.port_chosen_by_system == b.port_chosen_by_system &&
           a.reason == b.reason && a.code == b.code && a.message == b.message && a.count == b.count &&
           a.totals == b.totals;
}

namespace {

using Kind = SessionEvent::Kind;

SessionEvent full(Kind kind) {
    SessionEvent event;
    event.kind = kind;
    event.time = at(1'700'000'000'123'456'789);
    event.protocol = "tcp-server";
    event.local = endpoint("0.0.0.0", 54321);
    event.remote = Endpoint{*IpAddress::parse("fe80::1%7"), 65535};
    event.port_chosen_by_system = true;
    event.by = "sockdesk";
    event.reason = "reset by peer";
    event.code = "ECONNRESET";
    event.message = "the peer has gone; connect again";
    event.count = ~std::uint64_t{0};
    event.totals = {1, 2, 3, 4, 5, 6};
    return event;
}

/// As it comes out of a block: padded with zero bytes.
SessionEvent round_trip(const SessionEvent& event) {
    std::string entry = encode_event(event);
    entry.resize((entry.size() + 3) / 4 * 4);
    return decode_event(as_bytes(entry));
}

TEST(JournalEvent, every_kind_comes_back_exactly) {
    for (const Kind kind : {Kind::open, Kind::connect, Kind::disconnect, Kind::half_close, Kind::error,
                            Kind::drop, Kind::close, Kind::note}) {
        EXPECT_EQ(round_trip(full(kind)), full(kind));
        SessionEvent empty;
        empty.kind = kind;
        EXPECT_EQ(round_trip(empty), empty) << kind_name(kind);
    }
}

TEST(JournalEvent, times_come_back_exactly) {
    for (const std::int64_t time :
         {INT64_MIN, std::int64_t{-1}, std::int64_t{0}, std::int64_t{999}, INT64_MAX}) {
        EXPECT_EQ(round_trip(note("x", at(time))).time, at(time));
    }
}

TEST(JournalEvent, hostile_texts_come_back_exactly_and_forge_nothing) {
    std::mt19937 random(11);
    std::vector<std::string> texts{"\n",
                                   "\n\n",
                                   "a\nb",
                                   "=",
                                   "a=b",
                                   "\nSOCKDESK_EVENT=close\n",
                                   std::string("\0x\0", 3),
                                   "__REALTIME_TIMESTAMP=1",
                                   "\n__REALTIME_TIMESTAMP=1\n",
                                   "你好\x7F\t\r",
                                   "\xFF\xFE",
                                   std::string(8, '\0') + "\n",
                                   "\x1b[31mred"};
    for (int i = 0; i < 200; ++i) {
        std::string text(random() % 40, ' ');
        for (char& c : text) c = static_cast<char>(random() % 3 == 0 ? random() % 32 : random() % 256);
        texts.push_back(text);
    }
    for (const std::string& text : texts) {
        SessionEvent event = full(Kind::error);
        event.message = text;
        event.reason = text;
        event.code = text;
        event.protocol = text;
        EXPECT_EQ(round_trip(event), event) << text;
        EXPECT_EQ(encode_event(event).find("__REALTIME_TIMESTAMP=1700000000123456\n"), 0U);
    }
}

TEST(JournalEvent, texts_are_cut_between_characters) {
    SessionEvent event = note("x");
    while (event.message.size() < max_event_text + 10) event.message += "你";
    const std::string kept = round_trip(event).message;
    EXPECT_LE(kept.size(), max_event_text);
    EXPECT_GT(kept.size(), max_event_text - 3);
    EXPECT_EQ(kept.size() % 3, 1U);
    event.message = std::string(max_event_text + 9, '\x80');
    EXPECT_EQ(round_trip(event).message.size(), max_event_text);
}

TEST(JournalEvent, broken_entries_end_where_they_break) {
    const std::string entry = encode_event(full(Kind::open));
    for (std::size_t size = 0; size < entry.size(); ++size) {
        const Bytes part = copy(as_bytes(entry).first(size));
        decode_event(part);
    }
    std::string huge = "MESSAGE\n";
    huge += std::string(8, '\xFF') + "x\n";
    EXPECT_EQ(decode_event(as_bytes(huge)).message, "");
    EXPECT_EQ(
        decode_event(as_bytes("SOCKDESK_EVENT=unheard of\nSOCKDESK_LOCAL=nonsense\nSOCKDESK_COUNT=-1\n")),
        SessionEvent());
}

TEST(JournalEvent, entries_of_others_become_notes) {
    const SessionEvent event =
        decode_event(as_bytes("__REALTIME_TIMESTAMP=1700000000123456\nMESSAGE=started\n_PID=1\n"));
    EXPECT_EQ(event.kind, Kind::note);
    EXPECT_EQ(event.message, "started");
    EXPECT_EQ(event.time, at(1'700'000'000'123'456'000));
    decode_event(as_bytes("__REALTIME_TIMESTAMP=9223372036854775807\n"));
}

TEST(JournalEvent, is_worded_as_the_log_lines_are) {
    SessionEvent event;
    event.kind = Kind::open;
    event.protocol = "udp";
    event.local = endpoint("0.0.0.0", 54321);
    event.port_chosen_by_system = true;
    EXPECT_EQ(describe(event), "Bound to 0.0.0.0:54321 (port chosen by the system)");
    event = {};
    event.kind = Kind::connect;
    event.remote = endpoint("192.168.56.1", 13474);
    EXPECT_EQ(describe(event), "Client 192.168.56.1:13474 gets online.");
    event.kind = Kind::disconnect;
    event.reason = "closed by peer";
    EXPECT_EQ(describe(event), "Client 192.168.56.1:13474 gets offline.");
    EXPECT_EQ(describe(event, "tcp-client"), "Connection to 192.168.56.1:13474 closed by peer.");
    EXPECT_EQ(describe(note("a\nb")), "a\\x0Ab");
}

TEST(JournalEvent, a_later_event_takes_the_words_of_the_session) {
    Desk desk;
    SessionEvent event;
    event.kind = Kind::open;
    event.protocol = "tcp-client";
    desk.writer.append_event(event);
    event = {};
    event.kind = Kind::disconnect;
    event.remote = desk.there;
    event.reason = "reset by peer";
    desk.writer.append_event(event);
    desk.writer.publish();
    LogReader reader(desk.log);
    const auto body = as_chars(reader.record(1).event_body);
    EXPECT_NE(body.find("MESSAGE=Connection to 127.0.0.1:40000 reset by peer.\n"), std::string_view::npos);
    EXPECT_EQ(decode_event(reader.record(1)).protocol, "");
}

}  // namespace
}  // namespace sockdesk::capture
