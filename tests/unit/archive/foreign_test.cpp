#include <algorithm>

#include "archive/link_layer.hpp"
#include "archive/packet_converter.hpp"
#include "archive/pcapng_reader.hpp"
#include "capture/journal_event.hpp"
#include "foreign_bytes.hpp"
#include "opened.hpp"

namespace sockdesk::archive {
namespace {

using capture::TcpFields;
using Words = std::vector<std::string>;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint8_t syn = TcpFields::syn;
constexpr std::uint8_t ack = TcpFields::ack;
constexpr std::uint8_t fin = TcpFields::fin;
constexpr std::uint8_t rst = TcpFields::rst;

const Endpoint anna = endpoint("10.0.0.1", 40000);
const Endpoint bert = endpoint("10.0.0.2", 80);
const Endpoint anna6 = endpoint("2001:db8::1", 40000);
const Endpoint bert6 = endpoint("2001:db8::2", 80);

Timestamp at(std::int64_t nanoseconds) { return Timestamp(std::chrono::nanoseconds(nanoseconds)); }

class Foreign : public testing::Test {
protected:
    TemporaryFolder folder;

    Opened open(std::string_view bytes) {
        write_file(folder / "a.pcap", bytes);
        return Opened(folder / "a.pcap");
    }

    std::string refusal(std::string_view bytes) {
        write_file(folder / "a.pcap", bytes);
        const auto opened = CaptureFile::open(small_pool(), folder / "a.pcap");
        EXPECT_FALSE(opened);
        return opened ? "" : opened.error().message;
    }

