#include <algorithm>
#include <limits>

#include <fmt/format.h>
#include <unistd.h>

#include "capture/log_writer.hpp"
#include "capture/pcapng.hpp"
#include "capture/saver.hpp"
#include "foreign_bytes.hpp"
#include "opened.hpp"

namespace sockdesk::archive {
namespace {

using capture::Direction;
using capture::SaveMode;
using testing::HasSubstr;

Timestamp at(std::int64_t nanoseconds) { return Timestamp(std::chrono::nanoseconds(nanoseconds)); }

/// All that a record tells, in words.
std::string everything(const capture::RecordView& record) {
    std::string words = fmt::format("{} {} ", record.index, record.time.time_since_epoch().count());
    words += in_words(record);
    if (record.kind == capture::RecordKind::payload) {
        words +=
            fmt::format(" {} {}+{} {} {}", static_cast<int>(record.transport), record.fan_out.group,
                        record.fan_out.position, record.stream_offset,
                        record.previous_in_stream ? fmt::to_string(*record.previous_in_stream) : "first");
    }
    return words;
}

/// Looks at every record; says where they differ first.
void expect_same(const std::shared_ptr<capture::Log>& expected, const std::shared_ptr<capture::Log>& found) {
    ASSERT_EQ(found->published(), expected->published());
    capture::LogReader a(expected);
    capture::LogReader b(found);
    for (RecordIndex i = 0; i < expected->published(); ++i) {
        ASSERT_EQ(everything(b.record(i)), everything(a.record(i)));
    }
    EXPECT_EQ(found->published_bytes(), expected->published_bytes());
}

class Native : public testing::Test {
protected:
    TemporaryFolder folder;
    const std::filesystem::path path = folder / "ours.pcapng";
    const std::shared_ptr<capture::SegmentPool> pool = small_pool();
    const std::shared_ptr<capture::Log> log = capture::Log::make(pool, "udp 127.0.0.1:54321");
    capture::LogWriter writer{log};
    std::int64_t clock = 1'000'000'000;

    const Endpoint here = endpoint("127.0.0.1", 54321);
    const Endpoint there = endpoint("127.0.0.1", 40000);

    void receive(std::string_view payload) {
        writer.append_datagram(at(++clock), Direction::received, here, there, as_bytes(payload));
    }
    void note(std::string message) {
        capture::SessionEvent event;
        event.time = at(++clock);
        event.message = std::move(message);
        writer.append_event(event);
    }

    void save(SaveMode mode = SaveMode::create) {
        writer.publish();
        capture::SaveOptions options;
        options.path = path;
        options.mode = mode;
        auto saver = capture::Saver::start(log, options, [](const Error& error) { FAIL() << error.message; });
        ASSERT_TRUE(saver) << saver.error().message;
        ASSERT_TRUE((*saver)->flush());
    }

