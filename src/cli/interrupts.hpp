// Ctrl+C and its like, as something that poll(2) can wait for.
#pragma once

namespace sockdesk::cli {

/// From its construction on SIGINT, SIGTERM and SIGHUP ask for an end instead of ending the process (those
/// that the parent had set to be ignored stay so), and SIGPIPE is ignored, so that a closed stdout is an
/// error like others. Somebody who asks again after `patience_ms` does not want to wait for whatever it is, a
/// full disk or a reader that does not read: the process then ends at once, with status 130. (Two signals at
/// the same time are one wish: a shell and whoever started it often send one each.) Nothing of this is undone
/// by the destructor: a signal that comes while the process ends must not change how it ends. One at a time,
/// in the main thread.
class Interrupts {
public:
    static constexpr long patience_ms = 1000;

    Interrupts();
    ~Interrupts();
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;

    /// Readable once a signal came; stays so.
    int fd() const;

    /// Whether one came.
    bool requested() const;
};

}  // namespace sockdesk::cli
