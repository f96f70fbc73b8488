#include "capture/save_guard.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <mutex>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "capture/byte_order.hpp"
#include "capture/pcapng.hpp"

namespace sockdesk::capture {

namespace {

/// Files beyond these are saved without a guard. Each is a descriptor of the guard, whose limit is often 1024.
constexpr int slot_count = 512;

/// In memory that both processes share. `free` → `active` → `released` by the program, `released` → `free` by the guard when
/// it has closed its descriptor: so the program never hands out a slot that the guard still uses.
struct Slot {
    enum State : std::uint32_t { free, active, released };
    std::atomic<std::uint32_t> state;
    std::atomic<std::uint64_t> whole_bytes;
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
static_assert(std::atomic<std::uint32_t>::is_always_lock_free);

/// What goes through the socket: a slot, with its descriptor; or `look_again`, when a slot was released.
using Message = std::int32_t;
constexpr Message look_again = -1;

// ---- the guard's process. It was forked from a program that may have had anything in its memory, so it calls nothing but the
// kernel and touches nothing but what stands here.

struct GuardProcess {
    int socket = -1;
    Slot* slots = nullptr;
    int files[slot_count];
    std::uint8_t buffer[1 << 16];

    [[noreturn]] void run();
    void close_released();
    std::uint64_t whole_blocks_end(int file, std::uint64_t from, std::uint64_t size);
    void cut(int file, std::uint64_t whole_bytes);
};

GuardProcess guard_process;

/// Where the last whole block ends that begins at or after `from`: the piece that was being written when the program was killed may
/// be megabytes of good blocks and one that is cut.
std::uint64_t GuardProcess::whole_blocks_end(int file, std::uint64_t from, std::uint64_t size) {
    const auto read = [&](std::uint64_t at, std::size_t wanted) {
        ssize_t count = 0;
        do {
            count = pread(file, buffer, wanted, static_cast<off_t>(at));
        } while (count < 0 && errno == EINTR);
        return count > 0 ? static_cast<std::size_t>(count) : std::size_t{0};
    };
    std::uint64_t end = from;
    std::uint64_t window = from;
    std::size_t window_size = 0;
    while (size - end >= pcapng::block_frame_size) {
        if (end < window || end + 8 > window + window_size) {
            window = end;
            window_size = read(end, sizeof buffer);
            if (window_size < 8) break;
        }
        const std::uint64_t length = load_native<std::uint32_t>(buffer + (end - window) + 4);
        if (length < pcapng::block_frame_size || length % 4 != 0 || length > size - end) break;
        const std::uint64_t tail = end + length - 4;
        if (tail + 4 > window + window_size) {
            window = tail;
            window_size = read(tail, sizeof buffer);
            if (window_size < 4) break;
        }
        if (load_native<std::uint32_t>(buffer + (tail - window)) != length) break;
        end += length;
    }
    return end;
}

void GuardProcess::cut(int file, std::uint64_t whole_bytes) {
    struct stat status {};
    if (fstat(file, &status) != 0) return;
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (size <= whole_bytes) return;
    const std::uint64_t end = whole_blocks_end(file, whole_bytes, size);
    if (end == size) return;
    // A file that cannot be cut stays as it is: readers find all blocks before the broken one.
    [[maybe_unused]] const int result = ftruncate(file, static_cast<off_t>(end));
}

void GuardProcess::close_released() {
    for (int slot = 0; slot < slot_count; ++slot) {
        if (files[slot] < 0 || slots[slot].state.load(std::memory_order_acquire) != Slot::released) continue;
        close(files[slot]);
        files[slot] = -1;
        slots[slot].state.store(Slot::free, std::memory_order_release);
    }
}

void GuardProcess::run() {
    // Another session and no signals: what ends the program from a terminal must not end this first. Nothing of the
    // program's is kept open: its pipes must end when it does.
    setsid();
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, nullptr);
    prctl(PR_SET_NAME, "sockdesk-guard");
    [[maybe_unused]] const int moved = chdir("/");
    constexpr int kept = 3;
    if (socket != kept && dup2(socket, kept) != kept) _exit(1);
    socket = kept;
    if (close_range(0, kept - 1, 0) != 0 || close_range(kept + 1, ~0U, 0) != 0) _exit(1);
    for (int standard = 0; standard < kept; ++standard) {
        if (open("/dev/null", O_RDWR) < 0) _exit(1);
    }
    for (int& file : files) file = -1;

