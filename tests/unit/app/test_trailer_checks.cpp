// What arrived and does not end as it should: datagrams by themselves, messages of a connection from several reads.
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "app/trailer_checks.hpp"
#include "capture/log_writer.hpp"

namespace sockdesk::app {
namespace {

using namespace std::chrono_literals;
using capture::Direction;

constexpr auto no_end = 1h;

class TrailerChecksTest : public testing::Test {
protected:
    static Endpoint at(std::uint16_t port) { return {*IpAddress::parse("127.0.0.1"), port}; }
    static capture::TcpFlow flow(std::uint16_t port) {
        capture::TcpFlow flow;
        flow.local = at(1);
        flow.remote = at(port);
        return flow;
    }
    void datagram(std::string_view payload, Direction direction = Direction::received) {
        writer_.append_datagram({}, direction, at(1), at(2), as_bytes(payload));
        writer_.publish();
    }
    void read(capture::TcpFlow& flow, std::string_view payload) {
        writer_.append_stream({}, Direction::received, flow, as_bytes(payload));
        writer_.publish();
    }
    static std::string with_crc(std::string_view payload) {
        const ByteView bytes = as_bytes(payload);
        Bytes whole(bytes.begin(), bytes.end());
        codec::Trailer::parse("crc16-modbus").value().append_to(whole);
        return {whole.begin(), whole.end()};
    }

    // Both ways of asking have to agree: as rows on screen, and counted in passing.
    std::vector<RecordIndex> marked(std::string_view trailer = "crc16-modbus") {
        TrailerChecks shown(log_);
        TrailerChecks counted(log_);
        shown.set(trailer);
        counted.set(trailer);
        EXPECT_FALSE(counted.advance(no_end));
        std::vector<RecordIndex> result;
        for (RecordIndex i = 0; i < log_->published(); ++i) {
            if (counted.fails(i)) result.push_back(i);
            EXPECT_EQ(shown.fails(i), counted.fails(i)) << "record " << i;
        }
        EXPECT_EQ(counted.counts().failed, result.size());
        return result;
    }

    std::shared_ptr<capture::SegmentPool> pool_ =
        std::make_shared<capture::SegmentPool>(capture::SegmentPoolOptions{1, 0});
    std::shared_ptr<capture::Log> log_ = capture::Log::make(pool_, "test");
    capture::LogWriter writer_{log_};
};

using Records = std::vector<RecordIndex>;

TEST_F(TrailerChecksTest, LooksAtEachDatagramByItself) {
    const std::string whole = with_crc("hello");
    datagram(whole);
    datagram(whole.substr(0, 3));
    datagram(whole.substr(3));
    datagram("no checksum", Direction::sent);
    EXPECT_EQ(marked(), (Records{1, 2}));
}

TEST_F(TrailerChecksTest, PutsAMessageTogetherFromItsReads) {
    capture::TcpFlow one = flow(7);
    capture::TcpFlow other = flow(8);
    const std::string whole = with_crc("hello, world");
    read(one, whole);
    read(one, whole.substr(0, 5));
    read(other, "noise of another connection");  // 2
    datagram("and a datagram");                  // 3
    read(one, whole.substr(5, 4));
    read(one, whole.substr(9));
    read(one, "garbage");  // 6
    read(one, whole);
    read(one, whole.substr(0, 1));
    read(one, whole.substr(1));
    EXPECT_EQ(marked(), (Records{2, 3, 6}));
}

TEST_F(TrailerChecksTest, WaitsForTheRest) {
    capture::TcpFlow one = flow(7);
    const std::string whole = with_crc("hello");
    TrailerChecks checks(log_);
    checks.set("crc16-modbus");
    read(one, whole.substr(0, 4));
    EXPECT_TRUE(checks.fails(0));
    EXPECT_FALSE(checks.advance(no_end));
    EXPECT_TRUE(checks.fails(0));
    EXPECT_EQ(checks.counts().failed, 1U);
    read(one, whole.substr(4));
    EXPECT_FALSE(checks.fails(1));
    EXPECT_FALSE(checks.advance(no_end));
    EXPECT_FALSE(checks.fails(0));
    EXPECT_EQ(checks.counts().failed, 0U);
    EXPECT_EQ(checks.counts().received, 2U);
    read(one, "wrong");
    EXPECT_FALSE(checks.advance(no_end));
    checks.reset_counts();
    EXPECT_EQ(checks.counts().failed, 0U);
    EXPECT_EQ(checks.counts().received, 0U);
}

TEST_F(TrailerChecksTest, FixedBytesEndWhateverIsBeforeThem) {
    capture::TcpFlow one = flow(7);
    read(one, "a message ");
    read(one, "in three ");
    read(one, "reads\r");
    read(one, "one more\r");
    read(one, "begun");
    EXPECT_EQ(marked("fixed=0D"), (Records{4}));
}

TEST_F(TrailerChecksTest, AMessageHasAnEnd) {
    capture::TcpFlow one = flow(7);
    const std::string whole = with_crc(std::string(100, 'x'));
    for (std::size_t i = 0; i + 1 < TrailerChecks::most_parts; ++i) read(one, whole.substr(i, 1));
    read(one, whole.substr(TrailerChecks::most_parts - 1));
    EXPECT_EQ(marked(), Records{}) << "as many parts as there may be";
    capture::TcpFlow two = flow(8);
    for (std::size_t i = 0; i < TrailerChecks::most_parts; ++i) read(two, whole.substr(i, 1));
    read(two, whole.substr(TrailerChecks::most_parts));
    EXPECT_EQ(marked().size(), TrailerChecks::most_parts + 1) << "one more";
    capture::TcpFlow three = flow(9);
    const std::string large = with_crc(std::string(TrailerChecks::most_bytes, 'x'));
    const std::size_t before = marked().size();
    read(three, large.substr(0, 40'000));
    read(three, large.substr(40'000));
    EXPECT_EQ(marked().size(), before + 2) << "too long";
}

TEST_F(TrailerChecksTest, GoesOnWhereItsTimeWasOver) {
    for (int i = 0; i < 1000; ++i) datagram("x");
    TrailerChecks checks(log_);
    checks.set("crc16-modbus");
    int turns = 1;
    while (checks.advance(0ns)) ++turns;
    EXPECT_GT(turns, 1);
    EXPECT_EQ(checks.counts().failed, 1000U);
    checks.set("");
    EXPECT_FALSE(checks.is_active());
    EXPECT_FALSE(checks.fails(0));
    checks.set("xor");
    EXPECT_EQ(checks.counts().failed, 0U) << "another trailer";
}

}  // namespace
}  // namespace sockdesk::app
