// Standard output, a batch at a time: what a batch holds is complete on the other side before the next one
// begins.
#pragma once

#include <string>

namespace sockdesk::cli {

class BatchWriter {
public:
    enum class State {
        good,
        closed,  ///< nobody reads any more (EPIPE); what is written from then on goes nowhere
        failed,  ///< cannot be written to, see `error`
    };

    explicit BatchWriter(int fd) : fd_(fd) {}

    /// To be appended to.
    std::string& buffer() { return buffer_; }

    /// Writes all of the buffer and empties it, however many calls that takes and however long it waits for a
    /// reader.
    State flush();

    State state() const { return state_; }

    /// The errno of `State::failed`.
    int error() const { return error_; }

private:
    void wait_writable() const;

    int fd_;
    std::string buffer_;
    State state_ = State::good;
    int error_ = 0;
};

}  // namespace sockdesk::cli
