// What readers of capture files of other programs have in common: they look at bytes, answer what stands at their beginning, and
// do no I/O. Nothing is taken on trust and nothing beyond the bytes given is touched.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "capture/record.hpp"

namespace sockdesk::archive {

/// No block or packet of a sane file is longer; what says it is, is broken.
inline constexpr std::size_t longest_block = std::size_t{64} << 20;

/// One packet as it was captured. `bytes` points into what the reader was given.
struct CapturedPacket {
    Timestamp time{};
    std::uint32_t interface = 0;  ///< number within the file; a later section begins with a new one
    std::uint32_t link_type = 0;
    std::uint32_t original_size = 0;  ///< on the wire; more than `bytes` when it was cut
    ByteView bytes;
    std::optional<capture::Direction> direction;
};

struct Step {
    enum class Kind : std::uint8_t {
        packet,      ///< `packet`
        event,       ///< `event_body`: an entry of a journal
        other,       ///< something without a meaning here
        unusable,    ///< a packet that cannot be told what it is; `why`
        incomplete,  ///< goes on beyond the bytes given: at least `size` of them are needed
        broken,      ///< reading cannot go on; `why`
    };

    Kind kind = Kind::other;
    std::size_t size = 0;  ///< of what was read: the next begins there
    CapturedPacket packet;
    ByteView event_body;
    std::string why;

    static Step make(Kind kind, std::size_t size) {
        Step step;
        step.kind = kind;
        step.size = size;
        return step;
    }
    static Step broken(std::string why) {
        Step step;
        step.kind = Kind::broken;
        step.why = std::move(why);
        return step;
    }
};

class PacketReader {
public:
    virtual ~PacketReader() = default;

    /// What stands at the beginning of `bytes`, which is where the last one ended.
    virtual Step next(ByteView bytes) = 0;

    /// "pcap (nanoseconds, big-endian), Ethernet": for a person.
    virtual std::string description() const = 0;
};

/// The reader for a file that begins with `head`; none if it is not a capture.
/// `head` holds the first `longest_head` bytes of the file, or all of it.
inline constexpr std::size_t longest_head = 32;
Result<std::unique_ptr<PacketReader>> make_packet_reader(ByteView head);

/// Seconds and nanoseconds since 1970 as a time of the log, which ends in 2262 and begins in 1970.
Timestamp time_from(std::int64_t seconds, std::uint64_t nanoseconds);

}  // namespace sockdesk::archive
