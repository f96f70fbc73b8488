// Lets one thread end another's wait in poll(2).
#pragma once

namespace sockdesk::cli {

class WakeUp {
public:
    WakeUp();
    ~WakeUp();
    WakeUp(const WakeUp&) = delete;
    WakeUp& operator=(const WakeUp&) = delete;

    /// Readable from `notify` until `clear`.
    int fd() const { return fd_; }

    /// Any thread; never blocks.
    void notify() const;
    void clear() const;

private:
    int fd_ = -1;
};

}  // namespace sockdesk::cli
