#include "archive/reading.hpp"

#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>

namespace sockdesk::archive {

Reading::Reading(std::shared_ptr<capture::Log> to, std::shared_ptr<const capture::StoredFile> from,
                 CaptureFileOptions chosen)
    : log(std::move(to)), file(std::move(from)), options(std::move(chosen)) {
    progress_.file_bytes = file_bytes();
}

std::uint64_t Reading::file_bytes() const {
    struct stat status {};
    return fstat(file->descriptor(), &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

ReadProgress Reading::progress() const {
    const std::lock_guard lock(mutex_);
    return progress_;
}

void Reading::wait() const {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return progress_.done; });
}

void Reading::request_stop() {
    {
        const std::lock_guard lock(mutex_);
        stop.store(true);
    }
    changed_.notify_all();
}

bool Reading::time_to_report() {
    constexpr std::chrono::milliseconds at_first{20};
    constexpr std::chrono::milliseconds later{100};
    constexpr std::chrono::seconds first_second{1};
    const auto now = Clock::now();
    if (now - reported_ < (now - began_ < first_second ? at_first : later)) return false;
    reported_ = now;
    return true;
}

void Reading::report(std::uint64_t read_bytes, std::uint64_t left_out) {
    {
        const std::lock_guard lock(mutex_);
        progress_.file_bytes = file_bytes();
        progress_.read_bytes = read_bytes;
        progress_.records = log->published();
        progress_.left_out = left_out;
    }
    if (options.on_progress) options.on_progress();
}

void Reading::end(std::optional<Error> problem) {
    {
        const std::lock_guard lock(mutex_);
        progress_.done = true;
        progress_.problem = std::move(problem);
        progress_.records = log->published();
    }
    changed_.notify_all();
    if (options.on_progress) options.on_progress();
}

bool Reading::pause(std::chrono::milliseconds interval) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, interval, [&] { return stop.load(); });
    return !stop.load();
}

Error problem_at(const Reading& reading, std::uint64_t offset, const std::string& why) {
    Error error;
    error.kind = ErrorKind::bad_input;
    error.message = fmt::format("read {}: {} at byte {}; what is before it was read",
                                reading.file->path().string(), why, offset);
    error.position = static_cast<std::size_t>(offset);
    return error;
}

Error cut_short(const Reading& reading, std::uint64_t offset, const char* within) {
    Error error;
    error.kind = ErrorKind::bad_input;
    error.message = fmt::format(
        "read {}: the file is cut short in the middle of a {} at byte {}; what is before it was read",
        reading.file->path().string(), within, offset);
    error.position = static_cast<std::size_t>(offset);
    return error;
}

}  // namespace sockdesk::archive
