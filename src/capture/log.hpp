// The log of one session: a pcapng section (draft-ietf-opsawg-pcapng) that grows in memory, block by block,
// in segments that never move. One thread writes (see log_writer.hpp); any number of threads read without a
// lock, up to the published count. The segments one after the other are, byte for byte, the saved file.
//
// A log is as long as the disk is large: when the memory budget of the pool is used up, the segments that nobody has looked at for
// the longest time leave memory, because they lie in a file (of a `Saver`, or a nameless one made for the purpose), and come
// back when somebody reads them. A reader does not notice but for the time it takes.
//
// A payload is an enhanced packet block of link type RAW with synthesised IP and UDP or TCP headers. A
// session event is a systemd journal export block (draft section 4.7): a standard block that carries named
// fields with a time, so Wireshark lists it among the packets and readers that do not know it skip it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "capture/doorbell.hpp"
#include "capture/record.hpp"
#include "capture/segment_pool.hpp"
#include "capture/segment_table.hpp"

namespace sockdesk::capture {

class LogWriter;
class LogReader;

class Log {
public:
    /// `name` becomes the capture's interface name. The pool must outlive the log.
    Log(SegmentPool& pool, std::string name);
    /// One that keeps its pool.
    static std::shared_ptr<Log> make(std::shared_ptr<SegmentPool> pool, std::string name);
    ~Log();
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    const std::string& name() const { return name_; }

    /// Records below this exist and do not change. Acquire.
    RecordCount published() const { return published_.load(std::memory_order_acquire); }

    /// Waits for more than `known` records, until `stop` is true (see `wake_waiters`). For background threads.
    void wait_for_more(RecordCount known, const std::atomic<bool>& stop) const;
    /// To be called after a `stop` was set.
    void wake_waiters() const { doorbell_.ring(); }

    /// Bytes of all blocks so far: what the log would take as a file.
    std::uint64_t published_bytes() const { return published_bytes_.load(std::memory_order_acquire); }

    /// Records below this have been given back (see `release_before`); they cannot be read any more.
    RecordIndex first_available() const { return table_.first_available(); }

    /// Gives the memory of whole segments below `record` back to the pool, except what a saver or a reader
    /// still needs. For a log with a single reader that goes forward only (the terminal). What is still
    /// needed is given back when it no longer is. Any thread.
    void release_before(RecordIndex record);

private:
    friend class LogWriter;
    friend class StoredLogWriter;
    friend class LogReader;
    friend class Saver;

    SegmentPool& pool_;
    std::string name_;
    std::atomic<RecordCount> published_{0};
    std::atomic<std::uint64_t> published_bytes_{0};  ///< of the whole log; stored after `published_`
    mutable SegmentTable table_;
    mutable Doorbell doorbell_;  ///< rung after publishing, for savers
    Timestamp last_time_{};      ///< the writer's: no later record is older
};

/// What `LogReader::payload` tells.
struct PayloadBytes {
    ByteView bytes;  ///< empty for an event
    RecordKind kind = RecordKind::payload;
    Transport transport = Transport::udp;
};

/// Reads one log from one thread. Cheap to make; keeps the segment that it read last from being recycled. A part that cannot be
/// read back from disk shows as error events that say so.
class LogReader {
public:
    explicit LogReader(std::shared_ptr<const Log> log, Access access = Access::random);
    ~LogReader();
    LogReader(LogReader&&) noexcept;
    LogReader& operator=(LogReader&&) noexcept;

    const Log& log() const;

    /// `index` must be below `log().published()` and not below `log().first_available()`.
    /// The views inside the result are valid until the next call on this reader.
    RecordView record(RecordIndex index);

    /// The payload alone, at a tenth of the cost of `record`: for those who look at every byte of the log.
    PayloadBytes payload(RecordIndex index);

    /// The record's block as it lies in the log (see pcapng.hpp); empty where it cannot be read.
    ByteView block(RecordIndex index);

    /// The same with what lies between the record before and this one (section start, handshakes, statistics), and what
    /// ends its segment: those of one record after the other are the file, byte for byte.
    ByteView blocks(RecordIndex index);

    /// The first published record that is not older than `time`; `log().published()` if there is none.
    RecordIndex first_not_before(Timestamp time);

    /// The record after `index` in the same stream among those published, if it is there yet and not further than some
    /// 200,000 records ahead. The answer "none yet" costs only a look at what came since the last time it was
    /// asked for the same `index`.
    std::optional<RecordIndex> next_in_stream(RecordIndex index);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace sockdesk::capture
