// Logs that are longer than memory: what leaves it comes back, from wherever it lies.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <thread>

#include "capture/log_writer.hpp"
#include "capture/pcapng.hpp"
#include "capture/saver.hpp"
#include "capture/stored_log_writer.hpp"
#include "support.hpp"

namespace sockdesk::capture {
namespace {

constexpr std::size_t big = 60'000;
constexpr std::size_t per_segment = Segment::capacity_bytes / big;

/// Payloads that tell which record they are.
Bytes numbered(std::uint64_t number, std::size_t size = big) {
    Bytes bytes(size, static_cast<std::uint8_t>(number));
    std::memcpy(bytes.data(), &number, std::min(size, sizeof number));
    return bytes;
}

std::uint64_t number_in(ByteView payload) {
    std::uint64_t number = 0;
    std::memcpy(&number, payload.data(), std::min(payload.size(), sizeof number));
    return number;
}

class Spill : public ::testing::Test {
protected:
    TemporaryFolder folder;

    SegmentPoolOptions small() {
        SegmentPoolOptions options;
        options.ready_segments = 1;
        options.budget_bytes = 1;  // the least that works
        options.spill_folder = folder / ".";
        return options;
    }

    static void fill(Desk& desk, std::uint64_t from, std::uint64_t to) {
        for (std::uint64_t i = from; i < to; ++i) {
            ASSERT_TRUE(desk.writer.ready(Patience::must_not_wait));
            desk.receive(numbered(i));
            if (i % 16 == 0) desk.writer.publish();
        }
        desk.writer.publish();
    }

