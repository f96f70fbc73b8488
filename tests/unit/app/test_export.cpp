// Exports in every format, of all of a log and of a choice of it.
#include "app/export_job.hpp"

#include <gmock/gmock.h>

#include "capture/log_writer.hpp"
#include "capture/pcapng.hpp"
#include "log_text_support.hpp"

namespace sockdesk::app {
namespace {

using capture::Direction;
using testing::HasSubstr;
using testing::Not;

class TextSink final : public ExportSink {
public:
    Result<void> write(ByteView bytes) override {
        if (failing) return fail(ErrorKind::system, "write: the disk is full");
        text.append(as_chars(bytes));
        return {};
    }
    std::string text;
    bool failing = false;
};

class ExportTest : public testing::Test {
protected:
    ExportTest() {
        setenv("TZ", "UTC-8", 1);
        tzset();
    }

    void datagram(Direction direction, std::string_view payload) {
        writer.append_datagram(tick(), direction, here, there, as_bytes(payload));
        writer.publish();
    }

    void stream(Direction direction, std::string_view payload, capture::FanOut fan_out = {}) {
        writer.append_stream(tick(), direction, flow, as_bytes(payload), fan_out);
        writer.publish();
    }

    void event(capture::SessionEvent::Kind kind, std::string protocol = "udp") {
        capture::SessionEvent event;
        event.kind = kind;
        event.time = tick();
        event.protocol = std::move(protocol);
        event.local = here;
        event.remote = there;
        event.reason = "closed by peer";
        event.message = "it said \"no\", twice";
        writer.append_event(event);
        writer.publish();
    }

    Timestamp tick() { return now += std::chrono::milliseconds(1); }

    query::Filter filter(std::string_view text) {
        auto parsed = query::Filter::parse(text);
        EXPECT_TRUE(parsed) << parsed.error().message;
        return *parsed;
    }

    std::string exported(ExportPlan plan) {
        TextSink sink;
        const std::atomic<bool> cancel{false};
        last = export_log(log, plan, sink, cancel);
        EXPECT_TRUE(last) << last.error().message;
        if (last) {
            EXPECT_EQ(last->written_bytes, sink.text.size());
        }
        return sink.text;
    }

    std::string exported(ExportFormat format, std::string_view chosen = "") {
        ExportPlan plan;
        plan.format = format;
        if (!chosen.empty()) plan.filter = filter(chosen);
        return exported(plan);
    }

