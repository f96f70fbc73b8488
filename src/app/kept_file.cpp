#include "app/kept_file.hpp"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "app/payload_file.hpp"
#include "app/translation.hpp"
#include "codec/escapes.hpp"

namespace sockdesk::app {
namespace {

namespace fs = std::filesystem;

std::string shown(const fs::path& path) { return codec::escape_controls(path.string()); }

tl::unexpected<Error> refuse(const fs::path& path) {
    const std::string why = std::strerror(errno);
    return fail(ErrorKind::system, trf("Write {}: {}", shown(path), why));
}

// `name.broken`, or the first `name.broken-N` that is free: no earlier one is lost either.
fs::path path_aside(const fs::path& path) {
    fs::path aside = path;
    aside += ".broken";
    std::error_code ignored;
    for (int i = 2; fs::exists(aside, ignored); ++i) {
        aside = path;
        aside += fmt::format(".broken-{}", i);
    }
    return aside;
}

class OpenFile {
public:
    explicit OpenFile(int descriptor) : descriptor_(descriptor) {}
    ~OpenFile() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    int get() const { return descriptor_; }

private:
    int descriptor_;
};

FileState state_of(const struct stat& status) {
    return {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino),
            static_cast<std::uint64_t>(status.st_size),
            static_cast<std::int64_t>(status.st_mtim.tv_sec) * 1'000'000'000 + status.st_mtim.tv_nsec};
}

// None: there is no such file, or nobody may look at it.
std::optional<FileState> state_at(const fs::path& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return {};
    return state_of(status);
}

// As people with a folder of dotfiles have it: the link stays, its target is replaced.
fs::path target_of(const fs::path& path) {
    std::error_code error;
    if (!fs::is_symlink(path, error)) return path;
    auto resolved = fs::weakly_canonical(path, error);
    return error ? path : resolved;
}

// Messages name the file that the person knows, not the one beside it.
Result<FileState> write_synced(const fs::path& path, const fs::path& named, std::string_view content,
                               FileAccess access) {
    struct stat before {};
    const bool usual = access == FileAccess::usual;
    const bool exists = usual && ::stat(named.c_str(), &before) == 0;
    const OpenFile file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, usual && !exists ? 0666 : 0600));
    if (file.get() < 0) return refuse(named);
    if (exists && ::fchmod(file.get(), before.st_mode & 0777) != 0) return refuse(named);
    while (!content.empty()) {
        const ssize_t written = ::write(file.get(), content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return refuse(named);
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    struct stat status {};
    if (::fsync(file.get()) != 0 || ::fstat(file.get(), &status) != 0) return refuse(named);
    return state_of(status);
}

// Whoever saves a file that others save, too, holds the lock beside it meanwhile. A file system that has no locks is no reason to
// lose what is to be saved.
Result<int> locked(const fs::path& path) {
    using namespace std::chrono_literals;
    constexpr int attempts = 200;  // the others hold it for as long as a disk takes to write a small file
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) return fail(ErrorKind::system, std::strerror(errno));
    for (int i = 0; i < attempts; ++i) {
        if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return descriptor;
        if (errno != EWOULDBLOCK && errno != EINTR) return descriptor;
        std::this_thread::sleep_for(25ms);
    }
    ::close(descriptor);
    return fail(ErrorKind::in_use, tr("another window of Sockdesk has been writing it for seconds"));
}

}  // namespace

Result<std::string> read_file(const fs::path& path, std::size_t most) {
    const auto file = open_ordinary_file(path);
    if (!file) return tl::unexpected(file.error());
    std::string content;
    char buffer[64 << 10];
    while (true) {
        const ssize_t size = ::read(file->descriptor.get(), buffer, sizeof buffer);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return fail(ErrorKind::system, std::strerror(errno));
        if (size == 0) return content;
        content.append(buffer, static_cast<std::size_t>(size));
        if (content.size() > most)
            return fail(ErrorKind::too_large, trf("it is larger than {} MiB", most >> 20));
    }
}

Result<FileState> replace_file(const fs::path& path, std::string_view content, FileAccess access) {
    std::error_code error;
    const fs::path target = target_of(path);
    fs::path temporary = target;
    temporary += fmt::format(".new-{}", ::getpid());
    fs::remove(temporary, error);  // of a process that had the same number and was killed
    auto written = write_synced(temporary, target, content, access);
    if (written && ::rename(temporary.c_str(), target.c_str()) != 0) written = refuse(target);
    if (!written) fs::remove(temporary, error);
    return written;
}

std::string KeptFile::load(const std::function<Result<void>(std::string_view)>& use) {
    std::error_code error;
    // Before it is read: what is written meanwhile is news at the next save.
    known_ = state_at(path_);
    if (!fs::exists(path_, error) && !error) return {};
    const auto content = read_file(path_, max_bytes);
    if (!content) {
        may_write_ = false;
        return trf("{} cannot be read ({}); changes will not be kept.", shown(path_),
                   content.error().message);
    }
    const auto used = use(*content);
    if (used) return {};
    if (used.error().kind == ErrorKind::in_use) {
        may_write_ = false;
        return trf("{}: {} Changes will not be kept.", shown(path_), used.error().message);
    }
    const fs::path aside = path_aside(path_);
    fs::rename(path_, aside, error);
    if (error) {
        may_write_ = false;
        return trf("{} is damaged ({}); changes will not be kept.", shown(path_), used.error().message);
    }
    known_.reset();
    return trf("{} was damaged ({}). It is kept as {}.", shown(path_), used.error().message, shown(aside));
}

Result<void> KeptFile::save(std::string_view content) {
    if (!may_write_) return {};
    std::error_code error;
    if (path_.has_parent_path()) fs::create_directories(path_.parent_path(), error);
    auto replaced = replace_file(path_, content);
    if (!replaced) return tl::unexpected(std::move(replaced.error()));
    known_ = *replaced;
    return {};
}

Result<std::string> KeptFile::content_for(const MakeContent& content) {
    const auto state = state_at(path_);
    if (!state || state == known_) return content({});
    const auto of_others = read_file(path_, max_bytes);
    if (!of_others) {
        return fail(ErrorKind::system, trf("{} was changed by another program and cannot be read ({}).",
                                           shown(path_), of_others.error().message));
    }
    auto made = content(*of_others);
    if (made) return made;
    const fs::path aside = path_aside(path_);
    std::error_code error;
    fs::rename(path_, aside, error);
    if (error) {
        return fail(ErrorKind::system, trf("{} was damaged by another program ({}) and cannot be put aside.",
                                           shown(path_), made.error().message));
    }
    return content({});
}

Result<void> KeptFile::save_merged(const MakeContent& content) {
    if (!may_write_) return {};
    std::error_code error;
    if (path_.has_parent_path()) fs::create_directories(path_.parent_path(), error);
    fs::path lock_path = target_of(path_);
    lock_path += ".lock";
    const auto lock = locked(lock_path);
    if (!lock) {
        return fail(ErrorKind::system, trf("Write {}: {}", shown(path_), lock.error().message));
    }
    const OpenFile held(*lock);
    const auto made = content_for(content);
    if (!made) return tl::unexpected(made.error());
    return save(*made);
}

}  // namespace sockdesk::app
