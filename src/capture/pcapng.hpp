// Blocks of draft-ietf-opsawg-pcapng: written in this machine's byte order, read in either.
//
// Every block is: type (4 bytes), total length (4), body, total length again (4). The total length counts all
// of these and is a multiple of 4.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "capture/byte_order.hpp"
#include "capture/record.hpp"

namespace sockdesk::capture::pcapng {

enum class BlockType : std::uint32_t {
    interface_description = 1,    ///< section 4.2
    interface_statistics = 5,     ///< section 4.5
    enhanced_packet = 6,          ///< section 4.3
    journal_export = 9,           ///< section 4.7
    section_header = 0x0A0D0D0A,  ///< section 4.1; reads the same in both byte orders
};

inline constexpr std::uint32_t byte_order_magic = 0x1A2B3C4D;
inline constexpr std::uint16_t link_type_raw = 101;  ///< packets begin with an IPv4 or IPv6 header

inline constexpr std::size_t block_frame_size = 12;
inline constexpr std::size_t option_header_size = 4;

constexpr std::size_t padded(std::size_t size) { return (size + 3) & ~std::size_t{3}; }

// ---- writing

/// A section header and the description of its one interface (number 0): link type RAW, nanoseconds.
Bytes section_start(std::string_view interface_name);

/// What an enhanced packet block has beside the packet.
struct PacketMeta {
    Timestamp time{};
    Direction direction = Direction::received;
    FanOut fan_out;
};

/// The whole block for a packet of that many bytes.
std::size_t packet_block_size(std::size_t packet_size, FanOut fan_out);

/// Bytes of the block before the packet.
inline constexpr std::size_t packet_block_head = 28;

/// Writes all of the block but the packet, which the caller puts at `out + packet_block_head`.
void write_packet_block_around(std::uint8_t* out, const PacketMeta& meta, std::size_t packet_size);

/// Interface statistics: what came so far and what became of it. The session is the interface, so what was lost for want of
/// memory, in the kernel or here, is dropped by the interface (isb_ifdrop, the number that Wireshark shows); the kernel's part
/// of it is isb_osdrop. isb_ifrecv - isb_ifdrop = isb_usrdeliv, the packets in the file.
inline constexpr std::size_t statistics_block_size = 76;
void write_statistics_block(std::uint8_t* out, Timestamp time, const Arrivals& arrivals);

/// A journal export block around `entry`, padded with zero bytes.
std::size_t journal_block_size(std::size_t entry_size);
void write_journal_block(std::uint8_t* out, std::string_view entry);

// ---- reading; nothing is taken on trust, nothing beyond the bytes given is touched

struct Block {
    std::uint32_t type = 0;
    std::size_t size = 0;  ///< with its frame
    ByteView body;

    bool is(BlockType wanted) const { return type == static_cast<std::uint32_t>(wanted); }
};

/// The block at the beginning of `bytes`; none when it is not there as a whole or its two lengths disagree.
/// The order of a section header is in itself, see `section_order`.
std::optional<Block> read_block(ByteView bytes, FileOrder order = FileOrder::native);

/// The byte order of the section that begins with the section header at the beginning of `bytes`; none if it
/// is not one.
std::optional<FileOrder> section_order(ByteView bytes);

struct EnhancedPacket {
    std::uint32_t interface_id = 0;
    std::uint64_t time_units = 0;  ///< of the interface's resolution; ours: nanoseconds
    std::uint32_t original_size = 0;
    ByteView packet;  ///< what was captured of it
    std::optional<Direction> direction;
    FanOut fan_out;  ///< from epb_packetid: means something in our files only
};

/// From the body of an enhanced packet block.
std::optional<EnhancedPacket> read_enhanced_packet(ByteView body, FileOrder order = FileOrder::native);

struct Option {
    std::uint16_t code = 0;
    ByteView value;
};

/// Goes through an option list (section 3.5), to its end or to the first option that does not fit.
class OptionReader {
public:
    OptionReader(ByteView options, FileOrder order) : rest_(options), order_(order) {}
    std::optional<Option> next();

private:
    ByteView rest_;
    FileOrder order_;
};

}  // namespace sockdesk::capture::pcapng