    /// A bit of everything that sessions write.
    void fill(int rounds) {
        capture::TcpFlow first{here, there, false, {}, {}};
        capture::TcpFlow second{endpoint("::1", 7), endpoint("::1", 8), true, {}, {}};
        writer.open_flow(at(++clock), first);
        writer.open_flow(at(++clock), second);
        for (int i = 0; i < rounds; ++i) {
            receive(fmt::format("datagram {}", i));
            if (i % 3 == 0) receive("");
            writer.append_stream(at(++clock), Direction::received, first, as_bytes(fmt::format("in {}", i)));
            writer.append_stream(at(++clock), Direction::sent, first, as_bytes("out"),
                                 {7U + static_cast<unsigned>(i), 3});
            writer.append_stream(at(++clock), Direction::sent, second, as_bytes("six"));
            writer.append_datagram(at(++clock), Direction::sent, endpoint("fe80::1%3", 5),
                                   endpoint("fe80::2%3", 6), as_bytes("scoped"));
            if (i % 5 == 0) note(fmt::format("event {}", i));
            if (i % 7 == 0) writer.append_statistics(at(++clock), {});
        }
        writer.append_stream(at(++clock), Direction::received, first, as_bytes(std::string(200'000, 'L')));
        writer.end_flow(at(++clock), first, capture::FlowEnd::finished_by_peer);
        writer.end_flow(at(++clock), first, capture::FlowEnd::finished_here);
        // The same ends again.
        capture::TcpFlow again{here, there, false, {}, {}};
        writer.open_flow(at(++clock), again);
        writer.append_stream(at(++clock), Direction::received, again, as_bytes("new"));
        writer.append_stream(at(++clock), Direction::received, again, as_bytes("connection"));
        writer.publish();
    }
};

TEST_F(Native, a_saved_log_opens_as_the_same_log) {
    fill(50);
    save();
    const Opened opened(path);
    EXPECT_EQ(opened.file->description(), "Sockdesk");
    EXPECT_EQ(opened.problem(), "");
    EXPECT_EQ(opened.progress().left_out, 0U);
    EXPECT_EQ(opened.file->log()->name(), log->name());
    EXPECT_EQ(opened.progress().read_bytes, std::filesystem::file_size(path));
    expect_same(log, opened.file->log());
}

TEST_F(Native, a_log_of_several_segments_opens_as_the_same_log) {
    const std::string payload(50'000, 'p');
    for (int i = 0; i < 700; ++i) receive(payload + std::to_string(i));
    fill(2000);
    ASSERT_GT(log->published_bytes(), 4 * capture::Segment::capacity_bytes);
    save();
    const Opened opened(path);
    EXPECT_EQ(opened.problem(), "");
    expect_same(log, opened.file->log());
}

TEST_F(Native, an_empty_log_opens_as_one) {
    save();
    const Opened opened(path);
    EXPECT_EQ(opened.problem(), "");
    EXPECT_EQ(opened.progress().records, 0U);
    EXPECT_TRUE(opened.progress().done);
}

TEST_F(Native, sections_that_were_appended_follow) {
    receive("one");
    save();
    const auto other = capture::Log::make(pool, "another session");
    capture::LogWriter more(other);
    more.append_datagram(at(2'000'000'000), Direction::sent, here, there, as_bytes("two"));
    more.publish();
    capture::SaveOptions options;
    options.path = path;
    options.mode = SaveMode::append;
    ASSERT_TRUE(capture::Saver::start(other, options, {}).value()->flush());
    const Opened opened(path);
    EXPECT_EQ(opened.problem(), "");
    EXPECT_THAT(opened.words(), testing::ElementsAre("127.0.0.1:54321 < 127.0.0.1:40000 one",
                                                     "127.0.0.1:54321 > 127.0.0.1:40000 two"));
}

TEST_F(Native, cut_anywhere_what_is_whole_is_read) {
    receive("first");
    note("second");
    receive("third");
    save();
    const std::string bytes = read_file(path);
    std::vector<std::size_t> ends;
    for (std::size_t end = 0; end < bytes.size();) {
        end += capture::pcapng::read_block(as_bytes(bytes).subspan(end))->size;
        ends.push_back(end);
    }
    ASSERT_EQ(ends.size(), 5U);
    for (std::size_t size = ends[1]; size < bytes.size(); ++size) {
        write_file(path, std::string_view(bytes).substr(0, size));
        const Opened opened(path);
        const auto whole = std::upper_bound(ends.begin(), ends.end(), size) - 1;
        EXPECT_EQ(opened.progress().records, static_cast<std::size_t>(whole - ends.begin()) - 1);
        if (*whole == size) {
            EXPECT_EQ(opened.problem(), "");
        } else {
            EXPECT_THAT(opened.problem(),
                        HasSubstr(fmt::format("cut short in the middle of a block at byte {};", *whole)));
            EXPECT_EQ(opened.progress().problem->position, *whole);
        }
    }
}

TEST_F(Native, broken_blocks_end_the_reading_where_they_stand) {
    receive("whole");
    save();
    const std::string good = read_file(path);
    const auto problem = [&](const FileBytes& bad) {
        write_file(path, good + bad.bytes + std::string(200, 'x'));
        const Opened opened(path);
        EXPECT_EQ(opened.file->description(), "Sockdesk");
        EXPECT_EQ(opened.progress().records, 1U);
        EXPECT_THAT(opened.problem(), HasSubstr(fmt::format(" at byte {};", good.size())));
        return opened.problem();
    };
    EXPECT_THAT(problem(FileBytes().u32(6).u32(0)), HasSubstr("length"));
    EXPECT_THAT(problem(FileBytes().u32(6).u32(0xFFFFFFFC)), HasSubstr("longer than this program writes"));
    EXPECT_THAT(problem(FileBytes().u32(6).u32(16).u32(0).u32(20)), HasSubstr("lengths differ"));
    EXPECT_THAT(problem(FileBytes().block(6, FileBytes().u32(0).u64(0).u32(999).u32(999).bytes)),
                HasSubstr("longer than its block"));
    EXPECT_THAT(problem(FileBytes().section()), HasSubstr("another program"));
    EXPECT_THAT(problem(FileBytes(FileOrder::swapped).section()), HasSubstr("byte order"));
    EXPECT_THAT(problem(FileBytes().interface(1)), HasSubstr("interface"));
}

TEST_F(Native, packets_that_are_no_records_are_passed_over) {
    receive("one");
    save();
    FileBytes more;
    more.enhanced(0, 1, "")
        .enhanced(0, 1, "E")
        .enhanced(0, 1, std::string(60, 'E'))
        .enhanced(0, 1, std::string(60, 'f'));
    std::string broken = udp_packet(there, here, "x");
    broken[25] = 3;  // a datagram shorter than its header
    more.enhanced(0, 1, broken).block(0x12345678, "abcd");
    more.enhanced(0, 1, udp_packet(there, here, "two"));
    write_file(path, read_file(path) + more.bytes);
    const Opened opened(path);
    EXPECT_EQ(opened.problem(), "");
    EXPECT_EQ(opened.progress().records, 2U);
    capture::LogReader reader(opened.file->log());
    EXPECT_EQ(text(reader.record(1).payload), "two");
    EXPECT_EQ(text(reader.payload(1).bytes), "two");
}

TEST_F(Native, more_records_than_a_segment_of_ours_ever_has) {
    save();
    FileBytes more;
    for (std::size_t i = 0; i < 2 * capture::Segment::max_records + 5; ++i) more.block(9, "");
    receive("end");
    write_file(path, read_file(path) + more.bytes +
                         FileBytes().enhanced(0, 1, udp_packet(there, here, "end")).bytes);
    const Opened opened(path);
    EXPECT_EQ(opened.problem(), "");
    ASSERT_EQ(opened.progress().records, 2 * capture::Segment::max_records + 6);
    capture::LogReader reader(opened.file->log());
    EXPECT_EQ(text(reader.record(opened.progress().records - 1).payload), "end");
    EXPECT_EQ(reader.record(5).kind, capture::RecordKind::event);
}

TEST_F(Native, a_file_that_is_being_saved_is_followed) {
    receive("one");
    writer.publish();
    capture::SaveOptions options;
    options.path = path;
    auto saver = capture::Saver::start(log, options, {}).value();
    ASSERT_TRUE(saver->flush());
    CaptureFileOptions following;
    following.follow = true;
    const Opened opened(path, following);
    const std::atomic<bool> never{false};
    for (int round = 0; round < 5; ++round) {
        opened.file->log()->wait_for_more(log->published() - 1, never);
        for (int i = 0; i < 60; ++i) receive(std::string(50'000, 'x'));
        writer.publish();
        ASSERT_TRUE(saver->flush());
    }
    fill(500);
    ASSERT_TRUE(saver->flush());
    while (opened.file->log()->published() < log->published()) {
        opened.file->log()->wait_for_more(opened.file->log()->published(), never);
    }
    expect_same(log, opened.file->log());
    EXPECT_FALSE(opened.progress().done);
}

TEST_F(Native, a_block_that_was_cut_off_and_replaced_is_followed) {
    receive("one");
    save();
    const std::string start = read_file(path);
    const std::string half = FileBytes().enhanced(0, 1, udp_packet(there, here, "never whole")).bytes;
    write_file(path, start + half.substr(0, 50));
    CaptureFileOptions following;
    following.follow = true;
    const Opened opened(path, following);
    const std::atomic<bool> never{false};
    opened.file->log()->wait_for_more(0, never);
    // As the guard and a later program would: not by a new file, which nobody would follow.
    ASSERT_EQ(truncate(path.c_str(), static_cast<off_t>(start.size())), 0);
    std::ofstream(path, std::ios::app | std::ios::binary)
        << FileBytes().enhanced(0, 1, udp_packet(there, here, "two")).bytes;
    opened.file->log()->wait_for_more(1, never);
    EXPECT_EQ(opened.words().back(), "127.0.0.1:54321 < 127.0.0.1:40000 two");
}

TEST_F(Native, a_followed_file_that_becomes_shorter_ends) {
    receive("one");
    receive("two");
    save();
    CaptureFileOptions following;
    following.follow = true;
    const Opened opened(path, following);
    const std::atomic<bool> never{false};
    opened.file->log()->wait_for_more(1, never);
    ASSERT_EQ(truncate(path.c_str(), 100), 0);
    opened.file->wait();
    EXPECT_THAT(opened.problem(), HasSubstr("shorter"));
}

TEST_F(Native, reading_stops_when_nobody_wants_it_and_the_log_stays) {
    for (int i = 0; i < 800; ++i) receive(std::string(60'000, 'x'));
    save();
    // Memory for two segments and nowhere to put more: the reading thread waits.
    const auto tiny = std::make_shared<capture::SegmentPool>(
        capture::SegmentPoolOptions{.ready_segments = 1, .budget_bytes = 3 * capture::Segment::memory_bytes});
    auto file = CaptureFile::open(tiny, path).value();
    const std::shared_ptr<capture::Log> kept = file->log();
    const std::atomic<bool> never{false};
    kept->wait_for_more(0, never);
    file.reset();
    EXPECT_GT(kept->published(), 0U);
    capture::LogReader reader(kept);
    EXPECT_EQ(reader.record(0).payload.size(), 60'000U);
}

TEST_F(Native, what_another_program_made_of_our_capture_opens_as_foreign) {
    fill(3);
    save();
    std::string bytes = read_file(path);
    const std::size_t name = bytes.find("Sockdesk");
    bytes.replace(name, 8, "Mergecap");
    write_file(path, bytes);
    const Opened opened(path);
    EXPECT_EQ(opened.file->description(), "pcapng");
    capture::LogReader a(log);
    capture::LogReader b(opened.file->log());
    // Records as before, but for what other programs do not know: fan-out, link-local interfaces; and a note at the end.
    ASSERT_EQ(opened.progress().records, log->published() + 1);
    for (RecordIndex i = 0; i < log->published(); ++i) {
        const auto ours = a.record(i);
        const auto theirs = b.record(i);
        EXPECT_EQ(theirs.time, ours.time);
        EXPECT_EQ(text(theirs.payload), text(ours.payload));
        EXPECT_EQ(theirs.direction, ours.direction) << i;
        EXPECT_EQ(theirs.local.port, ours.local.port);
        EXPECT_EQ(theirs.stream_offset, ours.stream_offset);
        EXPECT_EQ(theirs.previous_in_stream, ours.previous_in_stream);
    }
}

}  // namespace
}  // namespace sockdesk::archive
