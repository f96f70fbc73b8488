#include "archive/recordings.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <numeric>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/descriptor.hpp"
#include "archive/file_name.hpp"

namespace sockdesk::archive {

namespace {

constexpr std::string_view suffix = ".pcapng";

/// An empty file is a name that `new_path` keeps for somebody who is about to use it. After this time nobody is.
constexpr std::chrono::minutes name_kept{1};

tl::unexpected<Error> failed(std::string_view attempt, const std::filesystem::path& path, int number,
                             std::string_view advice) {
    const char* name = strerrorname_np(number);
    Error error;
    error.kind = number == ENOENT                                         ? ErrorKind::not_found
                 : number == EACCES || number == EPERM || number == EROFS ? ErrorKind::denied
                                                                          : ErrorKind::system;
    error.code = name != nullptr ? name : "";
    error.message = fmt::format("{}{}: {}{}", attempt, path.string(), strerrordesc_np(number), advice);
    return tl::unexpected<Error>(std::move(error));
}

/// "2026-11-21 10-00-00", local time
std::string time_in_name(Timestamp now) {
    const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    std::tm parts{};
    if (localtime_r(&seconds, &parts) == nullptr) return "0000-00-00 00-00-00";
    return fmt::format("{:04}-{:02}-{:02} {:02}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1,
                       parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

bool is_recording_name(const std::string& name) {
    return name.size() > suffix.size() && name.ends_with(suffix) && name.front() != '.' &&
           name.find('/') == std::string::npos;
}

Timestamp timestamp(const timespec& time) {
    return Timestamp(std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
}

/// Not through a symbolic link, and without waiting where it is a pipe.
Descriptor open_in(int folder, const std::string& name) {
    return Descriptor(
        openat(folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

/// Whoever saves to a file has locked it. A file system without locks tells of none.
bool is_locked(int file, int operation) {
    return flock(file, operation | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

}  // namespace

std::filesystem::path default_state_folder() {
    // Specification: a relative path in the variable is to be ignored.
    if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && *state == '/') {
        return std::filesystem::path(state) / "sockdesk";
    }
    const char* home = std::getenv("HOME");
    const std::filesystem::path base = home != nullptr && *home != '\0' ? home : "/";
    return base / ".local" / "state" / "sockdesk";
}

Recordings::Recordings(std::filesystem::path folder) : folder_(std::move(folder)) {}

Result<std::filesystem::path> Recordings::new_path(Timestamp now, std::string_view session) const {
    constexpr std::string_view advice = "; choose another folder in XDG_STATE_HOME, or free some space";
    std::error_code problem;
    const bool made = std::filesystem::create_directories(folder_, problem);
    if (problem) return failed("keep recordings in ", folder_, problem.value(), advice);
    // What was received is nobody else's business.
    if (made) chmod(folder_.c_str(), 0700);

    constexpr std::size_t longest_session = 80;
    std::string stem = time_in_name(now);
    if (const std::string part = file_name_part(session, longest_session); !part.empty()) stem += ' ' + part;
    constexpr int most_of_one_name = 10'000;
    for (int number = 1; number <= most_of_one_name; ++number) {
        auto path = folder_ / (number == 1 ? fmt::format("{}{}", stem, suffix)
                                           : fmt::format("{} ({}){}", stem, number, suffix));
        const Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (file) return path;
        if (errno != EEXIST) return failed("keep a recording in ", path, errno, advice);
    }
    return fail(ErrorKind::in_use,
                fmt::format("keep a recording in {}: there are too many of the same name; delete some",
                            folder_.string()));
}

std::vector<Recording> Recordings::list() const {
    std::vector<Recording> result;
    const Descriptor folder(open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder) return result;
    std::error_code problem;
    for (std::filesystem::directory_iterator at(folder_, problem), end; !problem && at != end;
         at.increment(problem)) {
        const std::string name = at->path().filename().string();
        if (!is_recording_name(name)) continue;
        struct stat status {};
        if (fstatat(folder.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
        if (!S_ISREG(status.st_mode)) continue;
        Recording recording;
        recording.path = folder_ / name;
        recording.bytes = static_cast<std::uint64_t>(status.st_size);
        recording.changed = timestamp(status.st_mtim);
        if (const Descriptor file = open_in(folder.get(), name)) {
            recording.in_use = is_locked(file.get(), LOCK_SH);
        }
        if (recording.bytes == 0 && !recording.in_use) continue;
        result.push_back(std::move(recording));
    }
    std::sort(result.begin(), result.end(), [](const Recording& a, const Recording& b) {
        return std::pair(b.changed, b.path.native()) < std::pair(a.changed, a.path.native());
    });
    return result;
}

Result<void> Recordings::remove(const std::filesystem::path& path) const {
    const auto refused = [&](ErrorKind kind, std::string_view why) {
        return fail(kind, fmt::format("delete {}: {}", path.string(), why));
    };
    const std::string name = path.filename().string();
    const bool ours = is_recording_name(name) && path.parent_path().lexically_normal() ==
                                                     (folder_ / "x").lexically_normal().parent_path();
    if (!ours || std::find(path.begin(), path.end(), "..") != path.end()) {
        return refused(ErrorKind::bad_input,
                       "it is not one of the recordings; files elsewhere are deleted in a file manager");
    }
    const Descriptor folder(open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder) return failed("delete ", path, errno, "; look again at the list");
    struct stat status {};
    if (fstatat(folder.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
        return failed("delete ", path, errno, "; look again at the list");
    }
    if (!S_ISREG(status.st_mode)) {
        return refused(ErrorKind::bad_input, "it is not a regular file; delete it in a file manager");
    }
    // Kept locked, so that nobody begins to save there between the question and the answer.
    const Descriptor file = open_in(folder.get(), name);
    if (file && is_locked(file.get(), LOCK_EX)) {
        return refused(ErrorKind::in_use, "a session is being recorded to it; close the session first");
    }
    if (unlinkat(folder.get(), name.c_str(), 0) != 0) {
        return failed("delete ", path, errno, "; check the folder's permissions");
    }
    return {};
}

std::size_t Recordings::prune(std::uint64_t limit_bytes) const {
    const std::vector<Recording> all = list();
    std::uint64_t total =
        std::accumulate(all.begin(), all.end(), std::uint64_t{0},
                        [](std::uint64_t sum, const Recording& one) { return sum + one.bytes; });
    std::size_t removed = 0;
    for (auto oldest = all.rbegin(); oldest != all.rend() && total > limit_bytes; ++oldest) {
        if (oldest->in_use || !remove(oldest->path)) continue;
        total -= oldest->bytes;
        ++removed;
    }
    remove_unused_names();
    return removed;
}

/// Sessions that never came to open leave the empty file that kept their name.
void Recordings::remove_unused_names() const {
    const auto now = SystemClock().now();
    std::error_code problem;
    for (std::filesystem::directory_iterator at(folder_, problem), end; !problem && at != end;
         at.increment(problem)) {
        struct stat status {};
        if (lstat(at->path().c_str(), &status) != 0 || !S_ISREG(status.st_mode) || status.st_size != 0 ||
            timestamp(status.st_mtim) + name_kept > now) {
            continue;
        }
        [[maybe_unused]] const auto removed = remove(at->path());
    }
}

}  // namespace sockdesk::archive