    static void wait_until_within_budget(const SegmentPool& pool) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        while (pool.used_bytes() > pool.budget_bytes()) {
            ASSERT_LT(std::chrono::steady_clock::now(), deadline) << pool.used_bytes();
            std::this_thread::yield();
        }
    }
};

constexpr std::uint64_t records = 30 * per_segment;

TEST_F(Spill, keeps_within_the_budget_and_reads_back_in_order_and_at_random) {
    Desk desk(small());
    fill(desk, 0, records);
    wait_until_within_budget(desk.pool);
    EXPECT_GT(desk.log->published_bytes(), 2 * desk.pool.budget_bytes());
    for (const Access access : {Access::sequential, Access::random}) {
        LogReader reader(desk.log, access);
        for (std::uint64_t i = 0; i < records; ++i) {
            const RecordView record = reader.record(i);
            ASSERT_EQ(record.payload.size(), big);
            ASSERT_EQ(number_in(record.payload), i);
            ASSERT_EQ(record.payload.back(), static_cast<std::uint8_t>(i));
            ASSERT_EQ(number_in(reader.payload(i).bytes), i);
        }
    }
    LogReader reader(desk.log);
    std::mt19937_64 random(7);
    for (int i = 0; i < 200; ++i) {
        const std::uint64_t wanted = random() % records;
        ASSERT_EQ(number_in(reader.record(wanted).payload), wanted);
    }
    wait_until_within_budget(desk.pool);
}

TEST_F(Spill, is_read_by_several_threads_while_it_grows) {
    Desk desk(small());
    fill(desk, 0, records / 2);
    std::atomic<bool> wrong{false};
    std::vector<std::thread> readers;
    for (unsigned seed = 0; seed < 3; ++seed) {
        readers.emplace_back([&, seed] {
            LogReader reader(desk.log, seed == 0 ? Access::sequential : Access::random);
            std::mt19937_64 random(seed);
            for (int i = 0; i < 300; ++i) {
                const std::uint64_t wanted = random() % desk.log->published();
                if (number_in(reader.record(wanted).payload) != wanted) wrong = true;
            }
        });
    }
    fill(desk, records / 2, records);
    for (auto& reader : readers) reader.join();
    EXPECT_FALSE(wrong);
    wait_until_within_budget(desk.pool);
}

TEST_F(Spill, streams_keep_their_order) {
    Desk desk(small());
    TcpFlow flow{desk.here, desk.there, false, {}, {}};
    constexpr std::uint64_t pieces = 20 * per_segment;
    for (std::uint64_t i = 0; i < pieces; ++i) {
        ASSERT_TRUE(desk.writer.ready(Patience::must_not_wait));
        desk.writer.append_stream(at(1), Direction::received, flow, numbered(i));
        desk.writer.publish();
    }
    wait_until_within_budget(desk.pool);
    LogReader reader(desk.log);
    for (std::uint64_t i = pieces - 1; i > 0; --i) {
        const RecordView record = reader.record(i);
        ASSERT_EQ(record.previous_in_stream, i - 1);
        ASSERT_EQ(record.stream_offset, i * big);
    }
    EXPECT_EQ(reader.next_in_stream(0), 1U);
}

TEST_F(Spill, finds_a_time_without_going_through_the_log) {
    Desk desk(small());
    constexpr std::uint64_t count = 20 * per_segment;
    for (std::uint64_t i = 0; i < count; ++i) {
        ASSERT_TRUE(desk.writer.ready(Patience::must_not_wait));
        desk.receive(numbered(i), static_cast<std::int64_t>(i / 2 * 10));
        desk.writer.publish();
    }
    LogReader reader(desk.log);
    EXPECT_EQ(reader.first_not_before(at(0)), 0U);
    EXPECT_EQ(reader.first_not_before(at(1)), 2U);
    EXPECT_EQ(reader.first_not_before(at(10)), 2U);
    for (std::uint64_t pair = 1; pair < count / 2; pair += 97) {
        const auto time = static_cast<std::int64_t>(pair * 10);
        ASSERT_EQ(reader.first_not_before(at(time)), pair * 2);
        ASSERT_EQ(reader.first_not_before(at(time - 1)), pair * 2);
    }
    EXPECT_EQ(reader.first_not_before(at(static_cast<std::int64_t>(count * 10))), count);
}

TEST_F(Spill, what_is_saved_anyway_is_read_from_there_even_when_its_name_is_gone) {
    Desk desk(small());
    const auto path = folder / "saved.pcapng";
    auto saver = Saver::start(desk.log, {path, SaveMode::create, 0}, nullptr);
    ASSERT_TRUE(saver);
    fill(desk, 0, records);
    ASSERT_TRUE((*saver)->flush());
    wait_until_within_budget(desk.pool);
    std::filesystem::remove(path);
    LogReader reader(desk.log, Access::sequential);
    for (std::uint64_t i = 0; i < records; ++i) ASSERT_EQ(number_in(reader.record(i).payload), i);
}

TEST_F(Spill, a_file_that_a_log_lies_in_is_replaced_and_not_emptied) {
    Desk desk(small());
    const auto path = folder / "saved.pcapng";
    {
        auto saver = Saver::start(desk.log, {path, SaveMode::create, 0}, nullptr);
        ASSERT_TRUE(saver);
        fill(desk, 0, records);
        ASSERT_TRUE((*saver)->flush());
        wait_until_within_budget(desk.pool);
    }
    Desk other;
    other.receive(as_bytes("new"));
    other.writer.publish();
    auto saver = Saver::start(other.log, {path, SaveMode::overwrite, 0}, nullptr);
    ASSERT_TRUE(saver);
    ASSERT_TRUE((*saver)->flush());
    EXPECT_LT(std::filesystem::file_size(path), 1000U);
    LogReader reader(desk.log, Access::sequential);
    for (std::uint64_t i = 0; i < records; ++i) ASSERT_EQ(number_in(reader.record(i).payload), i);
}

TEST_F(Spill, where_the_disk_takes_nothing_the_budget_is_exceeded_and_nothing_lost) {
    SegmentPoolOptions options = small();
    options.spill_folder = "/proc/no/such/folder";
    std::atomic<int> failures{0};
    std::string message;
    Desk desk(options);
    desk.pool.on_spill_state([&](const std::optional<Error>& error) {
        if (error && failures++ == 0) message = error->message;
    });
    fill(desk, 0, records);
    LogReader reader(desk.log);
    for (std::uint64_t i = 0; i < records; i += 50) ASSERT_EQ(number_in(reader.record(i).payload), i);
    EXPECT_GT(desk.pool.used_bytes(), desk.pool.budget_bytes());
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (failures == 0 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    ASSERT_EQ(failures, 1);
    EXPECT_THAT(message, ::testing::HasSubstr("/proc/no/such/folder"));
}

TEST_F(Spill, a_file_that_was_cut_behind_our_back_gives_an_error_in_place_of_its_records) {
    Desk desk(small());
    const auto path = folder / "saved.pcapng";
    auto saver = Saver::start(desk.log, {path, SaveMode::create, 0}, nullptr);
    ASSERT_TRUE(saver);
    fill(desk, 0, records);
    ASSERT_TRUE((*saver)->flush());
    wait_until_within_budget(desk.pool);
    std::filesystem::resize_file(path, 1000);
    LogReader reader(desk.log);
    const RecordView record = reader.record(3);
    EXPECT_EQ(record.kind, RecordKind::event);
    const SessionEvent event = decode_event(record);
    EXPECT_EQ(event.kind, SessionEvent::Kind::error);
    EXPECT_THAT(event.message, ::testing::HasSubstr("saved.pcapng"));
    EXPECT_EQ(number_in(reader.record(records - 1).payload), records - 1) << "what is in memory stays";
}

TEST_F(Spill, released_records_are_gone_and_the_rest_stays) {
    Desk desk(small());
    fill(desk, 0, records);
    wait_until_within_budget(desk.pool);
    desk.log->release_before(records / 2);
    EXPECT_GT(desk.log->first_available(), records / 2 - per_segment - 1);
    LogReader reader(desk.log);
    for (std::uint64_t i = records / 2; i < records; ++i) ASSERT_EQ(number_in(reader.record(i).payload), i);
}

TEST_F(Spill, a_log_of_stored_blocks_is_read_from_their_file) {
    const auto path = folder / "saved.pcapng";
    {
        Desk desk;
        fill(desk, 0, records);
        auto saver = Saver::start(desk.log, {path, SaveMode::create, 0}, nullptr);
        ASSERT_TRUE(saver);
        ASSERT_TRUE((*saver)->flush());
    }
    // As they were in memory, a segment is what it was then.
    SegmentPool pool(small());
    auto log = std::make_shared<Log>(pool, "stored");
    auto file = StoredFile::open(path);
    ASSERT_TRUE(file);
    const std::atomic<bool> stop{false};
    {
        StoredLogWriter writer(log, *file);
        std::uint64_t offset = 0;
        const std::uint64_t size = std::filesystem::file_size(path);
        while (offset < size) {
            Segment* segment = writer.begin_segment(offset, stop);
            ASSERT_NE(segment, nullptr);
            const std::size_t most = std::min<std::uint64_t>(Segment::capacity_bytes, size - offset);
            ASSERT_TRUE((*file)->read(offset, segment->bytes(), most));
            while (const auto block =
                       pcapng::read_block(ByteView(segment->bytes(), most).subspan(segment->written_bytes))) {
                if (block->is(pcapng::BlockType::enhanced_packet)) {
                    segment->index()[segment->written_records++] = {segment->written_bytes, 0};
                }
                segment->written_bytes += static_cast<std::uint32_t>(block->size);
            }
            ASSERT_GT(segment->written_bytes, 0U);
            offset += segment->written_bytes;
            writer.publish(at(0));
        }
    }
    ASSERT_EQ(log->published(), records);
    wait_until_within_budget(pool);
    LogReader reader(log);
    for (std::uint64_t i = 0; i < records; ++i) ASSERT_EQ(number_in(reader.record(i).payload), i);
    for (std::uint64_t i = records; i-- > 0;) ASSERT_EQ(number_in(reader.record(i).payload), i);
}

}  // namespace
}  // namespace sockdesk::capture
