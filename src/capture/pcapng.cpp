#include "capture/pcapng.hpp"

#include <algorithm>
#include <cstring>

namespace sockdesk::capture::pcapng {

namespace {

// Option codes, sections 3.5 and 4.
constexpr std::uint16_t opt_end = 0;
constexpr std::uint16_t shb_userappl = 4;
constexpr std::uint16_t if_name = 2;
constexpr std::uint16_t if_tsresol = 9;
constexpr std::uint16_t epb_flags = 2;
constexpr std::uint16_t epb_packetid = 5;
constexpr std::uint16_t isb_ifrecv = 4;
constexpr std::uint16_t isb_ifdrop = 5;
constexpr std::uint16_t isb_osdrop = 7;
constexpr std::uint16_t isb_usrdeliv = 8;

// epb_flags, bits 0 and 1
constexpr std::uint32_t flag_inbound = 1;
constexpr std::uint32_t flag_outbound = 2;
constexpr std::uint32_t flag_direction = 3;

// epb_packetid: the same number for the same packet. Ours: 40 bits of group, 24 bits of position.
constexpr unsigned packet_id_shift = 24;
constexpr std::uint64_t packet_id_position = (std::uint64_t{1} << packet_id_shift) - 1;

constexpr std::size_t flags_option_size = option_header_size + 4;
constexpr std::size_t packet_id_option_size = option_header_size + 8;
constexpr std::size_t packet_body_head = 20;  // from the interface number to the original length

/// Appends numbers and options to memory that is known to have room.
class Cursor {
public:
    explicit Cursor(std::uint8_t* at) : at_(at) {}

    template <typename Number>
    Cursor& put(Number value) {
        store_native(at_, value);
        at_ += sizeof value;
        return *this;
    }

    Cursor& option(std::uint16_t code, std::uint16_t size) { return put(code).put(size); }

