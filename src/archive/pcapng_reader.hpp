// pcapng as any program may write it: draft-ietf-opsawg-pcapng in either byte order, several sections, several interfaces with link
// types and time resolutions of their own, and the packet blocks that we never write.
#pragma once

#include <vector>

#include "archive/packet_reader.hpp"
#include "capture/pcapng.hpp"

namespace sockdesk::archive {

/// What an interface description says of times: units of 10⁻ⁿ or 2⁻ⁿ seconds, and seconds to be added.
struct TimeUnits {
    std::uint8_t resolution = 6;  ///< if_tsresol as it stands in the file
    std::int64_t offset_seconds = 0;

    Timestamp time(std::uint64_t units) const;
};

struct Interface {
    std::uint32_t link_type = 0;
    std::uint32_t most_captured = 0;  ///< of each packet; 0: no limit
    TimeUnits time_units;
    std::string name;
};

/// From the body of an interface description block.
std::optional<Interface> read_interface(ByteView body, capture::FileOrder order);

class PcapngReader final : public PacketReader {
public:
    /// Null unless the file begins as one.
    static std::unique_ptr<PacketReader> from(ByteView head);

    Step next(ByteView bytes) override;
    std::string description() const override;

    const std::vector<Interface>& interfaces() const { return interfaces_; }

private:
    explicit PcapngReader(capture::FileOrder order) : order_(order) {}

    Step section(ByteView body, std::size_t size);
    Step enhanced_packet(ByteView body, std::size_t size) const;
    Step simple_packet(ByteView body, std::size_t size) const;
    Step obsolete_packet(ByteView body, std::size_t size) const;
    const Interface* interface_of(std::uint32_t number) const;
    Step packet(std::uint32_t interface, std::size_t size) const;

    capture::FileOrder order_;
    std::vector<Interface> interfaces_;  ///< of this section
    std::uint32_t interfaces_before_ = 0;
};

}  // namespace sockdesk::archive
