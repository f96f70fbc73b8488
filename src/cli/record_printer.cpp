#include "cli/record_printer.hpp"

#include <utility>

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

app::ExportFormat export_format(Format format) {
    switch (format) {
        case Format::json:
            return app::ExportFormat::json;
        case Format::raw:
            return app::ExportFormat::raw;
        case Format::log:
            break;
    }
    return app::ExportFormat::log;
}

}  // namespace

RecordPrinter::RecordPrinter(Format format, SessionId session, engine::Protocol protocol,
                             app::PayloadView view, codec::Encoding encoding,
                             const std::optional<codec::Trailer>& verify)
    : writer_(make_writer(format, session, protocol, view, encoding)) {
    if (verify) {
        auto verifying =
            std::make_unique<app::VerifyingWriter>(std::move(writer_), export_format(format), *verify);
        verifying_ = verifying.get();
        writer_ = std::move(verifying);
    }
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
                                                   codec::Encoding encoding,
                                                   const std::optional<codec::Trailer>& verify) {
    return std::make_unique<RecordPrinter>(format, session, protocol, view, encoding, verify);
}

}  // namespace sockdesk::cli
