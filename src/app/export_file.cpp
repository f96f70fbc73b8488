#include "app/export_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <random>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sockdesk::app {

namespace {

namespace fs = std::filesystem;

struct Advice {
    int number;
    ErrorKind kind;
    const char* reason;
    const char* advice;
};

constexpr Advice advices[] = {
    {EACCES, ErrorKind::denied, "permission denied", "choose a folder that you may write to"},
    {EPERM, ErrorKind::denied, "the file may not be changed", "choose another file"},
    {EROFS, ErrorKind::denied, "the file system is read-only", "choose another folder"},
    {ENOENT, ErrorKind::not_found, "the folder does not exist", "make it or choose another"},
    {ENOTDIR, ErrorKind::not_found, "a part of the path is not a folder", "check the path"},
    {EISDIR, ErrorKind::bad_input, "it is a folder", "add a file name"},
    {ENAMETOOLONG, ErrorKind::bad_input, "the name is too long", "choose a shorter one"},
    {ELOOP, ErrorKind::bad_input, "its symbolic links lead in a circle", "choose another file"},
    {ENOSPC, ErrorKind::system, "the disk is full", "free some space, then export again"},
    {EDQUOT, ErrorKind::system, "your disk quota is used up", "free some space, then export again"},
    {EFBIG, ErrorKind::too_large, "the file has reached the largest size allowed here", "export less of it"},
};

tl::unexpected<Error> failed(const fs::path& target, int number) {
    const auto* known = std::find_if(std::begin(advices), std::end(advices),
                                     [&](const Advice& advice) { return advice.number == number; });
    Error error;
    const char* name = strerrorname_np(number);
    error.code = name != nullptr ? name : "";
    if (known != std::end(advices)) {
        error.kind = known->kind;
        error.message = fmt::format("export to {}: {}; {}", target.string(), known->reason, known->advice);
    } else {
        const char* reason = strerrordesc_np(number);
        error.message = fmt::format("export to {}: {}; choose another file", target.string(),
                                    reason != nullptr ? reason : "unknown error");
    }
    return tl::unexpected<Error>(std::move(error));
}

/// What is there may be replaced.
Result<void> check_replaceable(const fs::path& target) {
    struct stat status {};
    if (stat(target.c_str(), &status) != 0) {
        if (errno == ENOENT) return {};
        return failed(target, errno);
    }
    if (S_ISDIR(status.st_mode)) return failed(target, EISDIR);
    if (!S_ISREG(status.st_mode)) {
        return fail(ErrorKind::bad_input,
                    fmt::format("export to {}: it is not a regular file; choose another", target.string()));
    }
    // Who must not change the file must not replace it either, though the folder would let them.
    if (access(target.c_str(), W_OK) != 0) return failed(target, errno);
    const int descriptor = open(target.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0) return {};
    // Those who save a log hold a lock on it; replacing it would leave them with a file without a name.
    const bool saved_to = flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    close(descriptor);
    if (!saved_to) return {};
    return fail(
        ErrorKind::in_use,
        fmt::format("export to {}: a log is being saved there; choose another file", target.string()));
}

/// Where a link leads, the target need not exist.
fs::path followed(const fs::path& target) {
    std::error_code error;
    fs::path real = fs::weakly_canonical(fs::absolute(target, error), error);
    return error || real.empty() ? target : real;
}

}  // namespace

ExportFile::ExportFile(int descriptor, fs::path partial, fs::path target)
    : descriptor_(descriptor), partial_(std::move(partial)), target_(std::move(target)) {}

Result<std::unique_ptr<ExportFile>> ExportFile::create(const fs::path& target) {
    if (target.empty() || !target.has_filename()) return failed(target, EISDIR);
    if (auto checked = check_replaceable(target); !checked) return tl::unexpected(checked.error());
    const fs::path real = followed(target);

    // Short, so that a name of the largest length allowed has room for one beside it.
    std::random_device random;
    constexpr int tries = 16;
    for (int i = 0; i < tries; ++i) {
        const fs::path partial = real.parent_path() / fmt::format(".sockdesk-{:08x}.part", random());
        const int descriptor = open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (descriptor >= 0) return std::unique_ptr<ExportFile>(new ExportFile(descriptor, partial, real));
        if (errno != EEXIST && errno != EINTR) return failed(target, errno);
    }
    return failed(target, EEXIST);
}

ExportFile::~ExportFile() {
    close(descriptor_);
    if (!finished_) unlink(partial_.c_str());
}

Result<void> ExportFile::write(ByteView bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return failed(target_, count < 0 ? errno : ENOSPC);
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return {};
}

Result<void> ExportFile::finish() {
    struct stat old {};
    // Whoever could read the file before can read it afterwards.
    if (stat(target_.c_str(), &old) == 0) {
        [[maybe_unused]] const int kept = fchmod(descriptor_, old.st_mode & 07777U);
    }
    // Some file systems know no fsync(2); a disk that is full says so here at the latest.
    if (fsync(descriptor_) != 0 && errno != EINVAL && errno != EROFS) return failed(target_, errno);
    if (std::rename(partial_.c_str(), target_.c_str()) != 0) return failed(target_, errno);
    finished_ = true;
    const int folder = open(target_.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
        [[maybe_unused]] const int synced = fsync(folder);
        close(folder);
    }
    return {};
}

}  // namespace sockdesk::app
