#include "capture/log.hpp"

#include <algorithm>
#include <random>

#include "capture/ip_packet.hpp"
#include "capture/log_writer.hpp"
#include "support.hpp"

namespace sockdesk::capture {
namespace {

TEST(Log, shows_nothing_before_it_is_published) {
    Desk desk;
    desk.receive(as_bytes("hello"));
    EXPECT_EQ(desk.log->published(), 0U);
    desk.writer.publish();
    EXPECT_EQ(desk.log->published(), 1U);
}

TEST(Log, gives_a_datagram_back_as_it_came) {
    Desk desk;
    desk.receive(as_bytes("hello"), 1'700'000'000'123'456'789);
    desk.writer.append_datagram(at(1'700'000'000'123'456'790), Direction::sent, desk.here, desk.there,
                                as_bytes("ok"));
    desk.writer.publish();

    LogReader reader(desk.log);
    const RecordView first = reader.record(0);
    EXPECT_EQ(first.index, 0U);
    EXPECT_EQ(first.kind, RecordKind::payload);
    EXPECT_EQ(first.time, at(1'700'000'000'123'456'789));
    EXPECT_EQ(first.direction, Direction::received);
    EXPECT_EQ(first.transport, Transport::udp);
    EXPECT_EQ(first.local, desk.here);
    EXPECT_EQ(first.remote, desk.there);
    EXPECT_EQ(as_chars(first.payload), "hello");
    EXPECT_FALSE(first.fan_out);
    EXPECT_FALSE(first.previous_in_stream);

    const RecordView second = reader.record(1);
    EXPECT_EQ(second.direction, Direction::sent);
    EXPECT_EQ(second.local, desk.here);
    EXPECT_EQ(second.remote, desk.there);
    EXPECT_EQ(as_chars(second.payload), "ok");
    EXPECT_FALSE(reader.next_in_stream(0));
}

TEST(Log, keeps_empty_datagrams) {
    Desk desk;
    desk.receive({});
    desk.receive({});
    desk.writer.publish();
    LogReader reader(desk.log);
    ASSERT_EQ(desk.log->published(), 2U);
    EXPECT_TRUE(reader.record(1).payload.empty());
    EXPECT_EQ(reader.record(1).kind, RecordKind::payload);
}

TEST(Log, takes_the_largest_datagrams_whole) {
    Desk desk;
    const Bytes v4 = pattern(LogWriter::max_datagram_v4);
    const Bytes v6 = pattern(LogWriter::max_datagram_v6);
    desk.receive(v4);
    desk.writer.append_datagram(at(0), Direction::sent, endpoint("::1", 1), endpoint("::1", 2), v6);
    desk.writer.publish();
    LogReader reader(desk.log);
    EXPECT_EQ(copy(reader.record(0).payload), v4);
    EXPECT_EQ(copy(reader.record(1).payload), v6);
}

TEST(Log, makes_a_packet_of_the_remote_ends_family) {
    Desk desk;
    desk.writer.append_datagram(at(0), Direction::sent, endpoint("0.0.0.0", 7), endpoint("2001:db8::1", 9),
                                as_bytes("x"));
    desk.writer.append_datagram(at(0), Direction::received, endpoint("::", 7), endpoint("192.0.2.1", 9),
                                as_bytes("y"));
    desk.writer.publish();
    LogReader reader(desk.log);
    EXPECT_EQ(reader.record(0).local, endpoint("::", 7));
    EXPECT_EQ(reader.record(0).remote, endpoint("2001:db8::1", 9));
    EXPECT_EQ(reader.record(1).local, endpoint("0.0.0.0", 7));
    EXPECT_EQ(reader.record(1).remote, endpoint("192.0.2.1", 9));
}

TEST(Log, keeps_the_interface_of_link_local_addresses) {
    Desk desk;
    const Endpoint local{*IpAddress::parse("fe80::1%3"), 1};
    const Endpoint remote{*IpAddress::parse("fe80::2%3"), 2};
    desk.writer.append_datagram(at(0), Direction::received, local, remote, as_bytes("x"));
    desk.writer.append_datagram(at(0), Direction::received, endpoint("::", 1), remote, as_bytes("x"));
    desk.writer.publish();
    LogReader reader(desk.log);
    EXPECT_EQ(reader.record(0).local, local);
    EXPECT_EQ(reader.record(0).remote, remote);
    EXPECT_EQ(reader.record(1).local, endpoint("::", 1));
    EXPECT_EQ(reader.record(1).remote, remote);
}

TEST(Log, never_goes_back_in_time) {
    Desk desk;
    desk.receive(as_bytes("a"), 100);
    desk.receive(as_bytes("b"), 50);
    desk.writer.append_event(note("c", at(60)));
    desk.receive(as_bytes("d"), 101);
    desk.writer.publish();
    LogReader reader(desk.log);
    EXPECT_EQ(reader.record(0).time, at(100));
    EXPECT_EQ(reader.record(1).time, at(100));
    EXPECT_EQ(reader.record(2).time, at(100));
    EXPECT_EQ(reader.record(3).time, at(101));
}

TEST(Log, keeps_events_between_payloads) {
    Desk desk;
    desk.receive(as_bytes("a"), 1);
    SessionEvent event;
    event.kind = SessionEvent::Kind::connect;
    event.time = at(2);
    event.local = desk.here;
    event.remote = desk.there;
    desk.writer.append_event(event);
    desk.writer.append_statistics(at(2), {.kept = 1});
    desk.receive(as_bytes("b"), 3);
    desk.writer.publish();

    LogReader reader(desk.log);
    ASSERT_EQ(desk.log->published(), 3U);
    const RecordView record = reader.record(1);
    EXPECT_EQ(record.kind, RecordKind::event);
    EXPECT_EQ(record.time, at(2));
    const SessionEvent decoded = decode_event(record);
    EXPECT_EQ(decoded.kind, SessionEvent::Kind::connect);
    EXPECT_EQ(decoded.remote, desk.there);
    EXPECT_EQ(as_chars(reader.record(2).payload), "b");
}

TEST(Log, goes_over_many_segments_with_every_size) {
    Desk desk;
    std::mt19937 random(7);
    std::vector<std::pair<std::size_t, std::uint32_t>> expected;
    for (std::uint32_t i = 0; i < 3000; ++i) {
        std::size_t size = random() % 4 == 0 ? random() % (LogWriter::max_datagram_v4 + 1) : random() % 100;
        desk.receive(pattern(size, i), i);
        expected.emplace_back(size, i);
        if (random() % 50 == 0) desk.writer.publish();
    }
    desk.writer.publish();
    ASSERT_EQ(desk.log->published(), expected.size());

    LogReader reader(desk.log);
    for (int i = 0; i < 6000; ++i) {
        const RecordIndex index = i < 3000 ? static_cast<RecordIndex>(i) : random() % expected.size();
        const RecordView record = reader.record(index);
        const auto [size, seed] = expected[index];
        ASSERT_EQ(record.time, at(seed));
        ASSERT_EQ(copy(record.payload), pattern(size, seed)) << index;
    }
}

TEST(Log, fills_a_segment_with_the_smallest_records) {
    Desk desk;
    constexpr RecordCount count = 2 * Segment::max_records;
    for (RecordCount i = 0; i < count; ++i) desk.receive({}, static_cast<std::int64_t>(i));
    desk.writer.publish();
    LogReader reader(desk.log);
    for (RecordCount i = 0; i < count; i += 997)
        ASSERT_EQ(reader.record(i).time, at(static_cast<std::int64_t>(i)));
}

TEST(Log, a_second_writer_goes_on_where_the_first_ended) {
    SegmentPool pool({1, 0});
    auto log = std::make_shared<Log>(pool, "x");
    const Endpoint end = endpoint("127.0.0.1", 1);
    {
        LogWriter writer(log);
        writer.append_datagram(at(10), Direction::sent, end, end, as_bytes("first"));
    }
    EXPECT_EQ(log->published(), 1U);
    LogWriter writer(log);
    writer.append_datagram(at(5), Direction::sent, end, end, as_bytes("second"));
    writer.publish();
    LogReader reader(log);
    ASSERT_EQ(log->published(), 2U);
    EXPECT_EQ(as_chars(reader.record(0).payload), "first");
    EXPECT_EQ(as_chars(reader.record(1).payload), "second");
    EXPECT_EQ(reader.record(1).time, at(10));
}

class Flow : public testing::Test {
protected:
    Desk desk;
    TcpFlow flow = made();

