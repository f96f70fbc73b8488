#include "app/verifying_writer.hpp"

#include <utility>

#include <fmt/format.h>

#include "codec/hex.hpp"

namespace sockdesk::app {

namespace {

/// A message is put together from at most so many reads, and is at most so long.
constexpr std::size_t most_reads = 16;
constexpr std::size_t most_bytes = std::size_t{64} << 10U;

/// Peers that begin messages and stay must not fill the memory.
constexpr std::size_t most_streams = 1024;

constexpr std::string_view csv_line_end = "\r\n";
constexpr std::string_view json_line_end = "}\n";

/// Puts `what` in front of the end of the line that was written last.
void insert_before(std::string_view line_end, std::string_view what, std::string& out) {
    if (out.ends_with(line_end)) out.insert(out.size() - line_end.size(), what);
}

std::string trimmed_hex(ByteView bytes) {
    std::string text = codec::format_hex(bytes);
    if (text.ends_with(' ')) text.pop_back();
    return text;
}

}  // namespace

void VerifyingWriter::Beginning::drop_first() {
    bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(sizes.front()));
    sizes.pop_front();
}

VerifyingWriter::VerifyingWriter(std::unique_ptr<RecordWriter> writer, ExportFormat format,
                                 codec::Trailer trailer)
    : writer_(std::move(writer)),
      format_(format),
      trailer_(std::move(trailer)),
      name_(trailer_.to_string()),
      is_fixed_(name_.starts_with("fixed")) {}

void VerifyingWriter::begin(std::string& out) {
    writer_->begin(out);
    if (format_ == ExportFormat::csv) insert_before(csv_line_end, ",checksum", out);
}

void VerifyingWriter::write_payload(const capture::RecordView& record, std::string& out) {
    writer_->write_payload(record, out);
    if (record.direction != capture::Direction::received) {
        if (format_ == ExportFormat::csv) insert_before(csv_line_end, ",", out);
        return;
    }
    const std::size_t reads = reads_of_message(record);
    if (reads == 0) {
        ++tally_.wrong;
    } else {
        tally_.right += reads;
        tally_.wrong -= reads - 1;
    }
    mark(record, reads, out);
}

void VerifyingWriter::write_event(const capture::SessionEvent& event, RecordIndex index, std::string& out) {
    const std::size_t size_before = out.size();
    writer_->write_event(event, index, out);
    if (format_ == ExportFormat::csv && out.size() != size_before) insert_before(csv_line_end, ",", out);
    forget(event);
}

void VerifyingWriter::skip_payload(const capture::RecordView& record) {
    writer_->skip_payload(record);
    // What is left out was not counted, so nothing can be put together with it.
    if (record.direction == capture::Direction::received) beginnings_.erase({record.local, record.remote});
}

void VerifyingWriter::skip_event(const capture::SessionEvent& event) {
    writer_->skip_event(event);
    forget(event);
}

void VerifyingWriter::forget(const capture::SessionEvent& event) {
    if (event.kind == capture::SessionEvent::Kind::disconnect && event.local && event.remote) {
        beginnings_.erase({*event.local, *event.remote});
    }
}

std::size_t VerifyingWriter::reads_of_message(const capture::RecordView& record) {
    if (record.transport == capture::Transport::tcp) return reads_of_stream_message(record);
    return trailer_.check(record.payload) == codec::Trailer::Check::matches ? 1 : 0;
}

std::size_t VerifyingWriter::reads_of_stream_message(const capture::RecordView& record) {
    const StreamKey key{record.local, record.remote};
    if (record.stream_offset == 0) beginnings_.erase(key);  // another connection between the same two
    const auto fits = [this](ByteView bytes) {
        return trailer_.check(bytes) == codec::Trailer::Check::matches;
    };
    // Fixed bytes end a message whatever is before them; a checksum that fits is of what it fits.
    const bool alone = fits(record.payload);
    auto found = beginnings_.find(key);
    if (alone && !is_fixed_) {
        if (found != beginnings_.end()) beginnings_.erase(found);
        return 1;
    }
    if (record.payload.size() > most_bytes) {
        if (found != beginnings_.end()) beginnings_.erase(found);
        return alone ? 1 : 0;
    }
    if (found == beginnings_.end()) {
        if (alone) return 1;
        if (beginnings_.size() == most_streams) beginnings_.clear();
        found = beginnings_.try_emplace(key).first;
    }
    Beginning& beginning = found->second;
    beginning.bytes.insert(beginning.bytes.end(), record.payload.begin(), record.payload.end());
    beginning.sizes.push_back(record.payload.size());
    while (beginning.sizes.size() > most_reads || beginning.bytes.size() > most_bytes) beginning.drop_first();
    // The longest message first: a checksum hardly ever fits twice.
    ByteView bytes = beginning.bytes;
    for (std::size_t first = 0; first < beginning.sizes.size(); ++first) {
        if (fits(bytes)) {
            const std::size_t reads = beginning.sizes.size() - first;
            beginnings_.erase(found);
            return reads;
        }
        bytes = bytes.subspan(beginning.sizes[first]);
    }
    return 0;
}

void VerifyingWriter::mark(const capture::RecordView& record, std::size_t reads, std::string& out) {
    switch (format_) {
        case ExportFormat::log:
        case ExportFormat::hexdump:
            if (reads != 1) append_line(record, reads, out);
            break;
        case ExportFormat::json:
            if (reads == 0) {
                std::string expected;
                codec::append_hex_lower(trailer_.expected(record.payload), expected);
                insert_before(json_line_end,
                              fmt::format(",\"checksum\":\"wrong\",\"expected\":\"{}\"", expected), out);
            } else {
                insert_before(json_line_end, ",\"checksum\":\"ok\"", out);
                if (reads > 1) insert_before(json_line_end, fmt::format(",\"reads\":{}", reads), out);
            }
            break;
        case ExportFormat::csv:
            insert_before(csv_line_end, reads != 0 ? ",ok" : ",wrong", out);
            break;
        case ExportFormat::raw:
        case ExportFormat::pcapng:
            break;
    }
}

void VerifyingWriter::append_line(const capture::RecordView& record, std::size_t reads, std::string& out) {
    out.push_back('[');
    local_time_.append_log_time(record.time, out);
    if (reads > 1) {
        out.append(fmt::format("]# Checksum right, over {} reads\n", reads));
    } else if (record.payload.size() < trailer_.size()) {
        out.append(fmt::format("]# Checksum wrong: {} byte{}, and {} alone has {}\n", record.payload.size(),
                               record.payload.size() == 1 ? "" : "s", name_, trailer_.size()));
    } else {
        out.append(fmt::format("]# Checksum wrong: ends with {}, {} makes {}\n",
                               trimmed_hex(record.payload.last(trailer_.size())), name_,
                               trimmed_hex(trailer_.expected(record.payload))));
    }
}

std::string describe_tally(const TrailerTally& tally, const codec::Trailer& trailer) {
    return fmt::format("{}: right on {} of {} received, wrong on {}", trailer.to_string(), tally.right,
                       tally.right + tally.wrong, tally.wrong);
}

}  // namespace sockdesk::app
