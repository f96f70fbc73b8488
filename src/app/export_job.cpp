#include "app/export_job.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "app/export_file.hpp"
#include "app/exporter.hpp"

namespace sockdesk::app {

namespace {

constexpr std::size_t batch_bytes = std::size_t{1} << 20;
constexpr std::chrono::milliseconds progress_interval{50};

struct FormatNames {
    ExportFormat format;
    std::string_view name;
    std::string_view extension;
};

constexpr std::array<FormatNames, 6> formats = {{
    {ExportFormat::pcapng, "pcapng", ".pcapng"},
    {ExportFormat::log, "log", ".log"},
    {ExportFormat::hexdump, "hexdump", ".txt"},
    {ExportFormat::csv, "csv", ".csv"},
    {ExportFormat::json, "json", ".jsonl"},
    {ExportFormat::raw, "raw", ".bin"},
}};

}  // namespace

std::string_view export_format_name(ExportFormat format) {
    return std::ranges::find(formats, format, &FormatNames::format)->name;
}

std::string_view export_format_extension(ExportFormat format) {
    return std::ranges::find(formats, format, &FormatNames::format)->extension;
}

std::optional<ExportFormat> parse_export_format(std::string_view name) {
    const auto* found = std::ranges::find(formats, name, &FormatNames::name);
    if (found == formats.end()) return std::nullopt;
    return found->format;
}

Result<ExportProgress> export_log(const std::shared_ptr<const capture::Log>& log, const ExportPlan& plan,
                                  ExportSink& sink, const std::atomic<bool>& cancel,
                                  const std::function<void(const ExportProgress&)>& progress) {
    using Clock = std::chrono::steady_clock;
    const RecordCount published = log->published();
    const RecordIndex end = std::min(plan.end.value_or(published), published);
    Exporter exporter(log, plan);
    const RecordIndex first = exporter.next();

    ExportProgress state;
    state.total = end > first ? end - first : 0;
    Clock::time_point next_report = Clock::now() + progress_interval;
    std::string buffer;
    buffer.reserve(batch_bytes + batch_bytes / 4);
    exporter.begin(buffer);
    while (!cancel.load(std::memory_order_relaxed)) {
        const bool done = exporter.next() >= end;
        if (done) {
            exporter.finish(buffer);
        } else {
            if (auto advanced = exporter.advance(end, batch_bytes, buffer); !advanced) {
                return tl::unexpected(advanced.error());
            }
        }
        if (buffer.size() >= batch_bytes || (done && !buffer.empty())) {
            if (auto written = sink.write(as_bytes(buffer)); !written) return tl::unexpected(written.error());
            state.written_bytes += buffer.size();
            buffer.clear();
        }
        state.looked_at = exporter.next() - first;
        state.written_records = exporter.written_records();
        if (done) break;
        if (const auto now = Clock::now(); progress && now >= next_report) {
            next_report = now + progress_interval;
            progress(state);
        }
    }
    if (progress) progress(state);
    return state;
}

struct ExportJob::State {
    std::filesystem::path target;
    std::atomic<bool> cancelled{false};

    mutable std::mutex mutex;  // guards what follows, up to the thread
    ExportProgress progress;
    std::optional<Result<void>> result;
    bool was_cancelled = false;

    std::thread thread;

    Result<void> write(const std::shared_ptr<const capture::Log>& log, const ExportPlan& plan,
                       ExportFile& file, const std::function<void()>& on_progress) {
        const auto exported = export_log(log, plan, file, cancelled, [&](const ExportProgress& now) {
            {
                const std::lock_guard lock(mutex);
                progress = now;
            }
            if (on_progress) on_progress();
        });
        if (!exported) return tl::unexpected(exported.error());
        if (cancelled.load()) return {};
        return file.finish();
    }

    void run(const std::shared_ptr<const capture::Log>& log, const ExportPlan& plan,
             std::unique_ptr<ExportFile> file, const std::function<void()>& on_progress) {
        Result<void> written = write(log, plan, *file, on_progress);
        const bool cancelled_in_time = written.has_value() && !file->finished();
        file.reset();  // what is not finished is gone when the result is there
        {
            const std::lock_guard lock(mutex);
            was_cancelled = cancelled_in_time;
            result = std::move(written);
        }
        if (on_progress) on_progress();
    }
};

Result<std::unique_ptr<ExportJob>> ExportJob::start(std::shared_ptr<const capture::Log> log, ExportPlan plan,
                                                    std::filesystem::path target,
                                                    std::function<void()> on_progress) {
    auto file = ExportFile::create(target);
    if (!file) return tl::unexpected(file.error());
    auto state = std::make_unique<State>();
    state->target = std::move(target);
    state->thread = std::thread([state = state.get(), log = std::move(log), plan = std::move(plan),
                                 file = std::move(*file), on_progress = std::move(on_progress)]() mutable {
        state->run(log, plan, std::move(file), on_progress);
    });
    return std::unique_ptr<ExportJob>(new ExportJob(std::move(state)));
}

ExportJob::ExportJob(std::unique_ptr<State> state) : state_(std::move(state)) {}

ExportJob::~ExportJob() {
    cancel();
    state_->thread.join();
}

void ExportJob::cancel() { state_->cancelled.store(true); }

ExportProgress ExportJob::progress() const {
    const std::lock_guard lock(state_->mutex);
    return state_->progress;
}

std::optional<Result<void>> ExportJob::result() const {
    const std::lock_guard lock(state_->mutex);
    return state_->result;
}

bool ExportJob::was_cancelled() const {
    const std::lock_guard lock(state_->mutex);
    return state_->was_cancelled;
}

const std::filesystem::path& ExportJob::target() const { return state_->target; }

}  // namespace sockdesk::app
