#include "capture/stored_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sockdesk::capture {

namespace {

using Identity = std::pair<dev_t, ino_t>;

struct InUse {
    std::mutex mutex;
    std::multiset<Identity> files;
};

InUse& in_use() {
    static InUse instance;
    return instance;
}

std::optional<Identity> identity(int descriptor) {
    struct stat status {};
    if (fstat(descriptor, &status) != 0) return std::nullopt;
    return Identity{status.st_dev, status.st_ino};
}

tl::unexpected<Error> failed(std::string_view attempt, const std::filesystem::path& path, int number) {
    const char* name = strerrorname_np(number);
    Error error;
    error.kind = number == ENOENT                      ? ErrorKind::not_found
                 : number == EACCES || number == EPERM ? ErrorKind::denied
                                                       : ErrorKind::system;
    error.code = name != nullptr ? name : "";
    const char* advice = "";
    if (number == ENOSPC || number == EDQUOT) advice = "; free some space on that disk";
    if (number == ENOENT) advice = "; check the path";
    if (number == EACCES) advice = "; you may not do that there";
    error.message = fmt::format("{} {}: {}{}", attempt, path.string(), strerrordesc_np(number), advice);
    return tl::unexpected<Error>(std::move(error));
}

}  // namespace

StoredFile::StoredFile(int descriptor, std::filesystem::path path)
    : descriptor_(descriptor), path_(std::move(path)) {
    if (const auto file = identity(descriptor_)) {
        const std::lock_guard lock(in_use().mutex);
        in_use().files.insert(*file);
    }
}

StoredFile::~StoredFile() {
    if (const auto file = identity(descriptor_)) {
        const std::lock_guard lock(in_use().mutex);
        const auto found = in_use().files.find(*file);
        if (found != in_use().files.end()) in_use().files.erase(found);
    }
    close(descriptor_);
}

Result<std::shared_ptr<const StoredFile>> StoredFile::open(const std::filesystem::path& path) {
    return open(path, path);
}

Result<std::shared_ptr<const StoredFile>> StoredFile::open(const std::filesystem::path& path,
                                                           std::filesystem::path shown) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (descriptor < 0) return failed("open", shown, errno);
    return std::shared_ptr<const StoredFile>(new StoredFile(descriptor, std::move(shown)));
}

Result<std::shared_ptr<const StoredFile>> StoredFile::make_nameless(const std::filesystem::path& folder) {
    std::error_code ignored;  // what is wrong shows at the next call
    std::filesystem::create_directories(folder, ignored);
    constexpr mode_t only_owner = 0600;  // what was received is nobody else's business
    int descriptor = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, only_owner);
    if (descriptor < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
        // A file system without nameless files: one that loses its name at once.
        std::string name = (folder / "spill-XXXXXX").string();
        descriptor = mkostemp(name.data(), O_CLOEXEC);
        if (descriptor >= 0) unlink(name.c_str());
    }
    if (descriptor < 0) return failed("keep older parts of the log in", folder, errno);
    return std::shared_ptr<const StoredFile>(new StoredFile(descriptor, folder));
}

Result<void> StoredFile::read(std::uint64_t offset, void* to, std::size_t size) const {
    auto* at = static_cast<std::uint8_t*>(to);
    while (size > 0) {
        const ssize_t count = pread(descriptor_, at, size, static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return failed("read a part of the log back from", path_, errno);
        if (count == 0) {
            return fail(ErrorKind::system,
                        fmt::format("read a part of the log back from {}: the file is shorter than it was; "
                                    "something else has changed it",
                                    path_.string()));
        }
        at += count;
        offset += static_cast<std::uint64_t>(count);
        size -= static_cast<std::size_t>(count);
    }
    return {};
}

Result<void> StoredFile::write(std::uint64_t offset, const void* from, std::size_t size) const {
    const auto* at = static_cast<const std::uint8_t*>(from);
    while (size > 0) {
        const ssize_t count = pwrite(descriptor_, at, size, static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) {
            return failed("keep older parts of the log in", path_, count == 0 ? ENOSPC : errno);
        }
        at += count;
        offset += static_cast<std::uint64_t>(count);
        size -= static_cast<std::size_t>(count);
    }
    return {};
}

void StoredFile::discard(std::uint64_t offset, std::uint64_t size) const {
    // Where the file system cannot, the space comes back with the file.
    [[maybe_unused]] const int ignored = fallocate(descriptor_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                                                   static_cast<off_t>(offset), static_cast<off_t>(size));
}

bool StoredFile::is_in_use(int descriptor) {
    const auto file = identity(descriptor);
    if (!file) return false;
    const std::lock_guard lock(in_use().mutex);
    return in_use().files.contains(*file);
}

}  // namespace sockdesk::capture
