// The older format of tcpdump: draft-ietf-opsawg-pcap, in either byte order, with microseconds or nanoseconds, and with the longer
// packet headers of a once patched libpcap.
#pragma once

#include "archive/packet_reader.hpp"
#include "capture/byte_order.hpp"

namespace sockdesk::archive {

class PcapReader final : public PacketReader {
public:
    /// Null unless the file begins as one.
    static std::unique_ptr<PacketReader> from(ByteView head);

    Step next(ByteView bytes) override;
    std::string description() const override;

private:
    enum class Variant : std::uint8_t { microseconds, nanoseconds, patched };

    PcapReader(Variant variant, capture::FileOrder order) : variant_(variant), order_(order) {}

    Step packet_at(ByteView bytes) const;

    Variant variant_;
    capture::FileOrder order_;
    bool in_packets_ = false;  ///< the header has been read
    std::uint32_t link_type_ = 0;
};

}  // namespace sockdesk::archive
