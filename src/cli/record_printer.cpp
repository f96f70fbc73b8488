#include "cli/record_printer.hpp"

#include "app/json_lines.hpp"
#include "app/log_lines.hpp"
#include "app/stream_text.hpp"

namespace sockdesk::cli {

namespace {

using capture::Direction;
using capture::RecordView;
using capture::SessionEvent;

class LogPrinter final : public RecordPrinter {
public:
    LogPrinter(engine::Protocol protocol, app::PayloadView view, codec::Encoding encoding)
        : view_(view), lines_(protocol, view), texts_(encoding) {}

    void print_payload(const RecordView& record, std::string& out) override {
        const bool shown = lines_.append_header(record, out);
        if (shown) out.push_back('\n');
        switch (view_) {
            case app::PayloadView::text:
                text_.clear();
                texts_.append(record, text_);
                if (shown) app::append_payload_text(text_, app::LineBreaks::escaped, out);
                break;
            case app::PayloadView::hex:
                if (shown) app::append_payload_hex(record.payload, out);
                break;
            case app::PayloadView::both:
                text_.clear();
                texts_.append_rows(record, text_);
                if (shown) out.append(text_);
                break;
        }
        if (shown) out.append("\n\n");
    }

    void print_event(const SessionEvent& event, std::string& out, std::string&) override {
        if (event.kind == SessionEvent::Kind::disconnect && event.local && event.remote) {
            print_incomplete(event, Direction::received, out);
            print_incomplete(event, Direction::sent, out);
        }
        lines_.append_event(event, out);
        out.push_back('\n');
    }

private:
    void print_incomplete(const SessionEvent& event, Direction direction, std::string& out) {
        text_.clear();
        texts_.end(direction, *event.local, *event.remote, text_);
        if (text_.empty() || view_ == app::PayloadView::hex) return;
        lines_.append_incomplete(event.time, direction, *event.remote, text_, out);
        out.push_back('\n');
    }

    app::PayloadView view_;
    app::LogLines lines_;
    app::StreamText texts_;
    std::string text_;
};

class JsonPrinter final : public RecordPrinter {
public:
    JsonPrinter(SessionId session, codec::Encoding encoding) : lines_(session), texts_(encoding) {}

    void print_payload(const RecordView& record, std::string& out) override {
        text_.clear();
        texts_.append(record, text_);
        lines_.append_payload(record, text_, out);
    }

    void print_event(const SessionEvent& event, std::string& out, std::string&) override {
        app::JsonLines::Incomplete incomplete;
        if (event.kind == SessionEvent::Kind::disconnect && event.local && event.remote) {
            texts_.end(Direction::received, *event.local, *event.remote, incomplete.received);
            texts_.end(Direction::sent, *event.local, *event.remote, incomplete.sent);
        }
        lines_.append_event(event, incomplete, out);
    }

private:
    app::JsonLines lines_;
    app::StreamText texts_;
    std::string text_;
};

/// What arrives, byte for byte. The rest is told on stderr, or nobody would learn which port the system
/// picked; errors are told there in any case.
class RawPrinter final : public RecordPrinter {
public:
    explicit RawPrinter(engine::Protocol protocol) : lines_(protocol, app::PayloadView::text) {}

    void print_payload(const RecordView& record, std::string& out) override {
        if (record.direction == Direction::received) out.append(as_chars(record.payload));
    }

    void print_event(const SessionEvent& event, std::string&, std::string& diagnostics) override {
        if (event.kind == SessionEvent::Kind::error) return;
        lines_.append_event(event, diagnostics);
        diagnostics.push_back('\n');
    }

private:
    app::LogLines lines_;
};

}  // namespace

std::unique_ptr<RecordPrinter> make_record_printer(Format format, SessionId session,
                                                   engine::Protocol protocol, app::PayloadView view,
                                                   codec::Encoding encoding) {
    switch (format) {
        case Format::json:
            return std::make_unique<JsonPrinter>(session, encoding);
        case Format::raw:
            return std::make_unique<RawPrinter>(protocol);
        case Format::log:
            break;
    }
    return std::make_unique<LogPrinter>(protocol, view, encoding);
}

}  // namespace sockdesk::cli
