#include "cli/stdin_sender.hpp"

#include <string>
#include <vector>

#include <unistd.h>

#include <gtest/gtest.h>

namespace sockdesk::cli {
namespace {

using Batch = std::vector<std::string>;

/// A sender that reads from a pipe.
class StdinSenderTest : public testing::Test {
protected:
    StdinSenderTest() { EXPECT_EQ(pipe(ends), 0); }
    ~StdinSenderTest() override {
        close(ends[0]);
        if (ends[1] >= 0) close(ends[1]);
    }

    void write_all(std::string_view text) {
        ASSERT_EQ(write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    }
    void end_input() {
        close(ends[1]);
        ends[1] = -1;
    }

    Batch batch(StdinSender& sender) {
        Batch result;
        const auto payloads =
            sender.next_batch([this](const std::string& problem) { problems.push_back(problem); });
        if (payloads) {
            for (const auto& outgoing : *payloads) result.emplace_back(as_chars(**outgoing.fixed()));
        }
        return result;
    }

    int ends[2] = {-1, -1};
    Batch problems;
};

TEST_F(StdinSenderTest, one_batch_at_a_time) {
    StdinSender sender(ends[0], {});
    EXPECT_FALSE(sender.interactive());
    EXPECT_TRUE(sender.wants_input());
    write_all("one\ntwo\nthr");
    sender.read_input();
    EXPECT_EQ(batch(sender), (Batch{"one", "two"}));
    EXPECT_FALSE(sender.wants_input()) << "a batch is under way";
    EXPECT_EQ(batch(sender), Batch{});
    sender.batch_done();
    EXPECT_TRUE(sender.wants_input());
    end_input();
    sender.read_input();
    EXPECT_FALSE(sender.finished());
    EXPECT_EQ(batch(sender), (Batch{"thr"}));
    EXPECT_FALSE(sender.finished());
    sender.batch_done();
    EXPECT_TRUE(sender.finished());
    EXPECT_FALSE(sender.wants_input());
}

TEST_F(StdinSenderTest, a_batch_that_came_back_is_offered_again_with_what_follows) {
    StdinSender sender(ends[0], {});
    write_all("one\n");
    sender.read_input();
    EXPECT_EQ(batch(sender), (Batch{"one"}));
    sender.batch_returned();
    write_all("two\n");
    sender.read_input();
    EXPECT_EQ(batch(sender), (Batch{"one", "two"}));
}

TEST_F(StdinSenderTest, empty_lines_are_empty_datagrams_and_nothing_on_a_stream) {
    LineOptions datagrams;
    datagrams.keep_empty = true;
    StdinSender udp(ends[0], datagrams);
    write_all("\na\n");
    udp.read_input();
    EXPECT_EQ(batch(udp), (Batch{"", "a"}));
    StdinSender tcp(ends[0], {});
    write_all("\na\n");
    tcp.read_input();
    EXPECT_EQ(batch(tcp), (Batch{"a"}));
}

TEST_F(StdinSenderTest, lines_are_encoded_and_those_that_cannot_be_are_told) {
    LineOptions options;
    app::PayloadSpec how;
    how.escapes = true;
    how.encoding = "gbk";
    options.compiler = app::PayloadCompiler::make(how).value();
    StdinSender sender(ends[0], options);
    write_all("你好\\r\\n\n😀\n\\q\nlast\n");
    sender.read_input();
    EXPECT_EQ(batch(sender), (Batch{"\xc4\xe3\xba\xc3\r\n", "last"}));
    ASSERT_EQ(problems.size(), 2U);
    EXPECT_TRUE(problems[0].starts_with("line 2 not sent: ")) << problems[0];
    EXPECT_TRUE(problems[1].starts_with("line 3 not sent: ")) << problems[1];
}

TEST_F(StdinSenderTest, a_trailer_follows_each_line_that_is_sent) {
    LineOptions options;
    app::PayloadSpec how;
    how.trailer = "crc16-modbus";
    options.compiler = app::PayloadCompiler::make(how).value();
    StdinSender stream(ends[0], options);
    write_all("123456789\n\nx\n");
    stream.read_input();
    EXPECT_EQ(batch(stream), (Batch{"123456789\x37\x4B", "x\xBF\x62"}))
        << "an empty line is nothing on a stream";
    options.keep_empty = true;
    StdinSender datagrams(ends[0], options);
    write_all("\n");
    datagrams.read_input();
    EXPECT_EQ(batch(datagrams), (Batch{"\xFF\xFF"}));
}

TEST_F(StdinSenderTest, bytes_that_are_no_text_pass_where_nothing_is_to_be_encoded) {
    StdinSender sender(ends[0], {});
    write_all("\xff\xfe\n");
    sender.read_input();
    EXPECT_EQ(batch(sender), (Batch{"\xff\xfe"}));
}

TEST_F(StdinSenderTest, a_line_that_may_be_too_long_for_a_datagram_goes_alone) {
    StdinSender sender(ends[0], {});
    const std::string longer(9000, 'x');
    write_all("a\n" + longer + "\nb\n");
    sender.read_input();
    Batch all;
    for (const std::size_t expected : {std::size_t{1}, std::size_t{1}, std::size_t{1}}) {
        const Batch next = batch(sender);
        EXPECT_EQ(next.size(), expected);
        all.insert(all.end(), next.begin(), next.end());
        sender.batch_done();
    }
    EXPECT_EQ(all, (Batch{"a", longer, "b"}));
}

TEST_F(StdinSenderTest, discarded_lines_are_gone) {
    StdinSender sender(ends[0], {});
    write_all("to nobody\nagain\n");
    sender.read_input();
    EXPECT_TRUE(sender.has_lines());
    sender.discard_lines();
    EXPECT_FALSE(sender.has_lines());
    EXPECT_EQ(batch(sender), Batch{});
}

}  // namespace
}  // namespace sockdesk::cli