    /// The packets of a capture of raw IP, each a second after the one before.
    Opened open_packets(const std::vector<std::string>& packets) {
        FileBytes file;
        file.pcap_header(0xA1B2C3D4, 101);
        std::uint32_t second = 0;
        for (const std::string& packet : packets) file.pcap_packet(++second, 0, packet);
        return open(file.bytes);
    }
};

// ---- pcap

struct PcapVariant {
    std::uint32_t magic;
    FileOrder order;
    const char* description;
};

class PcapVariants : public Foreign, public testing::WithParamInterface<PcapVariant> {};

TEST_P(PcapVariants, are_read_with_their_times) {
    const auto [magic, order, description] = GetParam();
    const std::string packet = ethernet(udp_packet(anna, bert, "hello"));
    FileBytes file(order);
    file.pcap_header(magic, 1);
    for (std::uint32_t second = 1; second <= 3; ++second) {
        file.u32(second).u32(123'456).u32(packet.size()).u32(packet.size());
        if (magic == 0xA1B2CD34) file.u32(7).u16(0x800).u8(second == 2 ? 4 : 0).u8(0);
        file.raw(packet);
    }
    const Opened opened = open(file.bytes);
    EXPECT_EQ(opened.file->description(), description);
    EXPECT_EQ(opened.problem(), "");
    ASSERT_EQ(opened.progress().records, 3U);
    EXPECT_EQ(opened.progress().read_bytes, file.bytes.size());
    EXPECT_EQ(opened.progress().file_bytes, file.bytes.size());
    capture::LogReader reader(opened.file->log());
    const std::int64_t unit = magic == 0xA1B23C4D ? 1 : 1000;
    EXPECT_EQ(reader.record(2).time, at(3'000'000'000 + 123'456 * unit));
    EXPECT_EQ(text(reader.record(2).payload), "hello");
    if (magic == 0xA1B2CD34) {
        EXPECT_EQ(reader.record(0).direction, capture::Direction::received);
        EXPECT_EQ(reader.record(1).direction, capture::Direction::sent);
    }
}

INSTANTIATE_TEST_SUITE_P(
    All, PcapVariants,
    testing::Values(PcapVariant{0xA1B2C3D4, FileOrder::native, "pcap, Ethernet"},
                    PcapVariant{0xA1B2C3D4, FileOrder::swapped, "pcap (big-endian), Ethernet"},
                    PcapVariant{0xA1B23C4D, FileOrder::native, "pcap (nanoseconds), Ethernet"},
                    PcapVariant{0xA1B23C4D, FileOrder::swapped, "pcap (nanoseconds, big-endian), Ethernet"},
                    PcapVariant{0xA1B2CD34, FileOrder::native, "pcap (modified), Ethernet"},
                    PcapVariant{0xA1B2CD34, FileOrder::swapped, "pcap (modified, big-endian), Ethernet"}));

TEST_F(Foreign, what_is_no_capture_is_refused_with_the_reason) {
    EXPECT_THAT(refusal(""), HasSubstr("the file is empty"));
    EXPECT_THAT(refusal("hello, this is a text\n"), HasSubstr("neither a pcapng nor a pcap"));
    EXPECT_THAT(refusal("\x1f\x8b and so on"), HasSubstr("gzip"));
    EXPECT_FALSE(CaptureFile::open(small_pool(), folder / "none.pcap"));
    const auto directory = CaptureFile::open(small_pool(), folder / "");
    ASSERT_FALSE(directory);
    EXPECT_THAT(directory.error().message, HasSubstr("it is a folder"));
}

TEST_F(Foreign, a_file_that_ends_within_a_packet_is_read_up_to_there) {
    FileBytes file;
    file.pcap_header(0xA1B2C3D4, 101).pcap_packet(1, 0, udp_packet(anna, bert, "whole"));
    const std::size_t second = file.bytes.size();
    file.pcap_packet(2, 0, udp_packet(anna, bert, "not whole"));
    for (std::size_t size = second + 1; size < file.bytes.size(); size += 5) {
        const Opened opened = open(file.bytes.substr(0, size));
        EXPECT_THAT(opened.words(), ElementsAre("10.0.0.2:80 < 10.0.0.1:40000 whole"));
        EXPECT_THAT(opened.problem(),
                    HasSubstr("in the middle of a packet at byte " + std::to_string(second) + ";"));
        EXPECT_EQ(opened.progress().problem->position, second);
    }
    EXPECT_EQ(open(file.bytes.substr(0, second)).problem(), "");
}

TEST_F(Foreign, a_header_that_is_cut_short_is_a_problem_at_its_beginning) {
    FileBytes file;
    file.pcap_header(0xA1B2C3D4, 101);
    for (std::size_t size = 4; size < 24; size += 4) {
        EXPECT_THAT(open(file.bytes.substr(0, size)).problem(), HasSubstr("cut short")) << size;
    }
}

TEST_F(Foreign, a_hostile_length_ends_the_reading_where_it_stands) {
    for (const std::uint32_t length : {0xFFFFFFFFU, 0x7FFFFFFFU, 0x04000001U}) {
        FileBytes file;
        file.pcap_header(0xA1B2C3D4, 101).pcap_packet(1, 0, udp_packet(anna, bert, "whole"));
        const std::size_t where = file.bytes.size();
        file.u32(2).u32(0).u32(length).u32(length).raw(std::string(1000, 'x'));
        const Opened opened = open(file.bytes);
        EXPECT_EQ(opened.words().size(), 1U);
        EXPECT_THAT(opened.problem(),
                    HasSubstr(std::to_string(length) + " bytes, which no capture has at byte " +
                              std::to_string(where)));
    }
}

TEST_F(Foreign, an_unknown_link_type_is_named) {
    FileBytes file;
    file.pcap_header(0xA1B2C3D4, 147).pcap_packet(1, 0, "whatever");
    const Opened opened = open(file.bytes);
    EXPECT_EQ(opened.file->description(), "pcap, link type 147");
    EXPECT_THAT(opened.problem(), HasSubstr("link type 147 is not understood"));
    EXPECT_THAT(opened.words(), IsEmpty());
}

// ---- link layers

std::string with_link_layer(std::uint32_t link_type, bool v4, const std::string& ip) {
    const auto family = [&](FileOrder order, unsigned v6_family) {
        return FileBytes(order).u32(v4 ? 2 : v6_family).bytes;
    };
    FileBytes network(FileOrder::swapped);
    const unsigned ethertype = v4 ? 0x0800 : 0x86DD;
    switch (link_type) {
        case 0:
            return family(FileOrder::native, 30) + ip;
        case 108:
            return family(FileOrder::swapped, 24) + ip;
        case 1:
            return ethernet(ip);
        case 113:
            return network.u16(4).u16(1).u16(6).u64(0).u16(ethertype).raw(ip).bytes;
        case 276:
            return network.u16(ethertype).u16(0).u32(3).u16(1).u8(4).u8(6).u64(0).raw(ip).bytes;
        default:
            return ip;
    }
}

TEST_F(Foreign, every_link_type_that_is_understood_gives_the_same_datagram) {
    for (const std::uint32_t link_type : {0U, 1U, 12U, 14U, 101U, 108U, 113U, 228U, 229U, 276U}) {
        for (const bool v4 : {true, false}) {
            const std::string ip = v4 ? udp_packet(anna, bert, "hello") : udp_packet(anna6, bert6, "hello");
            FileBytes file;
            file.pcap_header(0xA1B2C3D4, link_type).pcap_packet(1, 0, with_link_layer(link_type, v4, ip));
            const Opened opened = open(file.bytes);
            // Cooked captures tell that it was sent; elsewhere the receiver of the first datagram is the local end.
            const bool cooked = link_type == 113 || link_type == 276;
            const std::string a = v4 ? "10.0.0.1:40000" : "[2001:db8::1]:40000";
            const std::string b = v4 ? "10.0.0.2:80" : "[2001:db8::2]:80";
            EXPECT_THAT(opened.words(),
                        ElementsAre(cooked ? a + " > " + b + " hello" : b + " < " + a + " hello"))
                << link_type;
            EXPECT_EQ(opened.problem(), "");
        }
    }
}

TEST(LinkLayer, vlan_tags_are_passed_over) {
    using namespace std::string_view_literals;
    const std::string ip = udp_packet(anna, bert, "x");
    for (const auto tags :
         {"\x81\x00\x00\x05"sv, "\x88\xA8\x00\x05\x81\x00\x00\x06"sv, "\x91\x00\x00\x05\x81\x00\x00\x06"sv}) {
        const std::string frame = ethernet(ip, tags);
        const auto found = ip_packet_in(1, as_bytes(frame));
        ASSERT_TRUE(found);
        EXPECT_EQ(text(found->ip), ip);
    }
}

TEST(LinkLayer, frames_of_any_length_are_looked_at_within_their_bounds) {
    const std::string frame = ethernet(udp_packet(anna, bert, "x"), std::string("\x81\x00\x00\x05", 4));
    for (const std::uint32_t link_type : {0U, 1U, 108U, 113U, 276U, 999U}) {
        for (std::size_t size = 0; size < frame.size(); ++size) {
            const Bytes exact(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(size));
            const auto found = ip_packet_in(link_type, exact);
            EXPECT_LE(found ? found->ip.size() : 0, size);
        }
    }
}

// ---- pcapng

class PcapngOrders : public Foreign, public testing::WithParamInterface<FileOrder> {
protected:
    FileBytes file{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(Both, PcapngOrders, testing::Values(FileOrder::native, FileOrder::swapped),
                         [](const auto& order) {
                             return order.param == FileOrder::native ? "native" : "swapped";
                         });

TEST_P(PcapngOrders, interfaces_have_their_own_link_types_and_resolutions) {
    FileBytes offset(GetParam());
    offset.u64(1000);
    file.section();
    file.interface(1);                                                            // microseconds
    file.interface(101, file.option(9, "\x09") + file.option(14, offset.bytes));  // nanoseconds, 1000 s later
    file.interface(113, file.option(9, "\x8A"));                                  // 2⁻¹⁰ s
    file.enhanced(0, 1'000'001, ethernet(udp_packet(anna, bert, "one")));
    file.enhanced(1, 5, udp_packet(anna, bert, "two"));
    file.enhanced(2, (std::uint64_t{2000} << 10U) + 512,
                  with_link_layer(113, true, udp_packet(anna, bert, "three")));
    const Opened opened = open(file.bytes);
    EXPECT_EQ(opened.file->description(), GetParam() == FileOrder::native ? "pcapng" : "pcapng (big-endian)");
    EXPECT_EQ(opened.problem(), "");
    ASSERT_EQ(opened.progress().records, 3U);
    capture::LogReader reader(opened.file->log());
    EXPECT_EQ(reader.record(0).time, at(1'000'001'000));
    EXPECT_EQ(reader.record(1).time, at(1'000'000'000'005));
    EXPECT_EQ(reader.record(2).time, at(2'000'500'000'000));
}

TEST_P(PcapngOrders, the_flags_of_a_packet_tell_its_direction) {
    file.section().interface(101);
    file.enhanced(0, 1, udp_packet(anna, bert, "out"), file.flags(2));
    file.enhanced(0, 2, udp_packet(bert, anna, "in"), file.flags(1));
    file.enhanced(0, 3, tcp_packet(anna, bert, ack, 1, "tcp out"), file.flags(2));
    EXPECT_THAT(open(file.bytes).words(),
                ElementsAre("10.0.0.1:40000 > 10.0.0.2:80 out", "10.0.0.1:40000 < 10.0.0.2:80 in",
                            "10.0.0.1:40000 > 10.0.0.2:80 tcp out"));
}

TEST_P(PcapngOrders, simple_and_obsolete_packets_are_read_and_unknown_blocks_skipped) {
    const std::string packet = udp_packet(anna, bert, "abcdefgh");
    file.section().interface(101, {}, static_cast<std::uint32_t>(packet.size() - 3));
    FileBytes simple(GetParam());
    simple.u32(packet.size()).raw(packet.substr(0, packet.size() - 3)).padded();
    file.block(3, simple.bytes);
    FileBytes old(GetParam());
    old.u16(0)
        .u16(0xFFFF)
        .u32(0)
        .u32(77)
        .u32(packet.size())
        .u32(packet.size())
        .raw(packet)
        .padded()
        .raw(file.flags(2));
    file.block(2, old.bytes);
    file.block(0x80001234, std::string(40, 'x')).block(5, std::string(24, '\0'));
    const Opened opened = open(file.bytes);
    EXPECT_EQ(opened.problem(), "");
    const Words words = opened.words();
    ASSERT_EQ(words.size(), 3U);
    EXPECT_EQ(words[0], "10.0.0.2:80 < 10.0.0.1:40000 abcde");
    EXPECT_EQ(words[1], "10.0.0.1:40000 > 10.0.0.2:80 abcdefgh");
    EXPECT_EQ(words[2], "! 1 packet was captured in part: what is missing is not in the file");
}

TEST_P(PcapngOrders, a_section_may_have_another_byte_order_and_other_interfaces) {
    file.section().interface(1).enhanced(0, 1, ethernet(udp_packet(anna, bert, "one")));
    FileBytes other(GetParam() == FileOrder::native ? FileOrder::swapped : FileOrder::native);
    other.section().interface(101).enhanced(0, 2, udp_packet(anna, bert, "two"));
    const Opened opened = open(file.bytes + other.bytes);
    EXPECT_EQ(opened.problem(), "");
    EXPECT_EQ(opened.words().size(), 2U);
}

TEST_P(PcapngOrders, packets_of_unknown_links_and_undescribed_interfaces_are_left_out_and_told) {
    file.section().interface(147).interface(101);
    file.enhanced(0, 1, "whatever").enhanced(0, 2, "whatever").enhanced(9, 3, "nobody's");
    file.enhanced(1, 4, udp_packet(anna, bert, "hello"));
    const Opened opened = open(file.bytes);
    EXPECT_EQ(opened.problem(), "");
    EXPECT_EQ(opened.progress().left_out, 3U);
    const Words words = opened.words();
    ASSERT_EQ(words.size(), 3U);
    EXPECT_THAT(words[0], HasSubstr("link type 147 is not understood"));
    EXPECT_EQ(words[1], "10.0.0.2:80 < 10.0.0.1:40000 hello");
    EXPECT_EQ(words[2],
              "! 3 packets left out: 2 of a link type that is not understood, 1 of an interface that is not "
              "described");
}

TEST_P(PcapngOrders, hostile_blocks_end_the_reading_where_they_stand) {
    file.section().interface(101).enhanced(0, 1, udp_packet(anna, bert, "whole"));
    const std::size_t where = file.bytes.size();
    const auto problem = [&](const FileBytes& bad) {
        const Opened opened = open(file.bytes + bad.bytes);
        EXPECT_EQ(opened.words().front(), "10.0.0.2:80 < 10.0.0.1:40000 whole");
        EXPECT_THAT(opened.problem(), HasSubstr(" at byte " + std::to_string(where) + ";"));
        return opened.problem();
    };
    const auto fresh = [&] { return FileBytes(GetParam()); };
    EXPECT_THAT(problem(fresh().u32(6).u32(0).u32(0)), HasSubstr("a block of 0 bytes"));
    EXPECT_THAT(problem(fresh().u32(6).u32(13).raw(std::string(20, 'x'))), HasSubstr("a block of 13 bytes"));
    EXPECT_THAT(problem(fresh().u32(6).u32(0xFFFFFFFC).raw(std::string(20, 'x'))), HasSubstr("4294967292"));
    EXPECT_THAT(problem(fresh().u32(6).u32(32).raw(std::string(20, 'x')).u32(36)),
                HasSubstr("lengths differ"));
    EXPECT_THAT(problem(fresh().u32(6).u32(1000).raw(std::string(20, 'x'))), HasSubstr("cut short"));
    EXPECT_THAT(problem(fresh().block(1, "1234")), HasSubstr("interface description"));
    EXPECT_THAT(problem(fresh().block(3, "")), HasSubstr("simple packet"));
    EXPECT_THAT(problem(fresh().block(2, "12345678")), HasSubstr("too short"));
    EXPECT_THAT(problem(fresh().block(6, FileBytes(GetParam()).u32(0).u64(0).u32(0x7FFFFFFF).u32(9).bytes)),
                HasSubstr("longer than its block"));
    EXPECT_THAT(
        problem(fresh().block(0x0A0D0D0A, FileBytes(GetParam()).u32(0x1A2B3C4D).u16(9).u16(0).u64(0).bytes)),
        HasSubstr("version 9"));
}

TEST_P(PcapngOrders, entries_of_a_journal_are_events) {
    file.section().interface(101);
    std::string entry = "__REALTIME_TIMESTAMP=5000000\nMESSAGE=the disk spins\n";
    entry.resize((entry.size() + 3) & ~std::size_t{3});
    file.block(9, entry);
    EXPECT_THAT(open(file.bytes).words(), ElementsAre("! the disk spins"));
}

TEST(TimeUnits, any_resolution_gives_nanoseconds) {
    const auto time = [](unsigned resolution, std::uint64_t units, std::int64_t offset = 0) {
        return TimeUnits{static_cast<std::uint8_t>(resolution), offset}
            .time(units)
            .time_since_epoch()
            .count();
    };
    EXPECT_EQ(time(6, 1'234'567), 1'234'567'000);
    EXPECT_EQ(time(9, 1'234'567), 1'234'567);
    EXPECT_EQ(time(0, 7), 7'000'000'000);
    EXPECT_EQ(time(3, 7), 7'000'000);
    EXPECT_EQ(time(12, 1'234'567), 1'234);
    EXPECT_EQ(time(19, ~std::uint64_t{0}), 1'844'674'407);
    EXPECT_EQ(time(20, ~std::uint64_t{0}), 184'467'440);
    EXPECT_EQ(time(127, ~std::uint64_t{0}), 0);
    EXPECT_EQ(time(0x80, 7), 7'000'000'000);
    EXPECT_EQ(time(0x81, 7), 3'500'000'000);
    EXPECT_EQ(time(0xA0, std::uint64_t{3} << 31U), 1'500'000'000);
    EXPECT_EQ(time(0xBF, std::uint64_t{1} << 63U), 1'000'000'000);
    EXPECT_EQ(time(0xC0, std::uint64_t{1} << 63U), 500'000'000);
    EXPECT_EQ(time(0xC1, std::uint64_t{1} << 63U), 250'000'000);
    EXPECT_EQ(time(0xFF, ~std::uint64_t{0}), 0);
    EXPECT_EQ(time(9, 5, 10), 10'000'000'005);
    EXPECT_EQ(time(0, 10, -7), 3'000'000'000);
    // Beyond what a log can say
    EXPECT_EQ(time(0, 10, -11), 0);
    EXPECT_GT(time(0, ~std::uint64_t{0}), 9'000'000'000'000'000'000);
    EXPECT_GT(time(6, ~std::uint64_t{0}, std::numeric_limits<std::int64_t>::max()),
              9'000'000'000'000'000'000);
    EXPECT_EQ(time(6, 1, std::numeric_limits<std::int64_t>::min()), 0);
}

// ---- datagrams and connections

TEST_F(Foreign, of_two_ends_the_receiver_of_the_first_datagram_is_local) {
    const Endpoint carl = endpoint("10.0.0.3", 5);
    EXPECT_THAT(
        open_packets({udp_packet(anna, bert, "1"), udp_packet(bert, anna, "2"), udp_packet(carl, anna, "3"),
                      udp_packet(anna, bert, ""), udp_packet(anna6, bert6, "6")})
            .words(),
        ElementsAre("10.0.0.2:80 < 10.0.0.1:40000 1", "10.0.0.2:80 > 10.0.0.1:40000 2",
                    "10.0.0.1:40000 < 10.0.0.3:5 3", "10.0.0.2:80 < 10.0.0.1:40000 ",
                    "[2001:db8::2]:80 < [2001:db8::1]:40000 6"));
}

TEST_F(Foreign, of_a_connection_the_end_that_was_called_is_local) {
    const Opened opened =
        open_packets({tcp_packet(anna, bert, syn, 999), tcp_packet(bert, anna, syn | ack, 4999),
                      tcp_packet(anna, bert, ack, 1000), tcp_packet(anna, bert, ack, 1000, "request"),
                      tcp_packet(bert, anna, ack, 5000, "answer"),
                      tcp_packet(anna, bert, fin | ack, 1007, "!"), tcp_packet(bert, anna, ack, 5006)});
    EXPECT_THAT(opened.words(),
                ElementsAre("10.0.0.2:80 < 10.0.0.1:40000 request", "10.0.0.2:80 > 10.0.0.1:40000 answer",
                            "10.0.0.2:80 < 10.0.0.1:40000 !",
                            "! 4 packets left out: 4 TCP segments without payload"));
    EXPECT_EQ(opened.progress().left_out, 4U);
    capture::LogReader reader(opened.file->log());
    EXPECT_EQ(reader.record(2).previous_in_stream, RecordIndex{0});
    EXPECT_EQ(reader.record(2).stream_offset, 7U);
    EXPECT_EQ(reader.next_in_stream(0), RecordIndex{2});
}

TEST_F(Foreign, without_the_call_the_lower_port_is_local) {
    EXPECT_THAT(
        open_packets({tcp_packet(bert, anna, ack, 5, "a"), tcp_packet(anna6, bert6, ack, 5, "b")}).words(),
        ElementsAre("10.0.0.2:80 > 10.0.0.1:40000 a", "[2001:db8::2]:80 < [2001:db8::1]:40000 b"));
}

TEST_F(Foreign, what_was_sent_again_stands_once) {
    const Opened opened =
        open_packets({tcp_packet(anna, bert, syn, 0), tcp_packet(anna, bert, syn, 0),
                      tcp_packet(bert, anna, syn | ack, 0), tcp_packet(anna, bert, ack, 1, "abc"),
                      tcp_packet(anna, bert, ack, 1, "abc"), tcp_packet(anna, bert, ack, 3, "cde"),
                      tcp_packet(anna, bert, ack, 8, "hi"), tcp_packet(anna, bert, ack, 6, "fg")});
    EXPECT_THAT(
        opened.words(),
        ElementsAre("10.0.0.2:80 < 10.0.0.1:40000 abc", "10.0.0.2:80 < 10.0.0.1:40000 de",
                    "10.0.0.2:80 < 10.0.0.1:40000 hi", "10.0.0.2:80 < 10.0.0.1:40000 fg",
                    "! 4 packets left out: 3 TCP segments without payload, 1 TCP segments sent again"));
}

TEST_F(Foreign, the_same_ends_again_are_another_connection) {
    const Opened opened =
        open_packets({tcp_packet(anna, bert, syn, 0), tcp_packet(bert, anna, syn | ack, 0),
                      tcp_packet(anna, bert, ack, 1, "first"), tcp_packet(bert, anna, rst, 1),
                      tcp_packet(anna, bert, syn, 3), tcp_packet(bert, anna, syn | ack, 70),
                      tcp_packet(anna, bert, ack, 4, "second")});
    capture::LogReader reader(opened.file->log());
    ASSERT_EQ(in_words(reader.record(1)), "10.0.0.2:80 < 10.0.0.1:40000 second");
    EXPECT_EQ(reader.record(1).stream_offset, 0U);
    EXPECT_FALSE(reader.record(1).previous_in_stream);
}

TEST_F(Foreign, a_call_that_nobody_answers_is_left_out) {
    EXPECT_THAT(open_packets({tcp_packet(anna, bert, syn, 0), tcp_packet(bert, anna, rst | ack, 0)}).words(),
                ElementsAre("! 2 packets left out: 2 TCP segments without payload"));
}

TEST_F(Foreign, other_protocols_and_fragments_are_counted_apart) {
    std::string icmp = udp_packet(anna, bert, "x");
    icmp[9] = 1;
    std::string fragment = udp_packet(anna, bert, "x");
    fragment[6] = 0x20;
    std::string last_fragment = udp_packet(anna, bert, "x");
    last_fragment[6] = 0;
    last_fragment[7] = 5;
    std::string fragment6 = udp_packet(anna6, bert6, "x");
    fragment6[6] = 44;
    EXPECT_THAT(open_packets({icmp, fragment, last_fragment, fragment6, "?", ""}).words(),
                ElementsAre("! 6 packets left out: 3 neither UDP nor TCP, 3 fragments"));
}

TEST_F(Foreign, a_packet_that_was_captured_in_part_is_a_record_of_that_part) {
    const std::string packet = udp_packet(anna, bert, "abcdefgh");
    FileBytes file;
    file.pcap_header(0xA1B2C3D4, 101).pcap_packet(1, 0, packet.substr(0, packet.size() - 5), packet.size());
    EXPECT_THAT(open(file.bytes).words(),
                ElementsAre("10.0.0.2:80 < 10.0.0.1:40000 abc",
                            "! 1 packet was captured in part: what is missing is not in the file"));
}

TEST_F(Foreign, times_that_go_back_are_raised) {
    FileBytes file;
    file.pcap_header(0xA1B2C3D4, 101).pcap_packet(5, 0, udp_packet(anna, bert, "1"));
    file.pcap_packet(3, 0, udp_packet(anna, bert, "2"))
        .pcap_packet(0xFFFFFFFF, 0xFFFFFFFF, udp_packet(anna, bert, "3"));
    const Opened opened = open(file.bytes);
    capture::LogReader reader(opened.file->log());
    EXPECT_EQ(reader.record(1).time, at(5'000'000'000));
    EXPECT_GT(reader.record(2).time, at(4'294'967'295'000'000'000));
}

TEST_F(Foreign, lengths_that_lie_take_no_more_than_there_is) {
    // An IPv4 length of 0 means "as long as it is" and a datagram cannot be longer than a record holds.
    std::string huge = udp_packet(anna, bert, std::string(60'000, 'x'));
    huge.resize(400'000, 'y');
    huge[2] = huge[3] = 0;
    huge[24] = huge[25] = '\xFF';
    std::string stream = tcp_packet(anna, bert, ack, 1, "x");
    stream.resize(3'000'000, 'z');
    stream[2] = stream[3] = 0;
    const Opened opened = open_packets({huge, stream});
    capture::LogReader reader(opened.file->log());
    EXPECT_EQ(reader.record(0).payload.size(), capture::LogWriter::max_datagram_v4);
    std::size_t streamed = 0;
    for (RecordIndex i = 1; i < opened.progress().records; ++i) streamed += reader.record(i).payload.size();
    EXPECT_EQ(streamed, (std::size_t{1} << 20) - 40);
}

TEST_F(Foreign, a_connection_of_many_is_forgotten_but_not_the_records) {
    FileBytes file;
    file.pcap_header(0xA1B2C3D4, 101);
    constexpr std::uint32_t connections = 100'000;
    for (std::uint32_t i = 0; i < connections; ++i) {
        const Endpoint peer{IpAddress::v4({10, static_cast<std::uint8_t>(i >> 16U),
                                           static_cast<std::uint8_t>(i >> 8U), static_cast<std::uint8_t>(i)}),
                            999};
        file.pcap_packet(i, 0, tcp_packet(peer, bert, ack, 1, "x"));
    }
    EXPECT_EQ(open(file.bytes).progress().records, connections);
}

TEST_F(Foreign, what_is_appended_is_followed) {
    FileBytes file;
    file.pcap_header(0xA1B2C3D4, 101).pcap_packet(1, 0, udp_packet(anna, bert, "one"));
    const auto path = folder / "growing.pcap";
    write_file(path, file.bytes);
    std::atomic<int> calls{0};
    CaptureFileOptions options;
    options.follow = true;
    options.on_progress = [&] { ++calls; };
    const Opened opened(path, std::move(options));
    const std::atomic<bool> never{false};
    opened.file->log()->wait_for_more(0, never);
    FileBytes more;
    more.pcap_packet(2, 0, udp_packet(anna, bert, "two"));
    std::ofstream(path, std::ios::app | std::ios::binary) << more.bytes.substr(0, 20);
    EXPECT_EQ(opened.file->log()->published(), 1U);
    std::ofstream(path, std::ios::app | std::ios::binary) << more.bytes.substr(20);
    opened.file->log()->wait_for_more(1, never);
    EXPECT_EQ(opened.words().back(), "10.0.0.2:80 < 10.0.0.1:40000 two");
    EXPECT_FALSE(opened.progress().done);
    EXPECT_GT(calls.load(), 0);
}

}  // namespace
}  // namespace sockdesk::archive
