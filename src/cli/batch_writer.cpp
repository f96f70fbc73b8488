#include "cli/batch_writer.hpp"

#include <cerrno>

#include <poll.h>
#include <unistd.h>

namespace sockdesk::cli {

BatchWriter::State BatchWriter::flush() {
    std::size_t written = 0;
    while (state_ == State::good && written < buffer_.size()) {
        const ssize_t count = write(fd_, buffer_.data() + written, buffer_.size() - written);
        if (count >= 0) {
            written += static_cast<std::size_t>(count);
            continue;
        }
        switch (errno) {
            case EINTR:
                break;
            case EAGAIN:
                wait_writable();
                break;  // somebody who shares the descriptor made it non-blocking
            case EPIPE:
                state_ = State::closed;
                break;
            default:
                error_ = errno;
                state_ = State::failed;
        }
    }
    buffer_.clear();
    return state_;
}

void BatchWriter::wait_writable() const {
    pollfd descriptor{fd_, POLLOUT, 0};
    poll(&descriptor, 1, -1);
}

}  // namespace sockdesk::cli