    std::shared_ptr<capture::SegmentPool> pool = std::make_shared<capture::SegmentPool>();
    std::shared_ptr<capture::Log> log = capture::Log::make(pool, "udp 127.0.0.1:54321");
    capture::LogWriter writer{log};
    capture::TcpFlow flow{here, there, false, {}, {}};
    Timestamp now = some_time;
    Result<ExportProgress> last;
};

TEST_F(ExportTest, log_lines_are_those_of_the_terminal) {
    datagram(Direction::received, "hello\n");
    datagram(Direction::sent, "you");
    EXPECT_EQ(exported(ExportFormat::log),
              "[2026-11-21 10:00:00.124]# RECV ASCII FROM 127.0.0.1 :8080>\nhello\\x0A\n\n"
              "[2026-11-21 10:00:00.125]# SEND ASCII TO 127.0.0.1 :8080>\nyou\n\n");
    EXPECT_EQ(last->written_records, 2U);
    EXPECT_EQ(last->looked_at, 2U);
    EXPECT_EQ(last->total, 2U);
}

TEST_F(ExportTest, a_hex_dump_has_rows_with_offset_and_text) {
    datagram(Direction::received, "0123456789abcdef!");
    EXPECT_EQ(exported(ExportFormat::hexdump),
              "[2026-11-21 10:00:00.124]# RECV HEX FROM 127.0.0.1 :8080>\n"
              "0000  30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66  0123456789abcdef\n"
              "0010  21                                               !\n\n");
}

TEST_F(ExportTest, csv_quotes_what_must_be_quoted_and_nothing_else) {
    datagram(Direction::received, "plain");
    datagram(Direction::sent, "a,\"b\"\r\n=1+1");
    datagram(Direction::received, "");
    event(capture::SessionEvent::Kind::error);
    EXPECT_EQ(
        exported(ExportFormat::csv),
        "number,time,event,local,remote,bytes,hex,text\r\n"
        "1,2026-11-21T10:00:00.124456789+08:00,recv,127.0.0.1:54321,127.0.0.1:8080,5,706c61696e,plain\r\n"
        "2,2026-11-21T10:00:00.125456789+08:00,send,127.0.0.1:54321,127.0.0.1:8080,11,"
        "612c2262220d0a3d312b31,\"a,\"\"b\"\"\\x0D\\x0A=1+1\"\r\n"
        "3,2026-11-21T10:00:00.126456789+08:00,recv,127.0.0.1:54321,127.0.0.1:8080,0,,\r\n"
        "4,2026-11-21T10:00:00.127456789+08:00,error,127.0.0.1:54321,127.0.0.1:8080,,,"
        "\"Error: it said \"\"no\"\", twice\"\r\n");
}

TEST_F(ExportTest, json_is_that_of_the_terminal) {
    datagram(Direction::received, "\xc4\xe3");
    ExportPlan plan;
    plan.format = ExportFormat::json;
    plan.session = SessionId{7};
    plan.encoding = encoding("gbk");
    EXPECT_EQ(exported(plan),
              "{\"time\":\"2026-11-21T10:00:00.124456789+08:00\",\"session\":7,\"event\":\"recv\","
              "\"local\":\"127.0.0.1:54321\",\"remote\":\"127.0.0.1:8080\",\"bytes\":2,\"hex\":\"c4e3\","
              "\"text\":\"你\"}\n");
}

TEST_F(ExportTest, raw_is_of_one_direction_or_of_both) {
    stream(Direction::received, "in");
    stream(Direction::sent, "out");
    event(capture::SessionEvent::Kind::disconnect);
    stream(Direction::received, std::string_view("\0\xff", 2));
    ExportPlan plan;
    plan.format = ExportFormat::raw;
    EXPECT_EQ(exported(plan), std::string("inout\0\xff", 7));
    plan.direction = Direction::received;
    EXPECT_EQ(exported(plan), std::string("in\0\xff", 4));
    plan.direction = Direction::sent;
    EXPECT_EQ(exported(plan), "out");
}

TEST_F(ExportTest, a_filter_chooses_and_the_text_of_a_stream_goes_on_over_what_is_left_out) {
    stream(Direction::received, "first \xe4");
    stream(Direction::received, "\xbd\xa0\xe5");  // 你, and the beginning of 好
    stream(Direction::received, "\xa5\xbd, third");
    const std::string chosen = exported(ExportFormat::json, "#3");
    EXPECT_THAT(chosen, HasSubstr("\"text\":\"好, third\""));
    EXPECT_THAT(chosen, Not(HasSubstr("first")));
    EXPECT_EQ(last->written_records, 1U);
    EXPECT_EQ(last->looked_at, 3U);
}

TEST_F(ExportTest, a_selection_knows_how_its_streams_began) {
    stream(Direction::received, "first \xe4");
    stream(Direction::received, "\xbd\xa0\xe5");
    stream(Direction::received, "\xa5\xbd, third");
    stream(Direction::received, "fourth");
    ExportPlan plan;
    plan.format = ExportFormat::json;
    plan.first = 2;
    plan.end = 3;
    const std::string chosen = exported(plan);
    EXPECT_THAT(chosen, HasSubstr("\"text\":\"好, third\""));
    EXPECT_THAT(chosen, Not(HasSubstr("fourth")));
    EXPECT_EQ(last->total, 1U);
}

TEST_F(ExportTest, of_a_send_to_all_what_is_chosen_is_shown) {
    stream(Direction::sent, "all", {1, 0});
    stream(Direction::sent, "all", {1, 1});
    ExportPlan plan;
    plan.protocol = engine::Protocol::tcp_server;
    EXPECT_THAT(exported(plan), HasSubstr("SEND ASCII TO ALL>\nall\n\n"));
    EXPECT_EQ(last->written_records, 1U);
    plan.filter = filter("#2");
    EXPECT_THAT(exported(plan), HasSubstr("SEND ASCII TO 127.0.0.1 :8080>\nall\n\n"));
}

TEST_F(ExportTest, words_follow_the_session_that_the_log_tells_of) {
    event(capture::SessionEvent::Kind::open, "tcp-client");
    stream(Direction::sent, "x");
    EXPECT_THAT(exported(ExportFormat::log), HasSubstr("SEND ASCII>\nx"));
}

struct Blocks {
    std::size_t sections = 0;
    std::size_t interfaces = 0;
    std::size_t events = 0;
    std::vector<capture::pcapng::EnhancedPacket> packets;
};

Blocks blocks_of(const std::string& file) {
    namespace pcapng = capture::pcapng;
    Blocks blocks;
    ByteView rest = as_bytes(file);
    while (!rest.empty()) {
        const auto block = pcapng::read_block(rest);
        if (!block) {
            ADD_FAILURE() << "no block " << rest.size() << " bytes before the end";
            return blocks;
        }
        if (block->is(pcapng::BlockType::section_header)) ++blocks.sections;
        if (block->is(pcapng::BlockType::interface_description)) ++blocks.interfaces;
        if (block->is(pcapng::BlockType::journal_export)) ++blocks.events;
        if (block->is(pcapng::BlockType::enhanced_packet)) {
            blocks.packets.push_back(pcapng::read_enhanced_packet(block->body).value());
        }
        rest = rest.subspan(block->size);
    }
    return blocks;
}

TEST_F(ExportTest, a_capture_of_everything_is_the_log_byte_for_byte) {
    writer.open_flow(tick(), flow);
    event(capture::SessionEvent::Kind::connect);
    const std::string payload(60'000, 'x');
    for (int i = 0; i < 400; ++i) stream(Direction::received, payload);  // several segments
    writer.end_flow(tick(), flow, capture::FlowEnd::finished_by_peer);
    event(capture::SessionEvent::Kind::disconnect);
    const std::string file = exported(ExportFormat::pcapng);
    EXPECT_EQ(file.size(), log->published_bytes());
    const Blocks blocks = blocks_of(file);
    EXPECT_EQ(blocks.sections, 1U);
    EXPECT_EQ(blocks.interfaces, 1U);
    EXPECT_EQ(blocks.events, 2U);
    EXPECT_GE(blocks.packets.size(), 404U);  // SYN, SYN-ACK, ACK, FIN: those, too
}

TEST_F(ExportTest, a_capture_of_a_choice_is_one_section_with_the_packets_as_they_were) {
    writer.open_flow(tick(), flow);
    stream(Direction::received, "one");
    stream(Direction::sent, "two");
    stream(Direction::received, "three");
    const std::string file = exported(ExportFormat::pcapng, "rx");  // blocks point into it
    const Blocks blocks = blocks_of(file);
    EXPECT_EQ(blocks.sections, 1U);
    EXPECT_EQ(blocks.interfaces, 1U);
    ASSERT_EQ(blocks.packets.size(), 2U);
    EXPECT_THAT(as_chars(blocks.packets[1].packet), testing::EndsWith("three"));
    EXPECT_EQ(blocks.packets[1].time_units, static_cast<std::uint64_t>(now.time_since_epoch().count()));
}

TEST_F(ExportTest, nothing_is_an_empty_capture) {
    const Blocks blocks = blocks_of(exported(ExportFormat::pcapng));
    EXPECT_EQ(blocks.sections, 1U);
    EXPECT_EQ(blocks.interfaces, 1U);
    datagram(Direction::received, "x");
    EXPECT_EQ(blocks_of(exported(ExportFormat::pcapng, "tx")).sections, 1U);
    EXPECT_EQ(last->written_records, 0U);
}

TEST_F(ExportTest, a_sink_that_fails_ends_it_and_a_cancelled_one_is_no_failure) {
    datagram(Direction::received, "x");
    TextSink sink;
    sink.failing = true;
    std::atomic<bool> cancel{false};
    const auto result = export_log(log, {}, sink, cancel);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().message, "write: the disk is full");
    cancel = true;
    const auto cancelled = export_log(log, {}, sink, cancel);
    ASSERT_TRUE(cancelled);
    EXPECT_EQ(cancelled->looked_at, 0U);
}

TEST(ExportFormats, have_names_that_are_read_back) {
    for (const auto format : {ExportFormat::pcapng, ExportFormat::log, ExportFormat::hexdump,
                              ExportFormat::csv, ExportFormat::json, ExportFormat::raw}) {
        EXPECT_EQ(parse_export_format(export_format_name(format)), format);
        EXPECT_TRUE(export_format_extension(format).starts_with('.'));
    }
    EXPECT_FALSE(parse_export_format("xlsx"));
}

}  // namespace
}  // namespace sockdesk::app
