// Writing a log, or what of it was chosen, to a file or a stream in one of several formats. The window runs it in the
// background, `sockdesk log` in the foreground.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "app/session_setup.hpp"
#include "base/result.hpp"
#include "capture/log.hpp"
#include "codec/encoding.hpp"
#include "codec/trailer.hpp"
#include "query/filter.hpp"

namespace sockdesk::app {

enum class ExportFormat : std::uint8_t {
    pcapng,
    log,      ///< the log lines of the terminal (DESIGN section 6)
    hexdump,  ///< header line, then rows of 16 bytes with offset and text
    csv,      ///< RFC 4180, with a header row: number, time, event, local, remote, bytes, hex, text
    json,     ///< one object a line, as `--format json`
    raw,      ///< the payload bytes one after the other
};

/// "pcapng", "log", …: the names of the command line, and file name extensions.
std::string_view export_format_name(ExportFormat format);
std::string_view export_format_extension(ExportFormat format);
std::optional<ExportFormat> parse_export_format(std::string_view name);

struct ExportPlan {
    ExportFormat format = ExportFormat::log;
    query::Filter filter;
    /// Records [first, end); none: to what is published when the job begins.
    RecordIndex first = 0;
    std::optional<RecordIndex> end;
    /// Received payloads are left out, as by a view that hides them.
    bool without_received = false;
    /// raw: of one direction alone.
    std::optional<capture::Direction> direction;

    engine::Protocol protocol = engine::Protocol::udp;  ///< for the words of log lines
    SessionId session{1};                               ///< for json
    PayloadView view = PayloadView::text;               ///< log
    codec::Encoding encoding;
    std::optional<codec::Trailer> verify;  ///< on what was received, see verifying_writer.hpp
};

struct ExportProgress {
    RecordCount looked_at = 0;
    RecordCount total = 0;
    std::uint64_t written_records = 0;
    std::uint64_t written_bytes = 0;
};

/// Where the bytes of an export go. `write` takes all of them or fails.
class ExportSink {
public:
    virtual ~ExportSink() = default;
    virtual Result<void> write(ByteView bytes) = 0;
};

/// Goes through the log once, in this thread. Stops, without an error, when `cancel` becomes true. `progress` is called some
/// twenty times a second.
Result<ExportProgress> export_log(const std::shared_ptr<const capture::Log>& log, const ExportPlan& plan,
                                  ExportSink& sink, const std::atomic<bool>& cancel,
                                  const std::function<void(const ExportProgress&)>& progress = {});

/// The same into a file, by a thread of its own. The file appears under its name when it is complete: written beside it and renamed,
/// so neither a failure nor cancelling leaves half of one.
class ExportJob {
public:
    /// Fails at once where the target cannot be written. `on_progress` is called from the job's thread, also at the end.
    static Result<std::unique_ptr<ExportJob>> start(std::shared_ptr<const capture::Log> log, ExportPlan plan,
                                                    std::filesystem::path target,
                                                    std::function<void()> on_progress = {});
    /// Cancels if it is still running.
    ~ExportJob();
    ExportJob(const ExportJob&) = delete;
    ExportJob& operator=(const ExportJob&) = delete;

    void cancel();
    ExportProgress progress() const;
    /// None while it is running. A cancelled one is complete, with `was_cancelled`.
    std::optional<Result<void>> result() const;
    bool was_cancelled() const;
    const std::filesystem::path& target() const;

private:
    struct State;
    explicit ExportJob(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace sockdesk::app
