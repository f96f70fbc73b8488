// A writer, readers, a saver and a releaser at once, with little memory: for ThreadSanitizer, and for the
// order of things.
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <random>
#include <thread>

#include "capture/ip_packet.hpp"
#include "capture/pcapng.hpp"
#include "capture/saver.hpp"
#include "support.hpp"

namespace sockdesk::capture {
namespace {

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr bool slow = true;
#elif defined(__has_feature)
constexpr bool slow = __has_feature(thread_sanitizer) || __has_feature(address_sanitizer);
#else
constexpr bool slow = false;
#endif

constexpr RecordCount record_count = slow ? 6'000 : 40'000;

/// The size is drawn, the content is the record's own number, over and over.
Bytes payload_of(RecordIndex index, std::size_t size) {
    Bytes result(size);
    for (std::size_t i = 0; i < size; ++i) result[i] = static_cast<std::uint8_t>(index >> (8 * (i % 4)));
    return result;
}

bool is_payload_of(RecordIndex index, ByteView payload) {
    for (std::size_t i = 0; i < payload.size(); i += 61) {
        if (payload[i] != static_cast<std::uint8_t>(index >> (8 * (i % 4)))) return false;
    }
    return true;
}

/// Waits for memory as the loop thread does.
class Writing {
public:
    Writing(SegmentPool& pool, std::shared_ptr<Log> log) : pool_(pool), writer_(std::move(log)) {
        pool_.on_available([this] {
            const std::lock_guard lock(mutex_);
            available_ = true;
            changed_.notify_one();
        });
    }
    ~Writing() { pool_.on_available(nullptr); }

    void run() {
        std::mt19937 random(3);
        TcpFlow flow;
        flow.local = endpoint("127.0.0.1", 1);
        flow.remote = endpoint("127.0.0.1", 2);
        for (RecordIndex i = 0; i < record_count; ++i) {
            while (!writer_.ready()) {
                writer_.publish();
                std::unique_lock lock(mutex_);
                changed_.wait(lock, [this] { return available_; });
                available_ = false;
            }
            const std::size_t size = random() % 8 == 0 ? random() % 60'000 : 1 + random() % 64;
            const Bytes payload = payload_of(i, size + 1);
            const Timestamp time = at(static_cast<std::int64_t>(i));
            if (i % 100 == 99) {
                writer_.append_event(note(std::to_string(i), time));
            } else if (i % 2 == 0) {
                writer_.append_stream(time, Direction::received, flow, payload);
            } else {
                writer_.append_datagram(time, Direction::received, flow.local, flow.remote, payload);
            }
            if (random() % 16 == 0) writer_.publish();
        }
        writer_.publish();
    }

private:
    SegmentPool& pool_;
    LogWriter writer_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool available_ = false;
};

TEST(Threads, nothing_is_lost_between_writer_terminal_and_saver) {
    TemporaryFolder folder;
    SegmentPool pool({2, 6 * Segment::memory_bytes});
    auto log = std::make_shared<Log>(pool, "threads");
    auto saver =
        Saver::start(log, {folder / "a.pcapng"}, [](const Error& error) { FAIL() << error.message; });
    ASSERT_TRUE(saver);
    std::atomic<bool> done{false};

    std::thread terminal([&] {
        LogReader reader(log);
        RecordIndex next = 0;
        while (next < record_count) {
            const RecordCount published = log->published();
            if (next == published) std::this_thread::yield();
            for (; next < published; ++next) {
                const RecordView record = reader.record(next);
                ASSERT_EQ(record.index, next);
                ASSERT_EQ(record.time, at(static_cast<std::int64_t>(next)));
                if (next % 100 == 99) {
                    ASSERT_EQ(decode_event(record).message, std::to_string(next));
                } else {
                    ASSERT_TRUE(is_payload_of(next, record.payload)) << next;
                }
                if (next >= 102 && next % 2 == 0) {
                    ASSERT_EQ(record.previous_in_stream, next - 2);
                }
            }
            log->release_before(next);
        }
    });
    std::thread window([&] {
        LogReader reader(log);
        std::mt19937 random(5);
        while (!done) {
            // What is released meanwhile may be answered with nothing, but with nothing wrong.
            const RecordIndex first = log->first_available();
            const RecordCount published = log->published();
            if (first >= published) continue;
            const RecordIndex index = first + random() % (published - first);
            const RecordView record = reader.record(index);
            if (record.kind == RecordKind::payload) {
                ASSERT_TRUE(is_payload_of(index, record.payload)) << index;
                const auto next = reader.next_in_stream(index);
                ASSERT_EQ(next.value_or(index + 2), index + 2);
            }
        }
    });
    std::thread flusher([&] {
        while (!done) ASSERT_TRUE((*saver)->flush());
    });

    Writing(pool, log).run();
    terminal.join();
    done = true;
    window.join();
    flusher.join();
    ASSERT_TRUE((*saver)->flush());
    EXPECT_EQ((*saver)->saved(), record_count);
    saver->reset();

    RecordIndex index = 0;
    const Bytes file = read_file(folder / "a.pcapng");
    ByteView rest = file;
    while (!rest.empty()) {
        const auto block = pcapng::read_block(rest);
        ASSERT_TRUE(block);
        rest = rest.subspan(block->size);
        if (block->is(pcapng::BlockType::enhanced_packet)) {
            const auto packet = pcapng::read_enhanced_packet(block->body);
            ASSERT_TRUE(packet);
            // Without payload: acknowledges a long stream, and is no record.
            if (parse_ip_packet(packet->packet, PacketOrigin::ours)->payload.empty()) continue;
            ASSERT_EQ(packet->time_units, index);
            ++index;
        } else if (block->is(pcapng::BlockType::journal_export)) {
            ++index;
        }
    }
    EXPECT_EQ(index, record_count);
}

TEST(Threads, many_savers_come_and_go_while_the_log_grows) {
    TemporaryFolder folder;
    SegmentPool pool({2, 0});
    auto log = std::make_shared<Log>(pool, "threads");
    std::atomic<bool> done{false};
    std::thread saving([&] {
        // Each goes on where the one before stopped: together they miss nothing.
        const auto path = folder / "sections.pcapng";
        RecordIndex next = 0;
        bool last = false;
        while (!last) {
            last = done;
            auto saver = Saver::start(log, {path, SaveMode::append, next}, {});
            ASSERT_TRUE(saver) << saver.error().message;
            ASSERT_TRUE((*saver)->flush());
            next = (*saver)->saved();
        }
        EXPECT_EQ(next, record_count);
    });
    Writing(pool, log).run();
    done = true;
    saving.join();
}

}  // namespace
}  // namespace sockdesk::capture
