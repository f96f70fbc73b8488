#include "app/kept_file.hpp"

#include <cerrno>
#include <cstring>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

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

Result<void> write_synced(const fs::path& path, std::string_view content) {
    const OpenFile file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (file.get() < 0) return refuse(path);
    while (!content.empty()) {
        const ssize_t written = ::write(file.get(), content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return refuse(path);
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(file.get()) != 0) return refuse(path);
    return {};
}

}  // namespace

Result<std::string> read_file(const fs::path& path, std::size_t most) {
    const auto why = [&] { return fail(ErrorKind::system, std::strerror(errno)); };
    // A pipe without a writer would keep the window waiting.
    const OpenFile file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    struct stat status {};
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0) return why();
    if (S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        return why();
    }
    if (!S_ISREG(status.st_mode)) return fail(ErrorKind::system, tr("this is not an ordinary file"));
    std::string content;
    char buffer[64 << 10];
    while (true) {
        const ssize_t size = ::read(file.get(), buffer, sizeof buffer);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return why();
        if (size == 0) return content;
        content.append(buffer, static_cast<std::size_t>(size));
        if (content.size() > most)
            return fail(ErrorKind::too_large, trf("it is larger than {} MiB", most >> 20));
    }
}

Result<void> replace_file(const fs::path& path, std::string_view content) {
    std::error_code error;
    // As people with a folder of dotfiles have it: the link stays, its target is replaced.
    fs::path target = path;
    if (fs::is_symlink(path, error)) {
        if (const auto resolved = fs::weakly_canonical(path, error); !error) target = resolved;
    }
    fs::path temporary = target;
    temporary += fmt::format(".new-{}", ::getpid());
    if (auto written = write_synced(temporary, content); !written) {
        fs::remove(temporary, error);
        return written;
    }
    if (::rename(temporary.c_str(), target.c_str()) != 0) {
        auto refused = refuse(target);
        fs::remove(temporary, error);
        return refused;
    }
    return {};
}

std::string KeptFile::load(const std::function<Result<void>(std::string_view)>& use) {
    std::error_code error;
    if (!fs::exists(path_, error) && !error) return {};
    const auto content = read_file(path_, max_bytes);
    if (!content) {
        may_write_ = false;
        return trf("{} cannot be read ({}); changes will not be kept.", shown(path_),
                   content.error().message);
    }
    const auto used = use(*content);
    if (used) return {};
    const fs::path aside = path_aside(path_);
    fs::rename(path_, aside, error);
    if (error) {
        may_write_ = false;
        return trf("{} is damaged ({}); changes will not be kept.", shown(path_), used.error().message);
    }
    return trf("{} was damaged ({}). It is kept as {}.", shown(path_), used.error().message, shown(aside));
}

Result<void> KeptFile::save(std::string_view content) {
    if (!may_write_) return {};
    std::error_code error;
    if (path_.has_parent_path()) fs::create_directories(path_.parent_path(), error);
    return replace_file(path_, content);
}

}  // namespace sockdesk::app