    Cursor& time(Timestamp time) {
        const auto count = time.time_since_epoch().count();
        const auto units = static_cast<std::uint64_t>(std::max<decltype(count)>(count, 0));
        return put(static_cast<std::uint32_t>(units >> 32U)).put(static_cast<std::uint32_t>(units));
    }

private:
    std::uint8_t* at_;
};

void append(Bytes& to, const void* from, std::size_t size) {
    const auto* bytes = static_cast<const std::uint8_t*>(from);
    to.insert(to.end(), bytes, bytes + size);
}

template <typename Number>
void append_number(Bytes& to, Number value) {
    append(to, &value, sizeof value);
}

void append_option(Bytes& to, std::uint16_t code, ByteView value) {
    append_number(to, code);
    append_number(to, static_cast<std::uint16_t>(value.size()));
    to.insert(to.end(), value.begin(), value.end());
    to.resize(padded(to.size()));
}

void append_block(Bytes& to, BlockType type, const Bytes& body) {
    const auto size = static_cast<std::uint32_t>(block_frame_size + body.size());
    append_number(to, static_cast<std::uint32_t>(type));
    append_number(to, size);
    to.insert(to.end(), body.begin(), body.end());
    append_number(to, size);
}

}  // namespace

Bytes section_start(std::string_view interface_name) {
    Bytes header;
    append_number(header, byte_order_magic);
    append_number(header, std::uint16_t{1});  // version 1.0
    append_number(header, std::uint16_t{0});
    append_number(header, ~std::uint64_t{0});  // the section's length is not known in advance
    append_option(header, shb_userappl, as_bytes("Sockdesk"));
    append_option(header, opt_end, {});

    Bytes interface;
    append_number(interface, link_type_raw);
    append_number(interface, std::uint16_t{0});
    append_number(interface, std::uint32_t{0});  // packets are never cut
    constexpr std::size_t longest_name = 1024;
    const ByteView name = as_bytes(interface_name.substr(0, longest_name));
    if (!name.empty()) append_option(interface, if_name, name);
    const std::uint8_t nanoseconds[] = {9};
    append_option(interface, if_tsresol, nanoseconds);
    append_option(interface, opt_end, {});

    Bytes result;
    append_block(result, BlockType::section_header, header);
    append_block(result, BlockType::interface_description, interface);
    return result;
}

std::size_t packet_block_size(std::size_t packet_size, FanOut fan_out) {
    return packet_block_head + padded(packet_size) + flags_option_size +
           (fan_out ? packet_id_option_size : 0) + option_header_size + sizeof(std::uint32_t);
}

void write_packet_block_around(std::uint8_t* out, const PacketMeta& meta, std::size_t packet_size) {
    const auto total = static_cast<std::uint32_t>(packet_block_size(packet_size, meta.fan_out));
    const auto captured = static_cast<std::uint32_t>(packet_size);
    Cursor(out)
        .put(static_cast<std::uint32_t>(BlockType::enhanced_packet))
        .put(total)
        .put(std::uint32_t{0})
        .time(meta.time)
        .put(captured)
        .put(captured);

    std::uint8_t* end = out + packet_block_head + packet_size;
    const std::size_t padding = padded(packet_size) - packet_size;
    for (std::size_t i = 0; i < padding; ++i) *end++ = 0;
    Cursor options(end);
    options.option(epb_flags, 4).put(meta.direction == Direction::received ? flag_inbound : flag_outbound);
    if (meta.fan_out) {
        const std::uint64_t position = std::min<std::uint64_t>(meta.fan_out.position, packet_id_position);
        options.option(epb_packetid, 8).put(meta.fan_out.group << packet_id_shift | position);
    }
    options.option(opt_end, 0).put(total);
}

void write_statistics_block(std::uint8_t* out, Timestamp time, const Arrivals& arrivals) {
    const auto total = static_cast<std::uint32_t>(statistics_block_size);
    const std::uint64_t lost = arrivals.dropped + arrivals.discarded;
    Cursor(out)
        .put(static_cast<std::uint32_t>(BlockType::interface_statistics))
        .put(total)
        .put(std::uint32_t{0})
        .time(time)
        .option(isb_ifrecv, 8)
        .put(arrivals.kept + lost)
        .option(isb_ifdrop, 8)
        .put(lost)
        .option(isb_osdrop, 8)
        .put(arrivals.dropped)
        .option(isb_usrdeliv, 8)
        .put(arrivals.kept)
        .option(opt_end, 0)
        .put(total);
}

std::size_t journal_block_size(std::size_t entry_size) { return block_frame_size + padded(entry_size); }

void write_journal_block(std::uint8_t* out, std::string_view entry) {
    const auto total = static_cast<std::uint32_t>(journal_block_size(entry.size()));
    Cursor(out).put(static_cast<std::uint32_t>(BlockType::journal_export)).put(total);
    std::memcpy(out + 8, entry.data(), entry.size());
    std::memset(out + 8 + entry.size(), 0, padded(entry.size()) - entry.size());
    Cursor(out + total - 4).put(total);
}

std::optional<Block> read_block(ByteView bytes, FileOrder order) {
    if (bytes.size() < block_frame_size) return std::nullopt;
    Block block;
    block.type = load_file<std::uint32_t>(bytes.data(), order);
    block.size = load_file<std::uint32_t>(bytes.data() + 4, order);
    if (block.size < block_frame_size || block.size % 4 != 0 || block.size > bytes.size())
        return std::nullopt;
    if (load_file<std::uint32_t>(bytes.data() + block.size - 4, order) != block.size) return std::nullopt;
    block.body = bytes.subspan(8, block.size - block_frame_size);
    return block;
}

std::optional<FileOrder> section_order(ByteView bytes) {
    if (bytes.size() < 12) return std::nullopt;
    if (load_native<std::uint32_t>(bytes.data()) != static_cast<std::uint32_t>(BlockType::section_header)) {
        return std::nullopt;
    }
    const auto magic = load_native<std::uint32_t>(bytes.data() + 8);
    if (magic == byte_order_magic) return FileOrder::native;
    if (magic == byte_swapped(byte_order_magic)) return FileOrder::swapped;
    return std::nullopt;
}

std::optional<EnhancedPacket> read_enhanced_packet(ByteView body, FileOrder order) {
    if (body.size() < packet_body_head) return std::nullopt;
    const auto word = [&](std::size_t at) { return load_file<std::uint32_t>(body.data() + at, order); };
    EnhancedPacket result;
    result.interface_id = word(0);
    result.time_units = std::uint64_t{word(4)} << 32U | word(8);
    const std::size_t captured = word(12);
    result.original_size = word(16);
    if (captured > body.size() - packet_body_head) return std::nullopt;
    result.packet = body.subspan(packet_body_head, captured);

    const std::size_t options_at = std::min(packet_body_head + padded(captured), body.size());
    OptionReader options(body.subspan(options_at), order);
    while (const auto option = options.next()) {
        if (option->code == epb_flags && option->value.size() == 4) {
            const auto flags = load_file<std::uint32_t>(option->value.data(), order) & flag_direction;
            if (flags == flag_inbound) result.direction = Direction::received;
            if (flags == flag_outbound) result.direction = Direction::sent;
        } else if (option->code == epb_packetid && option->value.size() == 8) {
            const auto id = load_file<std::uint64_t>(option->value.data(), order);
            result.fan_out = {id >> packet_id_shift, static_cast<std::uint32_t>(id & packet_id_position)};
        }
    }
    return result;
}

std::optional<Option> OptionReader::next() {
    if (rest_.size() < option_header_size) return std::nullopt;
    const auto code = load_file<std::uint16_t>(rest_.data(), order_);
    const std::size_t size = load_file<std::uint16_t>(rest_.data() + 2, order_);
    if (code == opt_end || size > rest_.size() - option_header_size) return std::nullopt;
    const Option option{code, rest_.subspan(option_header_size, size)};
    rest_ = rest_.subspan(std::min(option_header_size + padded(size), rest_.size()));
    return option;
}

}  // namespace sockdesk::capture::pcapng
