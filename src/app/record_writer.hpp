// Records of a log in each of the formats that are text, or bare payloads: what the terminal prints and what an
// export writes.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "app/session_setup.hpp"
#include "base/ids.hpp"
#include "capture/record.hpp"
#include "codec/encoding.hpp"
#include "engine/session_config.hpp"

namespace sockdesk::app {

/// Appends whole lines (or raw bytes) to strings. Every record comes by, in order: one that is left out is told by
/// `skip_…`, because the text of a stream goes on from record to record. One thread at a time.
class RecordWriter {
public:
    virtual ~RecordWriter() = default;

    /// What stands before the first record. Once.
    virtual void begin(std::string& /*out*/) {}

    virtual void write_payload(const capture::RecordView& record, std::string& out) = 0;
    virtual void write_event(const capture::SessionEvent& event, RecordIndex index, std::string& out) = 0;

    virtual void skip_payload(const capture::RecordView& /*record*/) {}
    virtual void skip_event(const capture::SessionEvent& /*event*/) {}
};

/// The log lines (see log_lines.hpp), each payload on the lines after its header. `protocol` gives their words until an event in the
/// log tells another.
std::unique_ptr<RecordWriter> make_log_writer(engine::Protocol protocol, PayloadView view,
                                              codec::Encoding encoding);

/// See json_lines.hpp.
std::unique_ptr<RecordWriter> make_json_writer(SessionId session, codec::Encoding encoding);

/// RFC 4180, lines end with CR LF: number,time,event,local,remote,bytes,hex,text. The number is the record's, from 1; time and
/// event are those of the JSON lines; `hex` is exact; `text` is the payload decoded, an event's is its sentence,
/// in one line with what a terminal might act upon as `\xHH`. Nothing is put before a text that a spreadsheet may take for
/// a formula ("=1+1"): what stands here is what went over the socket. Import the columns as text.
std::unique_ptr<RecordWriter> make_csv_writer(codec::Encoding encoding);

/// The payloads' bytes, of both directions or of one.
std::unique_ptr<RecordWriter> make_raw_writer(std::optional<capture::Direction> direction);

}  // namespace sockdesk::app
