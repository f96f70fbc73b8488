// How far a cycle or a playback is, for a face to look at in each frame.
#pragma once

#include <atomic>
#include <cstdint>

namespace sockdesk::engine {

/// Written by the loop thread, read by anyone. What is counted has been accepted by the session: it is with the kernel, or in the queue before it.
struct CycleProgress {
    std::atomic<std::uint64_t> rounds{0};         ///< begun, the one under way included
    std::atomic<std::uint64_t> step{0};           ///< of that round, the one that was sent last
    std::atomic<std::uint64_t> missed_rounds{0};  ///< left out, because they were too late
    std::atomic<std::uint64_t> payloads{0};
    std::atomic<std::uint64_t> payload_bytes{0};
};

}  // namespace sockdesk::engine
