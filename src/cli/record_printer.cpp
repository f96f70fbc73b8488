#include "cli/record_printer.hpp"

namespace sockdesk::cli {

namespace {

std::unique_ptr<app::RecordWriter> make_writer(Format format, SessionId session, engine::Protocol protocol,
                                               app::PayloadView view, codec::Encoding encoding) {
    switch (format) {
        case Format::json:
            return app::make_json_writer(session, encoding);
        case Format::raw:
            return app::make_raw_writer(capture::Direction::received);
        case Format::log:
            break;
    }
    return app::make_log_writer(protocol, view, encoding);
}

}  // namespace

RecordPrinter::RecordPrinter(Format format, SessionId session, engine::Protocol protocol,
                             app::PayloadView view, codec::Encoding encoding)
    : writer_(make_writer(format, session, protocol, view, encoding)) {
    if (format == Format::raw) beside_.emplace(protocol, app::PayloadView::text);
}

void RecordPrinter::print_event(const capture::SessionEvent& event, std::string& out,
                                std::string& diagnostics) {
    writer_->write_event(event, 0, out);
    // Without a place on stdout it is told on stderr, or nobody would learn which port the system picked; errors are
    // told there in any case.
    if (!beside_ || event.kind == capture::SessionEvent::Kind::error) return;
    beside_->append_event(event, diagnostics);
    diagnostics.push_back('\n');
}

std::unique_ptr<RecordPrinter> make_record_printer(Format format, SessionId session,
                                                   engine::Protocol protocol, app::PayloadView view,
                                                   codec::Encoding encoding) {
    return std::make_unique<RecordPrinter>(format, session, protocol, view, encoding);
}

}  // namespace sockdesk::cli
