// Which bytes of one direction of a captured connection have been seen, so that what was sent again is not shown again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.hpp"

namespace sockdesk::archive {

class SeenBytes {
public:
    bool started() const { return started_; }

    /// The first byte has this sequence number.
    void start(std::uint32_t sequence);

    /// Appends to `fresh` the parts of a segment that have not been seen, in their order. Segments that come out of order are
    /// taken as they come; a gap that they leave is filled by what comes later.
    void add(std::uint32_t sequence, ByteView payload, std::vector<ByteView>& fresh);

private:
    struct Gap {
        std::uint64_t begin;
        std::uint64_t end;
    };

    bool started_ = false;
    std::uint64_t next_ = 0;  ///< unwrapped: the sequence number is its lower half
    std::vector<Gap>
        gaps_;  ///< below `next_`, in order, bounded: a capture that lost packets never fills them
};

}  // namespace sockdesk::archive
