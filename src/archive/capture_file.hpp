// A capture file opened as a log: our own as it lies on the disk, read a segment at a time when it is looked at; those
// of other programs (pcap and pcapng of tcpdump and Wireshark) converted to records as they are read.
//
// Sources: draft-ietf-opsawg-pcapng; draft-ietf-opsawg-pcap; link types of tcpdump.org/linktypes.html: Ethernet (1), raw IP
// (12, 14, 101, 228, 229), BSD loopback (0, 108), Linux cooked v1 (113) and v2 (276).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "capture/log.hpp"
#include "capture/segment_pool.hpp"

namespace sockdesk::archive {

struct ReadProgress {
    std::uint64_t file_bytes = 0;  ///< its size when last looked at
    std::uint64_t read_bytes = 0;
    RecordCount records = 0;
    /// Packets that are no records: neither UDP nor TCP, fragments, TCP segments sent again or without payload.
    std::uint64_t left_out = 0;
    bool done = false;  ///< nothing more will come
    /// Where and why reading ended before the end of the file. What was read before stays.
    std::optional<Error> problem;
};

struct CaptureFileOptions {
    /// Goes on reading what is appended to the file, until destroyed.
    bool follow = false;
    /// Called from the reading thread when there is something new; must not block.
    std::function<void()> on_progress;
};

class CaptureFile {
public:
    /// Fails when the file cannot be opened or does not begin as a capture. Returns as soon as that is known; the rest is
    /// read by a thread of its own.
    static Result<std::unique_ptr<CaptureFile>> open(std::shared_ptr<capture::SegmentPool> pool,
                                                     std::filesystem::path path,
                                                     CaptureFileOptions options = {});
    /// Stops reading. The log stays as long as somebody holds it.
    ~CaptureFile();
    CaptureFile(const CaptureFile&) = delete;
    CaptureFile& operator=(const CaptureFile&) = delete;

    const std::shared_ptr<capture::Log>& log() const;
    const std::filesystem::path& path() const;
    /// "Sockdesk", "pcapng", "pcap (nanoseconds, big-endian), Ethernet": for a person.
    std::string description() const;
    ReadProgress progress() const;

    /// Returns when reading has ended.
    void wait() const;

private:
    struct State;
    explicit CaptureFile(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace sockdesk::archive
