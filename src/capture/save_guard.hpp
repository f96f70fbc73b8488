// A file being saved must end where a block ends even when the program is killed (SIGKILL) in the middle of a write,
// which the kernel then cuts at a page. A second process, started before the program has threads and asleep
// ever after, keeps each such file open too; when the program is gone it cuts what was not written whole.
#pragma once

#include <cstdint>

namespace sockdesk::capture {

/// Starts the guard: a fork, so call it while there is one thread. Where that is not possible files are saved all the
/// same, without it. Once in a process; further calls do nothing.
void start_save_guard();

/// One file under guard, from construction to destruction. Does nothing without a guard. One thread at a time.
class GuardedFile {
public:
    /// `whole_bytes`: how much of the file is good now.
    GuardedFile(int descriptor, std::uint64_t whole_bytes);
    GuardedFile(GuardedFile&& other) noexcept;
    GuardedFile& operator=(GuardedFile&&) = delete;
    /// The file is left as it is.
    ~GuardedFile();

    /// After a write: so much is good now. A store to shared memory, no system call.
    void set_whole_bytes(std::uint64_t bytes);

private:
    int slot_ = -1;
};

}  // namespace sockdesk::capture
