#include "archive/pcapng_reader.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include <fmt/format.h>

namespace sockdesk::archive {

using capture::FileOrder;
using capture::load_file;
namespace pcapng = capture::pcapng;

namespace {

// Beside those that we write ourselves.
constexpr std::uint32_t block_obsolete_packet = 2;
constexpr std::uint32_t block_simple_packet = 3;

constexpr std::uint16_t if_name = 2;
constexpr std::uint16_t if_tsresol = 9;
constexpr std::uint16_t if_tsoffset = 14;

constexpr std::size_t interface_head = 8;
constexpr std::size_t section_head = 16;
constexpr std::size_t most_interfaces = 65'536;
constexpr std::size_t longest_interface_name = 1024;

/// epb_flags and pack_flags, bits 0 and 1
std::optional<capture::Direction> direction_in(std::uint32_t flags) {
    if ((flags & 3U) == 1) return capture::Direction::received;
    if ((flags & 3U) == 2) return capture::Direction::sent;
    return std::nullopt;
}

}  // namespace

Timestamp TimeUnits::time(std::uint64_t units) const {
    __extension__ using Wide = unsigned __int128;
    constexpr std::uint64_t second = 1'000'000'000;
    const unsigned exponent = resolution & 0x7FU;
    std::uint64_t seconds = 0;
    std::uint64_t nanoseconds = 0;
    if ((resolution & 0x80U) != 0) {
        if (exponent < 64) {
            const std::uint64_t fraction = exponent == 0 ? 0 : units & ((std::uint64_t{1} << exponent) - 1);
            seconds = units >> exponent;
            nanoseconds = static_cast<std::uint64_t>(Wide{fraction} * second >> exponent);
        } else if (exponent - 64 < 64) {
            nanoseconds = static_cast<std::uint64_t>((Wide{units} * second >> 64U) >> (exponent - 64));
        }
    } else {
        // 10⁻¹⁹ seconds are the finest that 64 bits can say anything in.
        std::uint64_t per_second = 1;
        constexpr unsigned finest = 19;
        if (exponent <= finest) {
            for (unsigned i = 0; i < exponent; ++i) per_second *= 10;
            seconds = units / per_second;
            nanoseconds = static_cast<std::uint64_t>(Wide{units % per_second} * second / per_second);
        } else {
            Wide rest = Wide{units} * second;
            for (unsigned i = 0; i < exponent && rest != 0; ++i) rest /= 10;
            nanoseconds = static_cast<std::uint64_t>(rest);
        }
    }
    constexpr std::uint64_t most = std::uint64_t{1} << 40;  // far beyond what a log can say
    const auto whole = static_cast<std::int64_t>(std::min(seconds, most));
    const std::int64_t offset = std::clamp<std::int64_t>(offset_seconds, -std::int64_t{1} << 41, most);
    return time_from(whole + offset, nanoseconds);
}

std::optional<Interface> read_interface(ByteView body, FileOrder order) {
    if (body.size() < interface_head) return std::nullopt;
    Interface result;
    result.link_type = load_file<std::uint16_t>(body.data(), order);
    result.most_captured = load_file<std::uint32_t>(body.data() + 4, order);
    pcapng::OptionReader options(body.subspan(interface_head), order);
    while (const auto option = options.next()) {
        if (option->code == if_tsresol && option->value.size() == 1) {
            result.time_units.resolution = option->value[0];
        } else if (option->code == if_tsoffset && option->value.size() == 8) {
            result.time_units.offset_seconds =
                static_cast<std::int64_t>(load_file<std::uint64_t>(option->value.data(), order));
        } else if (option->code == if_name) {
            result.name =
                as_chars(option->value.first(std::min(option->value.size(), longest_interface_name)));
        }
    }
    return result;
}

std::unique_ptr<PacketReader> PcapngReader::from(ByteView head) {
    const auto order = pcapng::section_order(head);
    if (!order) return nullptr;
    return std::unique_ptr<PcapngReader>(new PcapngReader(*order));
}

std::string PcapngReader::description() const {
    const bool big = (std::endian::native == std::endian::big) == (order_ == FileOrder::native);
    return big ? "pcapng (big-endian)" : "pcapng";
}

Step PcapngReader::next(ByteView bytes) {
    if (bytes.size() < pcapng::block_frame_size) {
        return Step::make(Step::Kind::incomplete, pcapng::block_frame_size);
    }
    // A section's byte order is in its header, and reads the same in both.
    const bool is_section = load_file<std::uint32_t>(bytes.data(), FileOrder::native) ==
                            static_cast<std::uint32_t>(pcapng::BlockType::section_header);
    FileOrder order = order_;
    if (is_section) {
        const auto stated = pcapng::section_order(bytes);
        if (!stated) return Step::broken("a section header without a byte order");
        order = *stated;
    }
    const std::size_t size = load_file<std::uint32_t>(bytes.data() + 4, order);
    if (size < pcapng::block_frame_size || size % 4 != 0 || size > longest_block) {
        return Step::broken(fmt::format("a block of {} bytes, which no capture has", size));
    }
    if (bytes.size() < size) return Step::make(Step::Kind::incomplete, size);
    const auto block = pcapng::read_block(bytes, order);
    if (!block) return Step::broken("a block whose two lengths differ");

    if (is_section) {
        order_ = order;
        return section(block->body, size);
    }
    if (block->is(pcapng::BlockType::interface_description)) {
        auto described = read_interface(block->body, order_);
        if (!described) return Step::broken("an interface description that is too short");
        if (interfaces_.size() >= most_interfaces) return Step::broken("too many interfaces");
        interfaces_.push_back(std::move(*described));
        return Step::make(Step::Kind::other, size);
    }
    if (block->is(pcapng::BlockType::enhanced_packet)) return enhanced_packet(block->body, size);
    if (block->type == block_simple_packet) return simple_packet(block->body, size);
    if (block->type == block_obsolete_packet) return obsolete_packet(block->body, size);
    if (block->is(pcapng::BlockType::journal_export)) {
        Step step = Step::make(Step::Kind::event, size);
        step.event_body = block->body;
        return step;
    }
    return Step::make(Step::Kind::other, size);
}

Step PcapngReader::section(ByteView body, std::size_t size) {
    if (body.size() < section_head) return Step::broken("a section header that is too short");
    const auto major = load_file<std::uint16_t>(body.data() + 4, order_);
    if (major != 1)
        return Step::broken(fmt::format("a section of version {}; version 1 is understood", major));
    interfaces_before_ += static_cast<std::uint32_t>(interfaces_.size());
    interfaces_.clear();
    return Step::make(Step::Kind::other, size);
}

const Interface* PcapngReader::interface_of(std::uint32_t number) const {
    return number < interfaces_.size() ? &interfaces_[number] : nullptr;
}

Step PcapngReader::packet(std::uint32_t number, std::size_t size) const {
    const Interface* interface = interface_of(number);
    if (interface == nullptr) {
        Step step = Step::make(Step::Kind::unusable, size);
        step.why = "of an interface that is not described";
        return step;
    }
    Step step = Step::make(Step::Kind::packet, size);
    step.packet.interface = interfaces_before_ + number;
    step.packet.link_type = interface->link_type;
    return step;
}

Step PcapngReader::enhanced_packet(ByteView body, std::size_t size) const {
    const auto found = pcapng::read_enhanced_packet(body, order_);
    if (!found) return Step::broken("a packet that is longer than its block");
    Step step = packet(found->interface_id, size);
    if (step.kind != Step::Kind::packet) return step;
    step.packet.time = interface_of(found->interface_id)->time_units.time(found->time_units);
    step.packet.original_size = found->original_size;
    step.packet.bytes = found->packet;
    step.packet.direction = found->direction;
    return step;
}

/// Has no time: the log gives it that of the packet before.
Step PcapngReader::simple_packet(ByteView body, std::size_t size) const {
    if (body.size() < 4) return Step::broken("a simple packet block that is too short");
    Step step = packet(0, size);
    if (step.kind != Step::Kind::packet) return step;
    step.packet.original_size = load_file<std::uint32_t>(body.data(), order_);
    std::size_t captured = std::min<std::size_t>(step.packet.original_size, body.size() - 4);
    if (const std::size_t most = interface_of(0)->most_captured; most != 0)
        captured = std::min(captured, most);
    step.packet.bytes = body.subspan(4, captured);
    return step;
}

Step PcapngReader::obsolete_packet(ByteView body, std::size_t size) const {
    constexpr std::size_t head = 20;
    if (body.size() < head) return Step::broken("a packet block that is too short");
    const auto word = [&](std::size_t at) { return load_file<std::uint32_t>(body.data() + at, order_); };
    const std::size_t captured = word(12);
    if (captured > body.size() - head) return Step::broken("a packet that is longer than its block");
    const std::uint32_t number = load_file<std::uint16_t>(body.data(), order_);
    Step step = packet(number, size);
    if (step.kind != Step::Kind::packet) return step;
    step.packet.time = interface_of(number)->time_units.time(std::uint64_t{word(4)} << 32U | word(8));
    step.packet.original_size = word(16);
    step.packet.bytes = body.subspan(head, captured);
    pcapng::OptionReader options(body.subspan(std::min(head + pcapng::padded(captured), body.size())),
                                 order_);
    constexpr std::uint16_t pack_flags = 2;
    while (const auto option = options.next()) {
        if (option->code == pack_flags && option->value.size() == 4) {
            step.packet.direction = direction_in(load_file<std::uint32_t>(option->value.data(), order_));
        }
    }
    return step;
}

}  // namespace sockdesk::archive
