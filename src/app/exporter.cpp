#include "app/exporter.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "capture/event_text.hpp"
#include "capture/pcapng.hpp"

namespace sockdesk::app {

namespace {

namespace pcapng = capture::pcapng;

/// Looking at so many takes some milliseconds at most.
constexpr RecordCount most_records_at_once = 4096;

/// How far back the text of a stream is read that began before the first record of an export: enough for every encoding
/// to find its step, which it does at a line's end or so.
constexpr std::size_t look_back_bytes = std::size_t{64} << 10;

std::unique_ptr<RecordWriter> make_writer(const ExportPlan& plan) {
    switch (plan.format) {
        case ExportFormat::pcapng:
            return nullptr;
        case ExportFormat::log:
            return make_log_writer(plan.protocol, plan.view, plan.encoding);
        case ExportFormat::hexdump:
            return make_log_writer(plan.protocol, PayloadView::both, plan.encoding);
        case ExportFormat::csv:
            return make_csv_writer(plan.encoding);
        case ExportFormat::json:
            return make_json_writer(plan.session, plan.encoding);
        case ExportFormat::raw:
            return make_raw_writer(plan.direction);
    }
    return nullptr;
}

}  // namespace

Exporter::Exporter(std::shared_ptr<const capture::Log> log, const ExportPlan& plan)
    : log_(std::move(log)),
      filter_(plan.filter),
      everything_(plan.filter.passes_everything() && !plan.without_received && !plan.end && plan.first == 0 &&
                  log_->first_available() == 0),
      filtered_(!plan.filter.passes_everything() || plan.without_received),
      without_received_(plan.without_received),
      writer_(make_writer(plan)),
      reader_(log_, capture::Access::sequential),
      first_(std::max(plan.first, log_->first_available())),
      next_(first_) {
    if (!writer_ || !plan.verify) return;
    auto verifying = std::make_unique<VerifyingWriter>(std::move(writer_), plan.format, *plan.verify);
    verifying_ = verifying.get();
    writer_ = std::move(verifying);
}

void Exporter::begin(std::string& out) {
    if (writer_) {
        writer_->begin(out);
    } else if (!everything_) {
        out.append(as_chars(pcapng::section_start(log_->name())));
    }
}

void Exporter::finish(std::string& out) {
    // An empty capture is one, too.
    if (!writer_ && everything_ && next_ == first_) out.append(as_chars(pcapng::section_start(log_->name())));
}

Result<void> Exporter::advance(RecordIndex end, std::size_t enough, std::string& out) {
    end = std::min(end, next_ + most_records_at_once);
    while (next_ < end && out.size() < enough) {
        if (!writer_) {
            if (auto written = write_block(next_, out); !written) return written;
        } else {
            write(reader_.record(next_), out);
        }
        ++next_;
    }
    return {};
}

bool Exporter::is_chosen(const capture::RecordView& record) const {
    if (without_received_ && record.kind == capture::RecordKind::payload &&
        record.direction == capture::Direction::received)
        return false;
    return filter_.matches(record);
}

void Exporter::write(const capture::RecordView& record, std::string& out) {
    const bool chosen = !filtered_ || is_chosen(record);
    const std::size_t size_before = out.size();
    if (record.kind == capture::RecordKind::payload) {
        if (record.previous_in_stream && *record.previous_in_stream < first_) read_stream_before(record);
        if (chosen) {
            writer_->write_payload(record, out);
        } else {
            writer_->skip_payload(record);
        }
    } else {
        const capture::SessionEvent event = capture::decode_event(record);
        if (chosen) {
            writer_->write_event(event, record.index, out);
        } else {
            writer_->skip_event(event);
        }
    }
    if (out.size() != size_before) ++written_records_;
}

Result<void> Exporter::write_block(RecordIndex index, std::string& out) {
    if (filtered_ && !is_chosen(reader_.record(index))) return {};
    const ByteView block = everything_ ? reader_.blocks(index) : reader_.block(index);
    if (block.empty()) {
        const capture::RecordView record = reader_.record(index);
        const std::string reason = record.kind == capture::RecordKind::event
                                       ? capture::describe(capture::decode_event(record))
                                       : std::string("its block is damaged");
        return fail(ErrorKind::system, fmt::format("export record {}: {}", index + 1, reason));
    }
    const std::size_t begin = out.size();
    out.append(as_chars(block));
    // In a file of several sessions it may have been another's; here there is one interface, number 0.
    const bool packet = pcapng::read_block(block)->is(pcapng::BlockType::enhanced_packet);
    constexpr std::size_t interface_id_offset = 8;
    if (!everything_ && packet)
        std::fill_n(out.begin() + static_cast<std::ptrdiff_t>(begin + interface_id_offset), 4, '\0');
    ++written_records_;
    return {};
}

/// Lets the writer see what came before in a stream of which it has seen nothing.
void Exporter::read_stream_before(const capture::RecordView& record) {
    capture::LogReader reader(log_);
    std::vector<RecordIndex> before;
    std::size_t bytes = 0;
    std::optional<RecordIndex> at = record.previous_in_stream;
    while (at && *at >= log_->first_available() && bytes < look_back_bytes) {
        before.push_back(*at);
        const capture::RecordView previous = reader.record(*at);
        bytes += previous.payload.size();
        at = previous.previous_in_stream;
    }
    for (auto index = before.rbegin(); index != before.rend(); ++index) {
        writer_->skip_payload(reader.record(*index));
    }
}

}  // namespace sockdesk::app
