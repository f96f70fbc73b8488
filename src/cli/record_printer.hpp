// Records of the log -> what stdout carries, in each of its formats, and beside it stderr.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "app/log_lines.hpp"
#include "app/record_writer.hpp"
#include "app/session_setup.hpp"
#include "app/verifying_writer.hpp"
#include "capture/record.hpp"
#include "cli/arguments.hpp"
#include "codec/encoding.hpp"

namespace sockdesk::cli {

/// Appends whole lines (or raw bytes) to strings. Every record of a session comes by, in order. One thread at
/// a time.
class RecordPrinter {
public:
    /// `verify`: on what is received, see verifying_writer.hpp.
    RecordPrinter(Format format, SessionId session, engine::Protocol protocol, app::PayloadView view,
                  codec::Encoding encoding, const std::optional<codec::Trailer>& verify = {});

    /// Null: nothing is verified.
    const app::TrailerTally* tally() const { return verifying_ != nullptr ? &verifying_->tally() : nullptr; }

    void print_payload(const capture::RecordView& record, std::string& out) {
        writer_->write_payload(record, out);
    }

    /// `diagnostics` is for stderr: what has no place in a format that carries payloads alone.
    void print_event(const capture::SessionEvent& event, std::string& out, std::string& diagnostics);

private:
    std::unique_ptr<app::RecordWriter> writer_;
    const app::VerifyingWriter* verifying_ = nullptr;  ///< the same
    std::optional<app::LogLines> beside_;              ///< raw
};

std::unique_ptr<RecordPrinter> make_record_printer(Format format, SessionId session,
                                                   engine::Protocol protocol, app::PayloadView view,
                                                   codec::Encoding encoding,
                                                   const std::optional<codec::Trailer>& verify = {});

}  // namespace sockdesk::cli
