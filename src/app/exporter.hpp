// Goes through a log from record to record and writes what a plan asks for: at once for an export, bit by bit for a
// terminal that follows a log.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "app/export_job.hpp"
#include "app/record_writer.hpp"
#include "app/verifying_writer.hpp"
#include "capture/log.hpp"

namespace sockdesk::app {

/// One thread at a time.
class Exporter {
public:
    Exporter(std::shared_ptr<const capture::Log> log, const ExportPlan& plan);

    /// Appends what stands before the first record. Once.
    void begin(std::string& out);

    /// Looks at some of the records from `next` on that are below `end`, and appends those that are chosen: all of them, unless
    /// `out` reached `enough` bytes before or so many were looked at that the caller should look after something
    /// else. `end` is at most the number of published records.
    Result<void> advance(RecordIndex end, std::size_t enough, std::string& out);

    /// Nothing more will come.
    void finish(std::string& out);

    /// The next record to be looked at.
    RecordIndex next() const { return next_; }
    /// Records that something was written of.
    std::uint64_t written_records() const { return written_records_; }
    /// Null: the plan verifies nothing, or is about a capture.
    const TrailerTally* tally() const { return verifying_ != nullptr ? &verifying_->tally() : nullptr; }

private:
    void write(const capture::RecordView& record, std::string& out);
    bool is_chosen(const capture::RecordView& record) const;
    Result<void> write_block(RecordIndex index, std::string& out);
    void read_stream_before(const capture::RecordView& record);

    std::shared_ptr<const capture::Log> log_;
    query::Filter filter_;
    const bool everything_;  ///< the log as it is, and not a choice of it
    const bool filtered_;
    const bool without_received_;
    std::unique_ptr<RecordWriter> writer_;        ///< none: pcapng
    const VerifyingWriter* verifying_ = nullptr;  ///< the same
    capture::LogReader reader_;
    const RecordIndex first_;
    RecordIndex next_;
    std::uint64_t written_records_ = 0;
};

}  // namespace sockdesk::app
