#include "capture/pcapng.hpp"

#include <algorithm>
#include <map>

#include "support.hpp"

namespace sockdesk::capture::pcapng {
namespace {

Bytes packet_block(ByteView packet, const PacketMeta& meta) {
    Bytes block(packet_block_size(packet.size(), meta.fan_out), 0xEE);
    std::copy(packet.begin(), packet.end(), block.begin() + packet_block_head);
    write_packet_block_around(block.data(), meta, packet.size());
    return block;
}

/// The same block as a machine of the other byte order writes it; fields of 4 bytes, then options of 2+2+4
/// and 2+2+8.
Bytes swapped(Bytes block, std::size_t packet_size) {
    const auto swap = [&](std::size_t at, std::size_t width) {
        std::reverse(block.begin() + static_cast<std::ptrdiff_t>(at),
                     block.begin() + static_cast<std::ptrdiff_t>(at + width));
    };
    for (std::size_t at = 0; at < packet_block_head; at += 4) swap(at, 4);
    std::size_t at = packet_block_head + padded(packet_size);
    for (const std::size_t width : {4U, 8U, 0U}) {
        swap(at, 2);
        swap(at + 2, 2);
        swap(at + 4, width);
        at += 4 + width;
    }
    swap(at, 4);
    return block;
}

TEST(Pcapng, a_section_begins_with_its_header_and_interface) {
    const Bytes start = section_start("udp 127.0.0.1:54321");
    EXPECT_EQ(section_order(start), FileOrder::native);
    const auto header = read_block(start);
    ASSERT_TRUE(header);
    EXPECT_TRUE(header->is(BlockType::section_header));
    const auto interface = read_block(ByteView(start).subspan(header->size));
    ASSERT_TRUE(interface);
    EXPECT_TRUE(interface->is(BlockType::interface_description));
    EXPECT_EQ(header->size + interface->size, start.size());
    EXPECT_EQ(load_native<std::uint16_t>(interface->body.data()), link_type_raw);
    OptionReader options(interface->body.subspan(8), FileOrder::native);
    EXPECT_EQ(as_chars(options.next()->value), "udp 127.0.0.1:54321");
    const auto resolution = options.next();
    EXPECT_EQ(resolution->code, 9);
    EXPECT_EQ(resolution->value[0], 9);
    EXPECT_FALSE(options.next());
}

TEST(Pcapng, packets_are_read_back_in_either_order) {
    const PacketMeta meta{at(0x0123'4567'89AB'CDEF), Direction::sent, {77, 5}};
    for (const std::size_t size : {0U, 1U, 2U, 3U, 4U, 100U}) {
        const Bytes packet = pattern(size);
        const Bytes block = packet_block(packet, meta);
        for (const FileOrder order : {FileOrder::native, FileOrder::swapped}) {
            const Bytes bytes = order == FileOrder::native ? block : swapped(block, size);
            const auto read = read_block(bytes, order);
            ASSERT_TRUE(read);
            ASSERT_TRUE(read->is(BlockType::enhanced_packet));
            const auto content = read_enhanced_packet(read->body, order);
            ASSERT_TRUE(content);
            EXPECT_EQ(content->time_units, 0x0123'4567'89AB'CDEFU);
            EXPECT_EQ(copy(content->packet), packet);
            EXPECT_EQ(content->original_size, size);
            EXPECT_EQ(content->direction, Direction::sent);
            EXPECT_EQ(content->fan_out, (FanOut{77, 5}));
        }
    }
}

TEST(Pcapng, times_before_the_epoch_are_the_epoch) {
    const Bytes block = packet_block({}, {at(-1), Direction::received, {}});
    EXPECT_EQ(read_enhanced_packet(read_block(block)->body)->time_units, 0U);
}

TEST(Pcapng, statistics_and_journal_blocks_are_whole) {
    Bytes statistics(statistics_block_size);
    write_statistics_block(statistics.data(), at(1), {.kept = 2, .dropped = 3, .discarded = 4});
    const auto read_back = read_block(statistics);
    ASSERT_TRUE(read_back);
    EXPECT_EQ(read_back->size, statistics_block_size);
    OptionReader options(read_back->body.subspan(12), FileOrder::native);
    std::map<int, std::uint64_t> numbers;
    while (const auto option = options.next())
        numbers[option->code] = load_native<std::uint64_t>(option->value.data());
    // isb_ifrecv, isb_ifdrop, isb_osdrop, isb_usrdeliv
    EXPECT_EQ(numbers, (std::map<int, std::uint64_t>{{4, 9}, {5, 7}, {7, 3}, {8, 2}}));
    for (const std::string entry : {"", "A=1\n", "AB=1\n", "ABC=1\n", "ABCD=1\n"}) {
        Bytes block(journal_block_size(entry.size()), 0xEE);
        write_journal_block(block.data(), entry);
        const auto read = read_block(block);
        ASSERT_TRUE(read);
        EXPECT_EQ(as_chars(read->body).substr(0, entry.size()), entry);
        EXPECT_LT(read->body.size() - entry.size(), 4U);
    }
}

TEST(Pcapng, hostile_lengths_are_refused) {
    const Bytes good = packet_block(pattern(10), {});
    const auto with = [&](std::size_t at, std::uint32_t value) {
        Bytes changed = good;
        store_native(changed.data() + at, value);
        return changed;
    };
    const auto size = static_cast<std::uint32_t>(good.size());
    for (const std::uint32_t length :
         {0U, 4U, 11U, size - 4, size + 4, size - 1, 0xFFFF'FFFFU, 0xFFFF'FFFCU}) {
        EXPECT_FALSE(read_block(with(4, length))) << length;
        EXPECT_FALSE(read_block(with(good.size() - 4, length))) << length;
    }
    for (std::size_t cut = 1; cut <= good.size(); ++cut) {
        const Bytes part(good.begin(), good.end() - static_cast<std::ptrdiff_t>(cut));
        EXPECT_FALSE(read_block(part));
    }
    // Captured lengths beyond the block, also such that the padded one wraps.
    for (const std::uint32_t captured : {size, 0xFFFF'FFFFU, 0xFFFF'FFFDU}) {
        const Bytes changed = with(20, captured);
        EXPECT_FALSE(read_enhanced_packet(read_block(changed)->body));
    }
    EXPECT_FALSE(read_enhanced_packet(ByteView(good).first(19)));
}

TEST(Pcapng, an_option_that_does_not_fit_ends_the_list) {
    const Bytes bytes{1, 0, 2, 0, 'a', 'b', 0, 0, 1, 0, 200, 0, 'x'};
    OptionReader options(bytes, FileOrder::native);
    EXPECT_EQ(as_chars(options.next()->value), "ab");
    EXPECT_FALSE(options.next());
    EXPECT_FALSE(options.next());
    const Bytes unpadded{1, 0, 1, 0, 'a'};
    OptionReader last(unpadded, FileOrder::native);
    EXPECT_EQ(as_chars(last.next()->value), "a");
    EXPECT_FALSE(last.next());
}

TEST(Pcapng, section_order_needs_the_magic) {
    Bytes bytes = section_start("x");
    std::reverse(bytes.begin() + 8, bytes.begin() + 12);
    EXPECT_EQ(section_order(bytes), FileOrder::swapped);
    bytes[8] = 0;
    EXPECT_FALSE(section_order(bytes));
    EXPECT_FALSE(section_order(as_bytes("short")));
}

}  // namespace
}  // namespace sockdesk::capture::pcapng
