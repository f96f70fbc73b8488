// Ctrl+C and its like, as something that poll(2) can wait for.
#pragma once

namespace sockdesk::cli {

/// While it exists SIGINT, SIGTERM and SIGHUP are counted instead of ending the process (those that the parent had set to be
/// ignored stay so), and a system call that waits in the main thread is interrupted by them. SIGPIPE is ignored, so that
/// a closed stdout is an error like others. One at a time, in the main thread.
class Interrupts {
public:
    Interrupts();
    ~Interrupts();
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;

    /// Readable once a signal came.
    int fd() const;

    /// How many signals came so far.
    int count() const;
};

}  // namespace sockdesk::cli
