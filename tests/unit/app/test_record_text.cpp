#include "app/record_text.hpp"

#include <algorithm>
#include <random>

#include "app/stream_text.hpp"
#include "capture/log_writer.hpp"
#include "log_text_support.hpp"

namespace sockdesk::app {
namespace {

using capture::Direction;

/// A log that is written by hand, with two connections to spread records over.
class RecordTextTest : public testing::Test {
protected:
    RecordTextTest() : log(std::make_shared<capture::Log>(pool, "test")), writer(log) {
        for (auto* flow : {&first, &second}) flow->local = here;
        first.remote = there;
        second.remote = endpoint("127.0.0.1", 8081);
    }

    void receive(capture::TcpFlow& flow, ByteView bytes) {
        writer.append_stream(some_time, Direction::received, flow, bytes);
        writer.publish();
    }

    std::string text(RecordIndex index, codec::Encoding from = {}, bool* may_change = nullptr) {
        RecordText texts(log, from);
        std::string out;
        const bool changes = texts.append(index, out);
        if (may_change != nullptr) *may_change = changes;
        return out;
    }

    capture::SegmentPool pool{{1, 0}};
    std::shared_ptr<capture::Log> log;
    capture::LogWriter writer;
    capture::TcpFlow first;
    capture::TcpFlow second;
};

TEST_F(RecordTextTest, a_character_over_two_records_stands_whole_in_the_second) {
    receive(first, as_bytes("a\xe4\xbd"));
    receive(second, as_bytes("other"));
    receive(first, as_bytes("\xa0z"));
    EXPECT_EQ(text(2), "你z");
    EXPECT_EQ(text(0), "a");
    EXPECT_EQ(text(1), "other");
}

TEST_F(RecordTextTest, an_incomplete_end_is_shown_until_the_next_record_is_there) {
    bool may_change = false;
    receive(first, as_bytes("a\xe4\xbd"));
    EXPECT_EQ(text(0, {}, &may_change), "a\\xE4\\xBD");
    EXPECT_TRUE(may_change);
    receive(second, as_bytes("x"));
    EXPECT_EQ(text(0, {}, &may_change), "a\\xE4\\xBD");
    receive(first, as_bytes("\xa0"));
    EXPECT_EQ(text(0, {}, &may_change), "a");
    EXPECT_FALSE(may_change);
}

TEST_F(RecordTextTest, datagrams_are_complete) {
    writer.append_datagram(some_time, Direction::received, here, there, as_bytes("a\xe4\xbd"));
    writer.append_datagram(some_time, Direction::received, here, there, as_bytes("\xa0"));
    writer.publish();
    bool may_change = true;
    EXPECT_EQ(text(0, {}, &may_change), "a\\xE4\\xBD");
    EXPECT_FALSE(may_change);
    EXPECT_EQ(text(1), "\\xA0");
}

TEST_F(RecordTextTest, an_event_has_no_text) {
    writer.append_event(event(capture::SessionEvent::Kind::note));
    writer.publish();
    EXPECT_EQ(text(0), "");
}

TEST_F(RecordTextTest, the_encoding_can_change) {
    writer.append_datagram(some_time, Direction::received, here, there, as_bytes("\xc4\xe3\xba\xc3"));
    writer.publish();
    RecordText texts(log);
    std::string out;
    texts.append(0, out);
    EXPECT_EQ(out, "\\xC4\\xE3\\xBA\\xC3");
    texts.set_encoding(encoding("gbk"));
    out.clear();
    texts.append(0, out);
    EXPECT_EQ(out, "你好");
}

TEST_F(RecordTextTest, rows_carry_a_character_over_records_too) {
    receive(first, as_bytes("a\xe4\xbd"));
    receive(first, as_bytes("\xa0"));
    RecordText texts(log);
    std::string out;
    texts.append_rows(1, out);
    EXPECT_EQ(out, "0000  A0                                               你");
    out.clear();
    texts.append_rows(0, out);
    EXPECT_EQ(out, "0000  61 E4 BD                                         a");
}

TEST_F(RecordTextTest, a_long_stretch_that_tells_nothing_is_read_from_the_streams_start) {
    // No byte below 30 to begin at, so whether C4 or E3 begins a character is told by the first byte alone.
    receive(first, as_bytes("x"));
    Bytes characters;
    for (int i = 0; i < 3000; ++i) characters.insert(characters.end(), {0xc4, 0xe3});
    for (std::size_t i = 0; i < characters.size(); i += 7) {
        receive(first, ByteView(characters).subspan(i, std::min<std::size_t>(7, characters.size() - i)));
    }
    const RecordIndex last = log->published() - 1;
    const std::string once = text(last, encoding("gbk"));
    EXPECT_EQ(once.find_first_not_of("你"), std::string::npos) << once;
}

/// Bytes of every sort: text of the encoding, and noise.
Bytes some_stream(codec::Encoding encoding, std::mt19937& random) {
    Bytes result;
    for (int i = 0; i < 12; ++i) {
        if (random() % 3 == 0) {
            for (auto n = random() % 6; n-- > 0;) result.push_back(static_cast<std::uint8_t>(random()));
        } else if (const auto text =
                       codec::encode(encoding, random() % 2 == 0 ? "你好，世界" : "plain text ")) {
            result.insert(result.end(), text->begin(), text->end());
        }
    }
    return result;
}

TEST_F(RecordTextTest, texts_joined_are_the_streams_text_however_it_was_cut) {
    std::mt19937 random(20'261'121);
    for (const std::string_view name : codec::common_encodings()) {
        const codec::Encoding from = encoding(name);
        for (int round = 0; round < 12; ++round) {
            SCOPED_TRACE(std::string(name) + ", round " + std::to_string(round));
            auto fresh_log = std::make_shared<capture::Log>(pool, "test");
            capture::LogWriter fresh_writer(fresh_log);
            capture::TcpFlow flows[2] = {first, second};
            const Bytes streams[2] = {some_stream(from, random), some_stream(from, random)};
            std::size_t taken[2] = {0, 0};
            while (taken[0] < streams[0].size() || taken[1] < streams[1].size()) {
                const std::size_t which = random() % 2;
                const std::size_t rest = streams[which].size() - taken[which];
                const std::size_t size = std::min<std::size_t>(rest, 1 + random() % 5);
                if (size == 0) continue;
                fresh_writer.append_stream(some_time, Direction::received, flows[which],
                                           ByteView(streams[which]).subspan(taken[which], size));
                taken[which] += size;
            }
            fresh_writer.publish();

            // In order, backwards, and anyhow: each record's text is always the same one.
            const RecordCount count = fresh_log->published();
            std::vector<std::string> texts(count);
            capture::LogReader reader(fresh_log);
            std::string joined[2];
            RecordText forward(fresh_log, from);
            for (RecordIndex i = 0; i < count; ++i) {
                forward.append(i, texts[i]);
                joined[reader.record(i).remote == first.remote ? 0 : 1] += texts[i];
            }
            for (const int which : {0, 1}) {
                EXPECT_EQ(joined[which], codec::decode_all(from, streams[which]));
            }
            RecordText anyhow(fresh_log, from);
            for (RecordIndex i = count; i-- > 0;) {
                for (const RecordIndex index : {i, static_cast<RecordIndex>(random() % count)}) {
                    std::string again;
                    anyhow.append(index, again);
                    EXPECT_EQ(again, texts[index]) << "record " << index;
                }
            }

            // And the face that reads forward shows the same, but for what it hands over at the end.
            StreamText sequential(from);
            std::string other[2];
            for (RecordIndex i = 0; i < count; ++i) {
                const capture::RecordView record = reader.record(i);
                sequential.append(record, other[record.remote == first.remote ? 0 : 1]);
            }
            sequential.end(Direction::received, here, first.remote, other[0]);
            sequential.end(Direction::received, here, second.remote, other[1]);
            EXPECT_EQ(other[0], joined[0]);
            EXPECT_EQ(other[1], joined[1]);
        }
    }
}

}  // namespace
}  // namespace sockdesk::app
