// Makes a log out of blocks that lie in a file already: their segments can leave memory at once and are read
// back from that file, so nothing is written to disk twice.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "capture/log.hpp"
#include "capture/stored_file.hpp"

namespace sockdesk::capture {

/// Used by one thread, instead of a `LogWriter`. The log must be empty when it is made.
class StoredLogWriter {
public:
    StoredLogWriter(std::shared_ptr<Log> log, std::shared_ptr<const StoredFile> file);
    ~StoredLogWriter();
    StoredLogWriter(const StoredLogWriter&) = delete;
    StoredLogWriter& operator=(const StoredLogWriter&) = delete;

    /// The segment to be filled next, for what is in the file from `file_offset` on: the caller puts whole blocks into
    /// `bytes()` just as they are there, without gaps, enters each record in `index()`, and advances `written_bytes` and
    /// `written_records`. Waits while the memory budget is spent; null when `stop` was set meanwhile. Valid until the next call.
    Segment* begin_segment(std::uint64_t file_offset, const std::atomic<bool>& stop);

    /// Makes visible what was written to the segment so far. `last_time`: of the newest record in it.
    void publish(Timestamp last_time);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace sockdesk::capture
