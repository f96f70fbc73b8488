#include "archive/pcap_reader.hpp"

#include <bit>
#include <utility>

#include <fmt/format.h>

#include "archive/link_layer.hpp"

namespace sockdesk::archive {

using capture::FileOrder;
using capture::load_file;

namespace {

constexpr std::size_t file_header_size = 24;
constexpr std::size_t packet_header_size = 16;
/// Interface number, protocol, packet type and a byte of padding follow.
constexpr std::size_t patched_header_size = 24;

constexpr std::uint32_t magic_microseconds = 0xA1B2C3D4;
constexpr std::uint32_t magic_nanoseconds = 0xA1B23C4D;
constexpr std::uint32_t magic_patched = 0xA1B2CD34;

}  // namespace

std::unique_ptr<PacketReader> PcapReader::from(ByteView head) {
    if (head.size() < 4) return nullptr;
    constexpr std::pair<std::uint32_t, Variant> magics[] = {
        {magic_microseconds, Variant::microseconds},
        {magic_nanoseconds, Variant::nanoseconds},
        {magic_patched, Variant::patched},
    };
    for (const FileOrder order : {FileOrder::native, FileOrder::swapped}) {
        const auto magic = load_file<std::uint32_t>(head.data(), order);
        for (const auto& [known, variant] : magics) {
            if (magic != known) continue;
            std::unique_ptr<PcapReader> reader(new PcapReader(variant, order));
            // For the description, which is asked for before the first step.
            if (head.size() >= file_header_size) {
                reader->link_type_ = load_file<std::uint32_t>(head.data() + 20, order) & 0xFFFFU;
            }
            return reader;
        }
    }
    return nullptr;
}

std::string PcapReader::description() const {
    const bool big = (std::endian::native == std::endian::big) == (order_ == FileOrder::native);
    std::string details;
    if (variant_ == Variant::nanoseconds) details = "nanoseconds";
    if (variant_ == Variant::patched) details = "modified";
    if (big) details += details.empty() ? "big-endian" : ", big-endian";
    return fmt::format("pcap{}, {}", details.empty() ? "" : " (" + details + ")", link_type_name(link_type_));
}

Step PcapReader::next(ByteView bytes) {
    if (in_packets_) return packet_at(bytes);
    if (bytes.size() < file_header_size) return Step::make(Step::Kind::incomplete, file_header_size);
    in_packets_ = true;
    // The upper half says how long the frame check sequence is, which an IP packet's own length leaves out.
    link_type_ = load_file<std::uint32_t>(bytes.data() + 20, order_) & 0xFFFFU;
    if (!is_known_link_type(link_type_)) return Step::broken(unknown_link_type(link_type_));
    return Step::make(Step::Kind::other, file_header_size);
}

Step PcapReader::packet_at(ByteView bytes) const {
    const std::size_t head = variant_ == Variant::patched ? patched_header_size : packet_header_size;
    if (bytes.size() < head) return Step::make(Step::Kind::incomplete, head);
    const auto word = [&](std::size_t at) { return load_file<std::uint32_t>(bytes.data() + at, order_); };
    const std::uint32_t captured = word(8);
    if (captured > longest_block) {
        return Step::broken(fmt::format("a packet of {} bytes, which no capture has", captured));
    }
    Step step = Step::make(Step::Kind::packet, head + captured);
    if (bytes.size() < step.size) return Step::make(Step::Kind::incomplete, step.size);

    constexpr std::uint64_t nanoseconds_in_microsecond = 1000;
    const std::uint64_t unit = variant_ == Variant::nanoseconds ? 1 : nanoseconds_in_microsecond;
    step.packet.time = time_from(word(0), word(4) * unit);
    step.packet.link_type = link_type_;
    step.packet.original_size = word(12);
    step.packet.bytes = bytes.subspan(head, captured);
    // 0 may mean "to this machine", or that the writer did not know.
    if (variant_ == Variant::patched && bytes[22] != 0) {
        step.packet.direction = direction_of_packet_type(bytes[22]);
    }
    return step;
}

}  // namespace sockdesk::archive
