#include "cli/record_printer.hpp"

#include <gtest/gtest.h>

namespace sockdesk::cli {
namespace {

using capture::Direction;
using capture::SessionEvent;

const Endpoint here{IpAddress::v4({127, 0, 0, 1}), 54321};
const Endpoint there{IpAddress::v4({127, 0, 0, 1}), 8080};

class RecordPrinterTest : public testing::Test {
protected:
    void make(Format format, engine::Protocol protocol = engine::Protocol::tcp_server,
              app::PayloadView view = app::PayloadView::text) {
        printer = make_record_printer(format, SessionId{1}, protocol, view, codec::Encoding::utf8());
        offset = 0;
        out.clear();
        diagnostics.clear();
    }

    void payload(std::string_view bytes, Direction direction = Direction::received,
                 capture::FanOut fan_out = {}) {
        capture::RecordView record;
        record.transport = capture::Transport::tcp;
        record.direction = direction;
        record.local = here;
        record.remote = there;
        record.payload = as_bytes(bytes);
        record.stream_offset = offset;
        record.fan_out = fan_out;
        offset += bytes.size();
        printer->print_payload(record, out);
    }

    void event(SessionEvent::Kind kind) {
        SessionEvent each;
        each.kind = kind;
        each.local = here;
        each.remote = there;
        each.reason = "closed by peer";
        each.message = "something";
        printer->print_event(each, out, diagnostics);
    }

    /// The lines without their times.
    std::string lines() const {
        std::string result;
        for (std::size_t at = 0; at < out.size();) {
            const std::size_t end = out.find('\n', at);
            std::string line = out.substr(at, end - at);
            if (line.starts_with('[')) line = line.substr(line.find(']') + 1);
            result += line + "\n";
            at = end + 1;
        }
        return result;
    }

    std::unique_ptr<RecordPrinter> printer;
    std::uint64_t offset = 0;
    std::string out;
    std::string diagnostics;
};

TEST_F(RecordPrinterTest, a_payload_is_its_header_one_line_and_a_blank_line) {
    make(Format::log);
    payload("two\nlines\x1b");
    EXPECT_EQ(lines(), "# RECV ASCII FROM 127.0.0.1 :8080>\ntwo\\x0Alines\\x1B\n\n");
    make(Format::log, engine::Protocol::tcp_server, app::PayloadView::hex);
    payload("Hello");
    payload("");
    EXPECT_EQ(lines(),
              "# RECV HEX FROM 127.0.0.1 :8080>\n48 65 6C 6C 6F \n\n# RECV HEX FROM 127.0.0.1 :8080>\n\n\n");
    make(Format::log, engine::Protocol::tcp_server, app::PayloadView::both);
    payload("Hello");
    EXPECT_EQ(lines(),
              "# RECV HEX FROM 127.0.0.1 :8080>\n"
              "0000  48 65 6C 6C 6F                                   Hello\n\n");
}

TEST_F(RecordPrinterTest, a_send_to_all_is_shown_once_but_decoded_for_each) {
    make(Format::log);
    payload("all", Direction::sent, {1, 0});
    payload("\xe4\xbd", Direction::sent, {1, 1});  // not shown; the stream's decoder must see it all the same
    payload("\xa0", Direction::sent);
    EXPECT_EQ(lines(), "# SEND ASCII TO ALL>\nall\n\n# SEND ASCII TO 127.0.0.1 :8080>\n你\n\n");
}

TEST_F(RecordPrinterTest, bytes_left_of_a_stream_are_told_before_its_end) {
    make(Format::log);
    payload("a\xe4\xbd");
    event(SessionEvent::Kind::disconnect);
    EXPECT_EQ(lines(),
              "# RECV ASCII FROM 127.0.0.1 :8080>\na\n\n"
              "# Incomplete character at the end of what was received from 127.0.0.1:8080: \\xE4\\xBD\n"
              "# Client 127.0.0.1:8080 gets offline. something\n");
}

TEST_F(RecordPrinterTest, json_texts_joined_are_the_streams_text) {
    make(Format::json);
    payload("a\xe4");
    payload("\xbd\xa0\xe5");
    event(SessionEvent::Kind::disconnect);
    const auto has = [this](std::string_view text) { return out.find(text) != std::string::npos; };
    EXPECT_TRUE(has("\"bytes\":2,\"hex\":\"61e4\",\"text\":\"a\"}")) << out;
    EXPECT_TRUE(has("\"bytes\":3,\"hex\":\"bda0e5\",\"text\":\"你\"}")) << out;
    EXPECT_TRUE(has("\"reason\":\"closed by peer\",\"text\":\"\\\\xE5\"}")) << out;
}

TEST_F(RecordPrinterTest, raw_is_what_arrives_and_nothing_else) {
    make(Format::raw);
    event(SessionEvent::Kind::connect);
    payload(std::string_view("a\0\xff", 3));
    payload("sent", Direction::sent);
    event(SessionEvent::Kind::error);
    EXPECT_EQ(out, std::string("a\0\xff", 3));
    EXPECT_TRUE(diagnostics.ends_with("]# Client 127.0.0.1:8080 gets online.\n")) << diagnostics;
}

}  // namespace
}  // namespace sockdesk::cli
