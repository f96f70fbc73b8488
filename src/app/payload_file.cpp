#include "app/payload_file.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "app/translation.hpp"

namespace sockdesk::app {

namespace {

ErrorKind kind_of(int error) {
    return error == ENOENT ? ErrorKind::not_found : error == EACCES ? ErrorKind::denied : ErrorKind::system;
}

tl::unexpected<Error> refuse(const std::string& path, int error) {
    return fail(kind_of(error), fmt::format("read {}: {}", path, std::strerror(error)));
}

/// From where the descriptor stands up to the end.
Result<Bytes> read_all(int file, const struct stat& status, const std::string& path, std::size_t limit) {
    Bytes bytes;
    if (S_ISREG(status.st_mode) && status.st_size > 0) {
        bytes.reserve(std::min(static_cast<std::size_t>(status.st_size), limit) + 1);
    }
    std::size_t size = 0;
    for (;;) {
        if (size == bytes.size())
            bytes.resize(std::max(bytes.capacity(), bytes.size() + (std::size_t{64} << 10)));
        const ssize_t got = read(file, bytes.data() + size, bytes.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return refuse(path, errno);
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
        if (size > limit) {
            return fail(ErrorKind::too_large,
                        fmt::format("read {}: larger than {} MiB, the most that is sent from a file", path,
                                    limit >> 20));
        }
    }
    bytes.resize(size);
    return bytes;
}

std::int64_t nanoseconds(const timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

/// A file that was written to twice within one tick of its system's clock looks as if it had been once: one that has only just been written
/// is not known by its time.
constexpr std::int64_t settled_after = 2'000'000'000;

bool is_settled(const struct stat& status) {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    const std::int64_t last = std::max(nanoseconds(status.st_mtim), nanoseconds(status.st_ctim));
    return nanoseconds(now) - last > settled_after;
}

}  // namespace

Result<Bytes> read_payload_file(const std::string& path, std::size_t limit) {
    const archive::Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status {};
    if (!file || fstat(file.get(), &status) != 0) return refuse(path, errno);
    return read_all(file.get(), status, path, limit);
}

Result<OrdinaryFile> open_ordinary_file(const std::filesystem::path& path) {
    // Not to wait for the writer of a pipe.
    OrdinaryFile file{archive::Descriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY))};
    const auto why = [](int error) { return fail(kind_of(error), std::strerror(error)); };
    if (!file.descriptor || fstat(file.descriptor.get(), &file.status) != 0) return why(errno);
    if (S_ISDIR(file.status.st_mode)) return why(EISDIR);
    if (!S_ISREG(file.status.st_mode)) return fail(ErrorKind::system, tr("this is not an ordinary file"));
    return Result<OrdinaryFile>(std::move(file));
}

PayloadFiles::Identity PayloadFiles::identity_of(const struct stat& status) {
    return {status.st_dev, status.st_ino, status.st_size, nanoseconds(status.st_mtim),
            nanoseconds(status.st_ctim)};
}

Result<std::shared_ptr<const Bytes>> PayloadFiles::read(const std::string& path, std::size_t limit) {
    const auto file = open_ordinary_file(path);
    const auto known = std::ranges::find(entries_, path, &Entry::path);
    if (!file) {
        if (known != entries_.end()) entries_.erase(known);
        return fail(file.error().kind, fmt::format("read {}: {}", path, file.error().message));
    }
    const Identity identity = identity_of(file->status);
    if (known != entries_.end()) {
        if (known->identity == identity && known->bytes->size() <= limit) {
            std::rotate(known, known + 1, entries_.end());
            return entries_.back().bytes;
        }
        entries_.erase(known);
    }
    auto bytes = read_all(file->descriptor.get(), file->status, path, limit);
    if (!bytes) return tl::unexpected(std::move(bytes.error()));
    auto shared = std::make_shared<const Bytes>(std::move(*bytes));
    struct stat after {};
    const bool unchanged =
        fstat(file->descriptor.get(), &after) == 0 && identity_of(after) == identity && is_settled(after);
    if (unchanged) keep({path, identity, shared});
    return shared;
}

void PayloadFiles::keep(Entry entry) {
    entries_.push_back(std::move(entry));
    std::size_t bytes = 0;
    for (auto each = entries_.end(); each != entries_.begin();) {
        --each;
        // Small ones count, too: their names are held.
        bytes += each->bytes->size() + 4096;
        if (bytes > most_bytes && each + 1 != entries_.end()) {
            entries_.erase(entries_.begin(), each + 1);
            return;
        }
    }
}

}  // namespace sockdesk::app
