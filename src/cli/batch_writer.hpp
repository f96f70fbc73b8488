// Standard output, a batch at a time: what a batch holds is complete on the other side before the next one begins.
#pragma once

#include <functional>
#include <string>

namespace sockdesk::cli {

class BatchWriter {
public:
    enum class State {
        good,
        closed,  ///< nobody reads any more (EPIPE); what is written from then on goes nowhere
        failed,  ///< cannot be written to, see `error`
    };

    /// `give_up` is asked each time a signal interrupts a write that has to wait; once it says yes nothing is written any more.
    BatchWriter(int fd, std::function<bool()> give_up);

    /// To be appended to.
    std::string& buffer() { return buffer_; }

    /// Writes all of the buffer and empties it, however many calls that takes.
    State flush();

    State state() const { return state_; }

    /// The errno of `State::failed`.
    int error() const { return error_; }

private:
    bool wait_writable() const;

    int fd_;
    std::function<bool()> give_up_;
    std::string buffer_;
    State state_ = State::good;
    int error_ = 0;
};

}  // namespace sockdesk::cli
