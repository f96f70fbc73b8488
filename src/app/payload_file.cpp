#include "app/payload_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

namespace sockdesk::app {

namespace {

tl::unexpected<Error> refuse(const std::string& path, int error) {
    const ErrorKind kind = error == ENOENT   ? ErrorKind::not_found
                           : error == EACCES ? ErrorKind::denied
                                             : ErrorKind::system;
    return fail(kind, fmt::format("read {}: {}", path, std::strerror(error)));
}

}  // namespace

Result<Bytes> read_payload_file(const std::string& path, std::size_t limit) {
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return refuse(path, errno);

    Bytes bytes;
    struct stat status {};
    if (fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0) {
        bytes.reserve(std::min(static_cast<std::size_t>(status.st_size) + 1, payload_file_limit));
    }
    std::size_t size = 0;
    for (;;) {
        if (bytes.size() - size < 4096)
            bytes.resize(std::max(bytes.capacity(), bytes.size() + (std::size_t{64} << 10)));
        const ssize_t got = read(file, bytes.data() + size, bytes.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            const int error = errno;
            close(file);
            return refuse(path, error);
        }
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
        if (size > limit) {
            close(file);
            return fail(ErrorKind::too_large,
                        fmt::format("read {}: larger than {} MiB, the most that is sent from a file", path,
                                    limit >> 20));
        }
    }
    close(file);
    bytes.resize(size);
    return bytes;
}

}  // namespace sockdesk::app
