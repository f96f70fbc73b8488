#include "cli/log_command.hpp"

#include <array>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include "app/export_file.hpp"
#include "app/exporter.hpp"
#include "cli/batch_writer.hpp"
#include "cli/capture_arguments.hpp"
#include "cli/capture_input.hpp"
#include "cli/interrupts.hpp"
#include "cli/wake_up.hpp"
#include "codec/escapes.hpp"

namespace sockdesk::cli {

namespace {

constexpr std::size_t batch_bytes = std::size_t{128} << 10;

/// What has been read and not been written yet. Nothing of it is looked at twice, so it need not be much.
constexpr std::size_t log_memory_bytes = std::size_t{64} << 20;

class LogCommand {
public:
    explicit LogCommand(const LogRequest& request)
        : request_(request),
          encoding_(codec::Encoding::find(request.encoding).value_or(codec::Encoding::utf8())),
          pool_(std::make_shared<capture::SegmentPool>(
              capture::SegmentPoolOptions{.ready_segments = 2, .budget_bytes = log_memory_bytes})),
          output_(STDOUT_FILENO),
          input_(pool_, request.file, request.follow, [this] { wake_up_.notify(); }) {}

    int run() {
        const int status = print();
        if (target_ && !target_->finished() && status == exit_done) {
            tell(fmt::format("interrupted; {} was not written", request_.output->string()));
        }
        if (request_.verify && (exporter_ || status == exit_done)) {
            const app::TrailerTally* tally = exporter_ ? exporter_->tally() : nullptr;
            tell(app::describe_tally(tally != nullptr ? *tally : app::TrailerTally{}, *request_.verify));
        }
        return status;
    }

private:
    int print() {
        if (!open_output() || !open_input()) return status_;
        while (!stopped_) {
            wake_up_.clear();
            // Before the records: when it is done, they are all.
            const archive::ReadProgress progress = input_.progress();
            const RecordCount published = input_.file().log()->published();
            if (published != 0 || progress.done) write_records(published, progress.done);
            if (stopped_) break;
            if (progress.done) {
                complete(progress);
                break;
            }
            wait();
        }
        return status_;
    }

    bool open_output() {
        if (request_.output) {
            auto file = app::ExportFile::create(*request_.output);
            if (!file) return fail_with(file.error().message);
            target_ = std::move(*file);
        } else if (request_.format == app::ExportFormat::pcapng && isatty(STDOUT_FILENO) == 1) {
            status_ = exit_bad_usage;
            tell(
                "--format pcapng is for a file or a program, and this is a terminal; name a file with "
                "--output FILE");
            return false;
        }
        return true;
    }

    bool open_input() {
        while (true) {
            wake_up_.clear();
            const auto opened = input_.advance();
            if (!opened) return fail_with(input_.worded(opened.error().message));
            if (*opened) return true;
            wait();
            if (stopped_) return false;
        }
    }

    app::ExportPlan plan() {
        app::ExportPlan plan;
        plan.format = request_.format;
        plan.view = request_.view;
        plan.encoding = encoding_;
        plan.verify = request_.verify;
        // Its words name the peer of everything; a session's own beginning tells more (see record_writer.hpp).
        plan.protocol = engine::Protocol::tcp_server;
        Timestamp day{};
        const auto& log = input_.file().log();
        if (log->published() != 0) {
            capture::LogReader reader(log, capture::Access::sequential);
            day = reader.record(0).time;
        }
        std::string filter = request_.filter;
        if (request_.format == app::ExportFormat::raw) {
            plan.direction = request_.direction;
        } else if (request_.direction) {
            const bool blank = filter.find_first_not_of(" \t\r\n") == std::string::npos;
            const char* direction = *request_.direction == capture::Direction::received ? "rx" : "tx";
            filter = blank ? direction : fmt::format("{} ({})", direction, filter);
        }
        plan.filter = make_filter(filter, encoding_, day);
        return plan;
    }

    void write_records(RecordCount published, bool all) {
        if (!exporter_) {
            exporter_.emplace(input_.file().log(), plan());
            exporter_->begin(output_.buffer());
        }
        // What follows a record without being one, such as the end of a handshake, goes out with the next one: so the last of a
        // capture waits until it is sure to be the last.
        const bool hold_back = request_.format == app::ExportFormat::pcapng && !all && !request_.follow;
        const RecordCount end = hold_back ? published - 1 : published;
        while (exporter_->next() < end && !stopped_) {
            if (const auto done = exporter_->advance(end, batch_bytes, output_.buffer()); !done) {
                fail_with(done.error().message);
                stopped_ = true;
                return;
            }
            if (output_.buffer().size() >= batch_bytes) flush();
            input_.file().log()->release_before(exporter_->next());
            if (interrupts_.requested()) stopped_ = true;
        }
        flush();
    }

    void flush() {
        if (target_) {
            if (const auto written = target_->write(as_bytes(output_.buffer())); !written) {
                fail_with(written.error().message);
                stopped_ = true;
            }
            output_.buffer().clear();
            return;
        }
        if (output_.flush() == BatchWriter::State::good) return;
        stopped_ = true;
        // Who does not read on has seen enough.
        if (output_.state() == BatchWriter::State::failed) {
            fail_with(fmt::format("standard output: {}", std::strerror(output_.error())));
        }
    }

    void complete(const archive::ReadProgress& progress) {
        exporter_->finish(output_.buffer());
        flush();
        if (target_ && !stopped_) {
            if (const auto finished = target_->finish(); !finished) fail_with(finished.error().message);
        }
        if (progress.problem) fail_with(input_.worded(progress.problem->message));
    }

    void wait() {
        // Nothing is asked of stdout: that nobody reads it any more is told unasked.
        std::array<pollfd, 3> descriptors = {{{interrupts_.fd(), POLLIN, 0},
                                              {wake_up_.fd(), POLLIN, 0},
                                              {target_ ? -1 : STDOUT_FILENO, 0, 0}}};
        const auto look = input_.next_look();
        if (poll(descriptors.data(), descriptors.size(), look ? static_cast<int>(look->count()) : -1) <= 0)
            return;
        if (descriptors[0].revents != 0 || descriptors[2].revents != 0) stopped_ = true;
    }

    bool fail_with(const std::string& message) {
        status_ = exit_failed;
        tell(message);
        return false;
    }

    static void tell(const std::string& message) {
        fmt::print(stderr, "sockdesk log: {}\n", codec::escape_controls(message));
    }

    const LogRequest& request_;
    const codec::Encoding encoding_;
    Interrupts interrupts_;
    WakeUp wake_up_;
    std::shared_ptr<capture::SegmentPool> pool_;
    BatchWriter output_;
    std::unique_ptr<app::ExportFile> target_;
    CaptureInput input_;  // after `wake_up_`, which its threads use
    std::optional<app::Exporter> exporter_;
    bool stopped_ = false;
    int status_ = exit_done;
};

}  // namespace

int run_log(const LogRequest& request) { return LogCommand(request).run(); }

}  // namespace sockdesk::cli
