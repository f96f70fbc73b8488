#include "app/record_writer.hpp"

#include <set>

#include "app/json_lines.hpp"
#include "app/log_lines.hpp"
#include "app/stream_writer.hpp"

namespace sockdesk::app {

namespace {

using capture::Direction;
using capture::RecordView;
using capture::SessionEvent;

class LogWriter final : public StreamWriter {
public:
    LogWriter(engine::Protocol protocol, PayloadView view, codec::Encoding encoding)
        : StreamWriter(encoding), view_(view), lines_(protocol, view) {}

    void write_payload(const RecordView& record, std::string& out) override {
        const bool shown = append_header(record, out);
        if (shown) out.push_back('\n');
        switch (view_) {
            case PayloadView::text:
                text_.clear();
                texts_.append(record, text_);
                if (shown) append_payload_text(text_, LineBreaks::escaped, out);
                break;
            case PayloadView::hex:
                if (shown) append_payload_hex(record.payload, out);
                break;
            case PayloadView::both:
                text_.clear();
                texts_.append_rows(record, text_);
                if (shown) out.append(text_);
                break;
        }
        if (shown) out.append("\n\n");
    }

    void write_event(const SessionEvent& event, RecordIndex, std::string& out) override {
        if (event.kind == SessionEvent::Kind::open) {
            if (const auto protocol = engine::parse_protocol(event.protocol)) lines_.set_protocol(*protocol);
        }
        if (ends_streams(event)) {
            write_incomplete(event, Direction::received, out);
            write_incomplete(event, Direction::sent, out);
        }
        lines_.append_event(event, out);
        out.push_back('\n');
    }

    void skip_payload(const RecordView& record) override {
        if (record.fan_out && record.fan_out.position == 0) {
            headless_groups_.insert(record.fan_out.group);
            if (headless_groups_.size() > most_groups) headless_groups_.erase(headless_groups_.begin());
        }
        if (view_ != PayloadView::hex) StreamWriter::skip_payload(record);
    }

private:
    static constexpr std::size_t most_groups = 65'536;

    bool append_header(const RecordView& record, std::string& out) {
        if (record.fan_out.position == 0 || !headless_groups_.contains(record.fan_out.group)) {
            return lines_.append_header(record, out);
        }
        // The line that stands for all of the send was left out: this one stands for itself.
        RecordView alone = record;
        alone.fan_out = {};
        return lines_.append_header(alone, out);
    }

    void write_incomplete(const SessionEvent& event, Direction direction, std::string& out) {
        text_.clear();
        texts_.end(direction, *event.local, *event.remote, text_);
        if (text_.empty() || view_ == PayloadView::hex) return;
        lines_.append_incomplete(event.time, direction, *event.remote, text_, out);
        out.push_back('\n');
    }

    PayloadView view_;
    LogLines lines_;
    std::set<std::uint64_t> headless_groups_;
};

class JsonWriter final : public StreamWriter {
public:
    JsonWriter(SessionId session, codec::Encoding encoding) : StreamWriter(encoding), lines_(session) {}

    void write_payload(const RecordView& record, std::string& out) override {
        text_.clear();
        texts_.append(record, text_);
        lines_.append_payload(record, text_, out);
    }

    void write_event(const SessionEvent& event, RecordIndex, std::string& out) override {
        JsonLines::Incomplete incomplete;
        if (ends_streams(event)) {
            texts_.end(Direction::received, *event.local, *event.remote, incomplete.received);
            texts_.end(Direction::sent, *event.local, *event.remote, incomplete.sent);
        }
        lines_.append_event(event, incomplete, out);
    }

private:
    JsonLines lines_;
};

class RawWriter final : public RecordWriter {
public:
    explicit RawWriter(std::optional<Direction> direction) : direction_(direction) {}

    void write_payload(const RecordView& record, std::string& out) override {
        if (!direction_ || record.direction == *direction_) out.append(as_chars(record.payload));
    }

    void write_event(const SessionEvent&, RecordIndex, std::string&) override {}

private:
    std::optional<Direction> direction_;
};

}  // namespace

std::unique_ptr<RecordWriter> make_log_writer(engine::Protocol protocol, PayloadView view,
                                              codec::Encoding encoding) {
    return std::make_unique<LogWriter>(protocol, view, encoding);
}

std::unique_ptr<RecordWriter> make_json_writer(SessionId session, codec::Encoding encoding) {
    return std::make_unique<JsonWriter>(session, encoding);
}

std::unique_ptr<RecordWriter> make_raw_writer(std::optional<Direction> direction) {
    return std::make_unique<RawWriter>(direction);
}

}  // namespace sockdesk::app
