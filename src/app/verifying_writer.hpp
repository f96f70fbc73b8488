// A trailer verified on what was received, in what a `RecordWriter` writes: what fails is marked, the rest is as it is without.
//
//   log, hexdump   a line after the record that fails: [time]# Checksum wrong: ends with 00 00, crc16-modbus makes 37 4B
//   json           of what was received: "checksum":"ok", or "checksum":"wrong","expected":"374b" (empty: too short to have one)
//   csv            a column "checksum" behind the others: ok, wrong, or nothing
//   raw            nothing, there is no place for it
//
// A datagram is looked at by itself. Of a connection, what one read brought is no message: a record is good that ends as it should by itself,
// or together with those directly before it that did not, which then were its beginning. They have been marked by then; the good one says how
// many reads it took (log: a line "Checksum right, over 3 reads", json: "reads":3), and the count takes it into account.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "app/export_job.hpp"
#include "app/local_time.hpp"
#include "app/record_writer.hpp"
#include "codec/trailer.hpp"

namespace sockdesk::app {

/// Of the records that were written.
struct TrailerTally {
    std::uint64_t right = 0;
    std::uint64_t wrong = 0;
};

class VerifyingWriter final : public RecordWriter {
public:
    /// `format`: what `writer` writes.
    VerifyingWriter(std::unique_ptr<RecordWriter> writer, ExportFormat format, codec::Trailer trailer);

    const TrailerTally& tally() const { return tally_; }

    void begin(std::string& out) override;
    void write_payload(const capture::RecordView& record, std::string& out) override;
    void write_event(const capture::SessionEvent& event, RecordIndex index, std::string& out) override;
    void skip_payload(const capture::RecordView& record) override;
    void skip_event(const capture::SessionEvent& event) override;

private:
    using StreamKey = std::pair<Endpoint, Endpoint>;  ///< local, remote
    /// What may be the beginning of a message.
    struct Beginning {
        Bytes bytes;
        std::deque<std::size_t> sizes;  ///< of each read
        void drop_first();
    };

    /// How many records the message took that ends with this one; 0: none ends here.
    std::size_t reads_of_message(const capture::RecordView& record);
    std::size_t reads_of_stream_message(const capture::RecordView& record);
    void forget(const capture::SessionEvent& event);
    void mark(const capture::RecordView& record, std::size_t reads, std::string& out);
    /// In the log.
    void append_line(const capture::RecordView& record, std::size_t reads, std::string& out);

    std::unique_ptr<RecordWriter> writer_;
    ExportFormat format_;
    codec::Trailer trailer_;
    std::string name_;  ///< of the trailer
    bool is_fixed_;
    std::map<StreamKey, Beginning> beginnings_;
    TrailerTally tally_;
    LocalTime local_time_;
};

/// "crc16-modbus: right on 14 of 17 received, wrong on 3"
std::string describe_tally(const TrailerTally& tally, const codec::Trailer& trailer);

}  // namespace sockdesk::app