    while (true) {
        Message message = look_again;
        iovec data{&message, sizeof message};
        alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
        msghdr header{};
        header.msg_iov = &data;
        header.msg_iovlen = 1;
        header.msg_control = control;
        header.msg_controllen = sizeof control;
        const ssize_t count = recvmsg(socket, &header, MSG_CMSG_CLOEXEC);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;  // the program is gone
        const cmsghdr* rights = CMSG_FIRSTHDR(&header);
        if (message >= 0 && message < slot_count && rights != nullptr && rights->cmsg_type == SCM_RIGHTS) {
            std::memcpy(&files[message], CMSG_DATA(rights), sizeof(int));
        }
        close_released();
    }
    for (int slot = 0; slot < slot_count; ++slot) {
        if (files[slot] < 0 || slots[slot].state.load(std::memory_order_acquire) != Slot::active) continue;
        cut(files[slot], slots[slot].whole_bytes.load(std::memory_order_acquire));
    }
    _exit(0);
}

// ---- the program

struct Guard {
    std::mutex mutex;
    int socket = -1;
    Slot* slots = nullptr;  ///< null: there is no guard

    /// Does not wait: a guard that somebody has stopped must not stop the program.
    bool tell(Message message, int descriptor = -1) const {
        iovec data{&message, sizeof message};
        alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
        msghdr header{};
        header.msg_iov = &data;
        header.msg_iovlen = 1;
        if (descriptor >= 0) {
            header.msg_control = control;
            header.msg_controllen = sizeof control;
            cmsghdr* rights = CMSG_FIRSTHDR(&header);
            rights->cmsg_level = SOL_SOCKET;
            rights->cmsg_type = SCM_RIGHTS;
            rights->cmsg_len = CMSG_LEN(sizeof(int));
            std::memcpy(CMSG_DATA(rights), &descriptor, sizeof descriptor);
        }
        ssize_t count = 0;
        do {
            count = sendmsg(socket, &header, MSG_NOSIGNAL | MSG_DONTWAIT);
        } while (count < 0 && errno == EINTR);
        return count >= 0;
    }

    void start();
};

/// Never destroyed: files may be saved until the very end of the process.
Guard& guard() {
    static auto* const only = new Guard;
    return *only;
}

void Guard::start() {
    const std::lock_guard lock(mutex);
    if (slots != nullptr) return;
    void* shared =
        mmap(nullptr, slot_count * sizeof(Slot), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) return;
    // Packets, so that messages stay apart; connected, so that the end of the program is seen.
    int ends[2] = {-1, -1};
    pid_t child = -1;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0) {
        guard_process.socket = ends[1];
        guard_process.slots = static_cast<Slot*>(shared);
        // Twice, so that the guard is a child of the system and nobody who waits for children meets it.
        child = fork();
        if (child == 0) {
            if (fork() == 0) guard_process.run();
            _exit(0);
        }
    }
    if (child < 0) {
        for (const int end : ends) {
            if (end >= 0) close(end);
        }
        munmap(shared, slot_count * sizeof(Slot));
        return;
    }
    close(ends[1]);
    while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
    }
    socket = ends[0];
    slots = static_cast<Slot*>(shared);
}

}  // namespace

void start_save_guard() { guard().start(); }

GuardedFile::GuardedFile(int descriptor, std::uint64_t whole_bytes) {
    Guard& all = guard();
    const std::lock_guard lock(all.mutex);
    if (all.slots == nullptr) return;
    for (int slot = 0; slot < slot_count; ++slot) {
        Slot& at = all.slots[slot];
        if (at.state.load(std::memory_order_acquire) != Slot::free) continue;
        at.whole_bytes.store(whole_bytes, std::memory_order_relaxed);
        at.state.store(Slot::active, std::memory_order_release);
        if (all.tell(slot, descriptor)) {
            slot_ = slot;
        } else {
            at.state.store(Slot::free, std::memory_order_release);
        }
        return;
    }
}

GuardedFile::GuardedFile(GuardedFile&& other) noexcept : slot_(std::exchange(other.slot_, -1)) {}

GuardedFile::~GuardedFile() {
    if (slot_ < 0) return;
    Guard& all = guard();
    const std::lock_guard lock(all.mutex);
    // From here on the file is left as it is, however late the guard closes it. When the socket takes no more the messages
    // before make the guard look at all slots.
    all.slots[slot_].state.store(Slot::released, std::memory_order_release);
    all.tell(look_again);
}

void GuardedFile::set_whole_bytes(std::uint64_t bytes) {
    if (slot_ < 0) return;
    guard().slots[slot_].whole_bytes.store(bytes, std::memory_order_release);
}

}  // namespace sockdesk::capture
