#include "archive/native_blocks.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

#include "archive/pcapng_reader.hpp"
#include "capture/ip_packet.hpp"
#include "capture/pcapng.hpp"

namespace sockdesk::archive {

using capture::load_native;
using capture::load_network;
namespace pcapng = capture::pcapng;
using pcapng::BlockType;

namespace {

constexpr std::uint16_t shb_userappl = 4;
constexpr std::size_t section_head = 16;

/// A section header of this byte order that names this program.
bool is_native_section(ByteView body) {
    if (body.size() < section_head || load_native<std::uint32_t>(body.data()) != pcapng::byte_order_magic)
        return false;
    pcapng::OptionReader options(body.subspan(section_head), capture::FileOrder::native);
    while (const auto option = options.next()) {
        if (option->code == shb_userappl) return as_chars(option->value) == "Sockdesk";
    }
    return false;
}

/// Raw IP and nanoseconds: what readers of a log take for granted.
bool is_native_interface(const Interface& interface) {
    return interface.link_type == pcapng::link_type_raw && interface.time_units.resolution == 9 &&
           interface.time_units.offset_seconds == 0;
}

/// Places in a packet block and in the packet that it carries.
constexpr std::size_t epb_head = 20;
constexpr std::uint8_t protocol_tcp = 6;
constexpr std::uint8_t protocol_udp = 17;

/// What `parse_ip_packet` asks of a packet of UDP, without taking it apart.
bool holds_datagram(ByteView packet, std::size_t ip_size) {
    const bool v4 = ip_size == capture::ipv4_header_size;
    const auto number = [&](std::size_t at) { return load_network<std::uint16_t>(packet.data() + at); };
    std::size_t body = packet.size() - ip_size;
    if (v4) {
        constexpr std::uint16_t fragment = 0x3FFF;
        const std::size_t total = number(2);
        if ((number(6) & fragment) != 0 || (total != 0 && total < ip_size)) return false;
        if (total != 0) body = std::min(body, total - ip_size);
    } else if (number(4) != 0) {
        body = std::min<std::size_t>(body, number(4));
    }
    return body >= capture::udp_header_size && number(ip_size + 4) >= capture::udp_header_size;
}

}  // namespace

std::optional<NativeStart> native_start(ByteView head) {
    NativeStart result;
    bool section = false;
    bool interface = false;
    while (const auto block = pcapng::read_block(head)) {
        if (block->is(BlockType::section_header)) {
            if (section) break;
            if (!is_native_section(block->body)) return std::nullopt;
            section = true;
        } else if (block->is(BlockType::interface_description)) {
            const auto described = read_interface(block->body, capture::FileOrder::native);
            if (!described || !is_native_interface(*described)) return std::nullopt;
            if (!interface) result.name = described->name;
            interface = true;
        } else if (block->is(BlockType::enhanced_packet) || block->is(BlockType::journal_export)) {
            break;
        }
        head = head.subspan(block->size);
    }
    if (!section || !interface) return std::nullopt;
    return result;
}

NativeBlocks::Found NativeBlocks::next(ByteView bytes, RecordIndex index) {
    Found found;
    const auto broken = [](const char* why) {
        Found result;
        result.kind = Found::Kind::broken;
        result.why = why;
        return result;
    };
    found.kind = Found::Kind::incomplete;
    if (bytes.size() < pcapng::block_frame_size) return found;
    found.size = load_native<std::uint32_t>(bytes.data() + 4);
    if (load_native<std::uint32_t>(bytes.data()) == static_cast<std::uint32_t>(BlockType::section_header) &&
        pcapng::section_order(bytes) != capture::FileOrder::native) {
        return broken("a section of another byte order, written by another program");
    }
    if (found.size < pcapng::block_frame_size || found.size % 4 != 0) {
        return broken("a block of a length that no block has");
    }
    if (bytes.size() < found.size) return found;
    if (load_native<std::uint32_t>(bytes.data() + found.size - 4) != found.size) {
        return broken("a block whose two lengths differ");
    }
    const ByteView body = bytes.subspan(8, found.size - pcapng::block_frame_size);
    found.kind = Found::Kind::other;
    switch (static_cast<BlockType>(load_native<std::uint32_t>(bytes.data()))) {
        case BlockType::enhanced_packet:
            return packet(body, found.size, index);
        case BlockType::journal_export:
            found.kind = Found::Kind::record;
            return found;
        case BlockType::section_header:
            if (!is_native_section(body)) return broken("a section that another program wrote");
            return found;
        case BlockType::interface_description: {
            const auto described = read_interface(body, capture::FileOrder::native);
            if (!described || !is_native_interface(*described)) {
                return broken("an interface of another kind than those of this program");
            }
            return found;
        }
        default:
            return found;
    }
}

NativeBlocks::Found NativeBlocks::packet(ByteView body, std::size_t size, RecordIndex index) {
    Found found;
    found.size = size;
    if (body.size() < epb_head) {
        found.kind = Found::Kind::broken;
        found.why = "a packet block that is too short";
        return found;
    }
    const std::uint64_t time = std::uint64_t{load_native<std::uint32_t>(body.data() + 4)} << 32U |
                               load_native<std::uint32_t>(body.data() + 8);
    found.time = Timestamp(std::chrono::nanoseconds(
        static_cast<std::int64_t>(std::min<std::uint64_t>(time, std::numeric_limits<std::int64_t>::max()))));
    const std::size_t captured = load_native<std::uint32_t>(body.data() + 12);
    if (captured > body.size() - epb_head) {
        found.kind = Found::Kind::broken;
        found.why = "a packet that is longer than its block";
        return found;
    }
    const ByteView packet = body.subspan(epb_head, captured);

    // The headers that this program writes are told by a few bytes: looking at a million datagrams should not take a second.
    const bool v4 = packet.size() >= capture::ipv4_header_size && packet[0] == 0x45;
    const bool v6 = packet.size() >= capture::ipv6_header_size && packet[0] >> 4U == 6;
    const std::size_t ip_size = v4 ? capture::ipv4_header_size : capture::ipv6_header_size;
    const std::uint8_t protocol = v4 ? packet[9] : v6 ? packet[6] : std::uint8_t{0};
    if (protocol == protocol_udp) {
        if (holds_datagram(packet, ip_size)) found.kind = Found::Kind::record;
        return found;
    }
    if (protocol != protocol_tcp) return found;
    const auto ip = capture::parse_ip_packet(packet, capture::PacketOrigin::ours);
    if (!ip || ip->transport != capture::Transport::tcp || ip->payload.empty()) return found;

    Key key{};
    std::memcpy(key.bytes, packet.data() + (v4 ? 12 : 8), v4 ? 8 : 32);
    std::memcpy(key.bytes + 32, packet.data() + ip_size, 4);
    key.bytes[36] = v4 ? 4 : 6;
    // A connection of a socket with itself has the same addresses both ways.
    const auto enhanced = ip->source == ip->destination ? pcapng::read_enhanced_packet(body) : std::nullopt;
    key.bytes[37] = enhanced && enhanced->direction == capture::Direction::sent ? 1 : 0;
    constexpr std::uint32_t first_data = 1;  // the initial sequence number is 0 and SYN takes it
    const std::uint64_t offset = std::uint64_t{ip->tcp.offset_high} << 32U | (ip->tcp.sequence - first_data);
    found.kind = Found::Kind::record;
    found.previous_in_stream_distance = enter_in_stream(key, offset, ip->payload.size(), index);
    return found;
}

/// A connection between the same ends as an earlier one begins at offset 0 again, so it is not taken for that one.
std::uint32_t NativeBlocks::enter_in_stream(const Key& key, std::uint64_t offset, std::size_t payload,
                                            RecordIndex index) {
    Stream* stream = streams_.find(key);
    if (stream == nullptr) stream = &streams_.insert(key, {index, offset});
    std::uint64_t distance = index - stream->last_record;
    if (stream->next_offset != offset || offset == 0) distance = 0;
    if (distance > std::numeric_limits<std::uint32_t>::max()) distance = 0;
    *stream = {index, offset + payload};
    return static_cast<std::uint32_t>(distance);
}

}  // namespace sockdesk::archive
