#include "archive/byte_source.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <unistd.h>

namespace sockdesk::archive {

namespace {

constexpr std::size_t initial_size = std::size_t{1} << 20;

}  // namespace

Result<std::size_t> read_at(const capture::StoredFile& file, std::uint64_t offset, std::uint8_t* to,
                            std::size_t size) {
    std::size_t done = 0;
    while (done < size) {
        const ssize_t count =
            pread(file.descriptor(), to + done, size - done, static_cast<off_t>(offset + done));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            const char* name = strerrorname_np(errno);
            Error error;
            error.code = name != nullptr ? name : "";
            error.message = fmt::format("read {}: {}; check the disk and the file", file.path().string(),
                                        strerrordesc_np(errno));
            return tl::unexpected<Error>(std::move(error));
        }
        if (count == 0) break;
        done += static_cast<std::size_t>(count);
    }
    return done;
}

ByteSource::ByteSource(const capture::StoredFile& file) : file_(file), buffer_(initial_size) {}

Result<bool> ByteSource::fill(std::size_t wanted) {
    while (end_ - begin_ < wanted) {
        if (begin_ > 0) {
            std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
            end_ -= begin_;
            begin_ = 0;
        }
        if (end_ == buffer_.size()) buffer_.resize(2 * buffer_.size());
        const auto count = read_at(file_, offset_ + end_, buffer_.data() + end_, buffer_.size() - end_);
        if (!count) return tl::unexpected(count.error());
        if (*count == 0) return false;
        end_ += *count;
    }
    return true;
}

}  // namespace sockdesk::archive
