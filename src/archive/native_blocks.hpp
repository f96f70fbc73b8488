// Finds the records in captures that this program wrote, as the writer of a log enters them in its index.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "archive/bounded_map.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/ids.hpp"

namespace sockdesk::archive {

/// What a capture begins with, up to its first packet, tells that this program wrote it on a machine of this byte order: then its
/// blocks can be the log as they are. `name` is that of its interface.
struct NativeStart {
    std::string name;
};
std::optional<NativeStart> native_start(ByteView head);

/// Enough of a file for `native_start` to tell.
inline constexpr std::size_t native_head = std::size_t{64} << 10;

class NativeBlocks {
public:
    struct Found {
        enum class Kind : std::uint8_t {
            record,
            other,       ///< part of the log, not a record
            incomplete,  ///< goes on beyond the bytes given
            broken,      ///< `why`
        };
        Kind kind = Kind::other;
        std::size_t size = 0;  ///< of the block; `incomplete`: 0 while it is not known
        /// Back to the record before in the same stream; 0: none.
        std::uint32_t previous_in_stream_distance = 0;
        Timestamp time{};  ///< of a packet; 0 for anything else
        const char* why = "";
    };

    /// The block at the beginning of `bytes`; `index` is that of the record that it is, if it is one.
    Found next(ByteView bytes, RecordIndex index);

private:
    struct Key {
        std::uint8_t bytes[40];
        friend bool operator==(const Key&, const Key&) = default;
    };
    struct KeyHash {
        SeededHash hash;
        std::size_t operator()(const Key& key) const { return hash(key.bytes, sizeof key.bytes); }
    };
    struct Stream {
        RecordIndex last_record = 0;
        std::uint64_t next_offset = 0;
    };

    Found packet(ByteView body, std::size_t size, RecordIndex index);
    std::uint32_t enter_in_stream(const Key& key, std::uint64_t offset, std::size_t payload,
                                  RecordIndex index);

    static constexpr std::size_t most_streams = 262'144;

    BoundedMap<Key, Stream, KeyHash> streams_{most_streams};
};

}  // namespace sockdesk::archive
