// Records of the log -> what stdout carries, in each of its formats.
#pragma once

#include <memory>
#include <string>

#include "app/session_setup.hpp"
#include "capture/record.hpp"
#include "cli/arguments.hpp"
#include "codec/encoding.hpp"

namespace sockdesk::cli {

/// Appends whole lines (or raw bytes) to strings. Every record of a session comes by, in order. One thread at
/// a time.
class RecordPrinter {
public:
    virtual ~RecordPrinter() = default;

    virtual void print_payload(const capture::RecordView& record, std::string& out) = 0;

    /// `diagnostics` is for stderr: what has no place in a format that carries payloads alone.
    virtual void print_event(const capture::SessionEvent& event, std::string& out,
                             std::string& diagnostics) = 0;
};

std::unique_ptr<RecordPrinter> make_record_printer(Format format, SessionId session,
                                                   engine::Protocol protocol, app::PayloadView view,
                                                   codec::Encoding encoding);

}  // namespace sockdesk::cli
