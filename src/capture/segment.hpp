// One fixed piece of a log's memory: pcapng blocks, whole ones only, and where each record begins.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/ids.hpp"

namespace sockdesk::capture {

/// Where a record is and what came before it in its stream. One for every record, for as long as the log
/// lives, so it is kept small: 10 million records take 80 MB.
struct IndexEntry {
    std::uint32_t block_offset = 0;
    /// Distance back to the previous record of the same stream; 0 when there is none (or it is further than
    /// 2³²−1).
    std::uint32_t previous_in_stream_distance = 0;
};

/// Written by one thread, which publishes through `Log`; read by any.
class Segment {
public:
    static constexpr std::size_t capacity_bytes = std::size_t{8} << 20;
    /// The smallest record (an empty UDP datagram over IPv4) is a block of 72 bytes, so this many can never
    /// be exceeded.
    static constexpr std::size_t max_records = capacity_bytes / 64;

    /// Allocates without touching the pages.
    Segment();
    ~Segment();
    Segment(const Segment&) = delete;
    Segment& operator=(const Segment&) = delete;

    /// Touches every page, so that writing never faults.
    void fault_in();
    /// Empty again, pages kept.
    void reset();

    std::uint8_t* bytes() { return bytes_; }
    const std::uint8_t* bytes() const { return bytes_; }
    IndexEntry* index() { return index_; }
    const IndexEntry* index() const { return index_; }

    RecordIndex first_record = 0;  ///< set before the segment is linked into a log
    /// Bytes that hold whole blocks and may be read by others; stored with release by the writer.
    std::atomic<std::uint32_t> published_bytes{0};
    std::atomic<std::uint32_t> published_records{0};
    /// Written so far, the writer's own: becomes the numbers above at the next `LogWriter::publish`.
    std::uint32_t written_bytes = 0;
    std::uint32_t written_records = 0;

    std::size_t room() const { return capacity_bytes - written_bytes; }

    /// What one segment takes of memory, its index included.
    static constexpr std::size_t memory_bytes = capacity_bytes + max_records * sizeof(IndexEntry);

private:
    std::uint8_t* bytes_ = nullptr;
    IndexEntry* index_ = nullptr;
};

}  // namespace sockdesk::capture
