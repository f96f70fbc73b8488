#include "cli/batch_writer.hpp"

#include <cerrno>
#include <utility>

#include <poll.h>
#include <unistd.h>

namespace sockdesk::cli {

BatchWriter::BatchWriter(int fd, std::function<bool()> give_up) : fd_(fd), give_up_(std::move(give_up)) {}

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
                if (give_up_()) state_ = State::closed;
                break;
            case EAGAIN:  // somebody who shares the descriptor made it non-blocking
                if (!wait_writable()) state_ = State::closed;
                break;
            case EPIPE: state_ = State::closed; break;
            default:
                error_ = errno;
                state_ = State::failed;
        }
    }
    buffer_.clear();
    return state_;
}

bool BatchWriter::wait_writable() const {
    pollfd descriptor{fd_, POLLOUT, 0};
    while (poll(&descriptor, 1, -1) < 0 && errno == EINTR) {
        if (give_up_()) return false;
    }
    return true;
}

}  // namespace sockdesk::cli