    static TcpFlow made() {
        TcpFlow result;
        result.local = endpoint("127.0.0.1", 80);
        result.remote = endpoint("127.0.0.1", 4000);
        return result;
    }
};

TEST_F(Flow, pieces_know_their_place_in_their_stream) {
    TcpFlow other = made();
    other.remote.port = 4001;
    LogWriter& writer = desk.writer;
    writer.open_flow(at(0), flow);
    writer.append_stream(at(1), Direction::received, flow, as_bytes("abc"));  // 0
    writer.append_stream(at(2), Direction::sent, flow, as_bytes("12"));       // 1
    writer.append_stream(at(3), Direction::received, other, as_bytes("zz"));  // 2
    writer.append_stream(at(4), Direction::received, flow, {});
    writer.append_stream(at(4), Direction::received, flow, as_bytes("defg"));  // 3
    writer.append_event(note("between"));                                      // 4
    writer.append_stream(at(5), Direction::received, flow, as_bytes("h"));     // 5
    writer.publish();
    ASSERT_EQ(desk.log->published(), 6U);

    LogReader reader(desk.log);
    EXPECT_EQ(reader.record(0).transport, Transport::tcp);
    EXPECT_EQ(reader.record(0).stream_offset, 0U);
    EXPECT_FALSE(reader.record(0).previous_in_stream);
    EXPECT_EQ(reader.record(3).stream_offset, 3U);
    EXPECT_EQ(reader.record(3).previous_in_stream, RecordIndex{0});
    EXPECT_EQ(reader.record(5).stream_offset, 7U);
    EXPECT_EQ(reader.record(5).previous_in_stream, RecordIndex{3});
    EXPECT_EQ(reader.record(1).stream_offset, 0U);
    EXPECT_EQ(reader.record(1).local, flow.local);
    EXPECT_EQ(reader.record(1).remote, flow.remote);
    EXPECT_FALSE(reader.record(2).previous_in_stream);

    EXPECT_EQ(reader.next_in_stream(0), RecordIndex{3});
    EXPECT_EQ(reader.next_in_stream(3), RecordIndex{5});
    EXPECT_FALSE(reader.next_in_stream(5));
    EXPECT_FALSE(reader.next_in_stream(1));
    EXPECT_FALSE(reader.next_in_stream(4));

    writer.append_stream(at(6), Direction::sent, flow, as_bytes("3"));      // 6
    writer.append_stream(at(6), Direction::received, flow, as_bytes("i"));  // 7
    writer.publish();
    EXPECT_EQ(reader.next_in_stream(5), RecordIndex{7});
    EXPECT_EQ(reader.next_in_stream(5), RecordIndex{7});
    EXPECT_EQ(reader.next_in_stream(1), RecordIndex{6});
}

TEST_F(Flow, long_pieces_are_split) {
    const Bytes payload = pattern(200'000);
    desk.writer.append_stream(at(0), Direction::sent, flow, payload, {9, 3});
    desk.writer.publish();
    LogReader reader(desk.log);
    ASSERT_EQ(desk.log->published(), 4U);
    Bytes joined;
    for (RecordIndex i = 0; i < 4; ++i) {
        const RecordView record = reader.record(i);
        EXPECT_EQ(record.stream_offset, joined.size());
        EXPECT_EQ(record.fan_out, (FanOut{9, 3}));
        joined.insert(joined.end(), record.payload.begin(), record.payload.end());
    }
    EXPECT_EQ(joined, payload);
    EXPECT_EQ(flow.sent.bytes, payload.size());
}

/// What is read straight into the log stands there as if it had been appended.
TEST(ReservedStream, is_the_same_as_an_appended_one) {
    for (const char* address : {"10.0.0.1", "2001:db8::1"}) {
        Desk appended;
        Desk reserved;
        TcpFlow flows[2];
        for (TcpFlow& flow : flows) {
            flow.local = endpoint(address, 80);
            flow.remote = endpoint(address, 40000);
        }
        std::int64_t time = 0;
        std::uint32_t seed = 0;
        // Over the ends of segments and over the amount after which a silent side acknowledges.
        for (std::size_t total = 0; total < (std::size_t{70} << 20);) {
            const std::size_t size = seed % 3 == 0 ? LogWriter::max_stream_piece : seed % 5000 + 1;
            const Bytes payload = pattern(size, ++seed);
            total += size;
            ++time;
            appended.writer.append_stream(at(time), Direction::received, flows[0], payload);
            const auto room = reserved.writer.reserve_stream(at(time), Direction::received, flows[1]);
            ASSERT_EQ(room.size(), LogWriter::max_stream_piece);
            std::copy(payload.begin(), payload.end(), room.begin());
            ASSERT_TRUE(std::ranges::equal(
                reserved.writer.commit_stream(at(time), Direction::received, flows[1], size), payload));
            // A read that found nothing.
            reserved.writer.reserve_stream(at(time), Direction::received, flows[1]);
            ASSERT_TRUE(reserved.writer.commit_stream(at(time), Direction::received, flows[1], 0).empty());
        }
        appended.writer.publish();
        reserved.writer.publish();
        ASSERT_EQ(appended.log->published(), reserved.log->published());
        LogReader left(appended.log);
        LogReader right(reserved.log);
        for (RecordIndex i = 0; i < appended.log->published(); ++i) {
            const RecordView a = left.record(i);
            const RecordView b = right.record(i);
            ASSERT_TRUE(std::ranges::equal(a.payload, b.payload)) << i;
            ASSERT_EQ(a.time, b.time);
            ASSERT_EQ(a.stream_offset, b.stream_offset);
            ASSERT_EQ(a.previous_in_stream, b.previous_in_stream);
            ASSERT_EQ(a.remote, b.remote);
        }
    }
}

TEST_F(Flow, offsets_go_beyond_the_sequence_numbers) {
    for (const char* address : {"127.0.0.1", "::1"}) {
        Desk fresh;
        TcpFlow longer;
        longer.local = endpoint(address, 1);
        longer.remote = endpoint(address, 2);
        longer.received.bytes = 0xFFFF'FFFE;
        fresh.writer.append_stream(at(0), Direction::received, longer, as_bytes("abcd"));
        longer.received.bytes = 0x12'3456'789A;
        fresh.writer.append_stream(at(0), Direction::received, longer, as_bytes("abcd"));
        fresh.writer.publish();
        LogReader reader(fresh.log);
        EXPECT_EQ(reader.record(0).stream_offset, 0xFFFF'FFFEU);
        EXPECT_EQ(reader.record(1).stream_offset, 0x12'3456'789AU);
    }
}

TEST_F(Flow, a_long_one_way_stream_is_acknowledged_now_and_then) {
    const Bytes payload = pattern(1 << 20);
    std::uint64_t furthest = 0;
    for (int i = 0; i < 130; ++i) {
        desk.writer.append_stream(at(0), Direction::received, flow, payload);
        furthest = std::max(furthest, flow.received.bytes - flow.received.acknowledged);
    }
    EXPECT_LT(furthest, std::uint64_t{66} << 20);
    EXPECT_EQ(flow.sent.bytes, 0U);
    desk.writer.append_stream(at(0), Direction::sent, flow, as_bytes("x"));
    EXPECT_EQ(flow.received.acknowledged, flow.received.bytes);
    desk.writer.publish();
    LogReader reader(desk.log);
    const RecordView last = reader.record(desk.log->published() - 2);
    EXPECT_EQ(last.stream_offset + last.payload.size(), flow.received.bytes);
}

TEST_F(Flow, ends_once) {
    desk.writer.open_flow(at(0), flow);
    desk.writer.end_flow(at(0), flow, FlowEnd::finished_by_peer);
    EXPECT_TRUE(flow.received.finished);
    EXPECT_FALSE(flow.sent.finished);
    desk.writer.append_stream(at(0), Direction::sent, flow, as_bytes("bye"));
    desk.writer.end_flow(at(0), flow, FlowEnd::finished_here);
    desk.writer.end_flow(at(0), flow, FlowEnd::finished_here);
    desk.writer.publish();
    EXPECT_EQ(desk.log->published(), 1U);
}

TEST(Release, gives_whole_segments_back_in_order) {
    Desk desk;
    for (int i = 0; i < 4; ++i) desk.fill_segment();
    const std::size_t before = desk.pool.used_bytes();
    {
        LogReader reader(desk.log);
        EXPECT_FALSE(reader.record(0).payload.empty());
        desk.log->release_before(desk.log->published());
        // The reader's segment is still there.
        EXPECT_EQ(desk.log->first_available(), 0U);
        EXPECT_FALSE(reader.record(0).payload.empty());
        // And goes when the reader goes on.
        EXPECT_FALSE(reader.record(desk.log->published() - 1).payload.empty());
    }
    EXPECT_GT(desk.log->first_available(), 300U);
    EXPECT_LT(desk.pool.used_bytes(), before);

    LogReader reader(desk.log);
    const RecordView gone = reader.record(0);
    EXPECT_EQ(gone.kind, RecordKind::event);
    EXPECT_EQ(decode_event(gone).message, "");
    EXPECT_FALSE(reader.next_in_stream(0));
    EXPECT_EQ(reader.record(desk.log->first_available()).payload.size(), 60'000U);
    EXPECT_EQ(reader.record(desk.log->published() - 1).payload.size(), 60'000U);
}

TEST(Release, leaves_what_is_not_below) {
    Desk desk;
    for (int i = 0; i < 3; ++i) desk.fill_segment();
    desk.log->release_before(1);
    EXPECT_EQ(desk.log->first_available(), 0U);
    desk.log->release_before(150);
    EXPECT_GT(desk.log->first_available(), 100U);
    EXPECT_LE(desk.log->first_available(), 150U);
}

TEST(Budget, an_exhausted_one_shows_and_events_still_go) {
    // Without a background thread that makes segments, what is in use is known exactly.
    Desk desk({0, 2 * Segment::memory_bytes});
    ASSERT_TRUE(desk.writer.ready());
    int datagrams = 0;
    while (desk.writer.ready()) {
        desk.receive(pattern(60'000));
        ++datagrams;
    }
    EXPECT_GE(datagrams, 2 * 130 - 70);
    // What was promised at the last `ready` is taken, and so is what must not be refused.
    for (int i = 0; i < 500; ++i) desk.writer.append_event(note(std::string(30'000, 'x')));
    desk.writer.publish();
    LogReader reader(desk.log);
    EXPECT_EQ(decode_event(reader.record(desk.log->published() - 1)).message.size(), 30'000U);
    EXPECT_GT(desk.pool.used_bytes(), desk.pool.budget_bytes());
    while (desk.writer.ready()) desk.writer.append_event(note(std::string(30'000, 'x')));
    desk.writer.publish();

    int told = 0;
    desk.pool.on_available([&] { ++told; });
    reader.record(desk.log->published() - 1);
    desk.log->release_before(desk.log->published());
    EXPECT_EQ(told, 1);
    EXPECT_TRUE(desk.writer.ready());
}

}  // namespace
}  // namespace sockdesk::capture
