#include "capture/save_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/pcapng.hpp"

namespace sockdesk::capture {

namespace {

struct Advice {
    int number;
    ErrorKind kind;
    const char* code;
    const char* reason;
    const char* advice;
};

constexpr Advice advices[] = {
    {EACCES, ErrorKind::denied, "EACCES", "permission denied", "choose a folder that you may write to"},
    {EPERM, ErrorKind::denied, "EPERM", "the file may not be changed", "choose another file"},
    {EROFS, ErrorKind::denied, "EROFS", "the file system is read-only", "choose another folder"},
    {ENOENT, ErrorKind::not_found, "ENOENT", "the folder does not exist", "make it or choose another"},
    {ENOTDIR, ErrorKind::not_found, "ENOTDIR", "a part of the path is not a folder", "check the path"},
    {EISDIR, ErrorKind::bad_input, "EISDIR", "it is a folder", "add a file name"},
    {ENAMETOOLONG, ErrorKind::bad_input, "ENAMETOOLONG", "the name is too long", "choose a shorter one"},
    {ELOOP, ErrorKind::bad_input, "ELOOP", "its symbolic links lead in a circle", "choose another file"},
    {ENOSPC, ErrorKind::system, "ENOSPC", "the disk is full",
     "free some space, then save again to another file"},
    {EDQUOT, ErrorKind::system, "EDQUOT", "your disk quota is used up",
     "free some space, then save again to another file"},
    {EFBIG, ErrorKind::too_large, "EFBIG", "the file has reached the largest size allowed here",
     "save on to another file"},
    {EIO, ErrorKind::system, "EIO", "the disk reports a failure", "check it and save to another one"},
    {EMFILE, ErrorKind::system, "EMFILE", "too many files are open in this program", "close some sessions"},
    {ENFILE, ErrorKind::system, "ENFILE", "too many files are open on this machine", "close some programs"},
    {ETXTBSY, ErrorKind::in_use, "ETXTBSY", "the file is a program that is running", "choose another file"},
};

tl::unexpected<Error> failed(const std::filesystem::path& path, int number) {
    const auto* known = std::find_if(std::begin(advices), std::end(advices),
                                     [&](const Advice& advice) { return advice.number == number; });
    Error error;
    if (known != std::end(advices)) {
        error.kind = known->kind;
        error.code = known->code;
        error.message = fmt::format("save to {}: {}; {}", path.string(), known->reason, known->advice);
    } else {
        const char* name = strerrorname_np(number);
        error.code = name != nullptr ? name : "";
        error.message =
            fmt::format("save to {}: {}; choose another file", path.string(), strerrordesc_np(number));
    }
    return tl::unexpected<Error>(std::move(error));
}

tl::unexpected<Error> refused(ErrorKind kind, const std::filesystem::path& path, std::string_view why) {
    return fail(kind, fmt::format("save to {}: {}", path.string(), why));
}

bool read_at(int descriptor, std::uint64_t offset, std::uint8_t* to, std::size_t size) {
    while (size > 0) {
        const ssize_t count = pread(descriptor, to, size, static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        to += count;
        offset += static_cast<std::uint64_t>(count);
        size -= static_cast<std::size_t>(count);
    }
    return true;
}

/// Looks at both ends only, however long the file is: it begins as a capture does, and the length that its
/// last block ends with is that at the block's beginning too.
Result<void> check_appendable(int descriptor, std::uint64_t size, const std::filesystem::path& path) {
    constexpr std::size_t head_size = 12;
    std::array<std::uint8_t, head_size> head{};
    if (size < head_size || !read_at(descriptor, 0, head.data(), head.size()) ||
        !pcapng::section_order(head)) {
        return refused(
            ErrorKind::bad_input, path,
            "the file is not a pcapng capture, so nothing can be added to it; choose another file");
    }
    std::array<std::uint8_t, 4> last{};
    std::array<std::uint8_t, 4> first{};
    bool whole = false;
    const bool aligned = size % 4 == 0;
    // A file of several sections may have several byte orders.
    for (const FileOrder order : {FileOrder::native, FileOrder::swapped}) {
        if (!aligned || whole || !read_at(descriptor, size - 4, last.data(), last.size())) break;
        const std::uint64_t length = load_file<std::uint32_t>(last.data(), order);
        if (length < pcapng::block_frame_size || length % 4 != 0 || length > size) continue;
        whole = read_at(descriptor, size - length + 4, first.data(), first.size()) && first == last;
    }
    if (whole) return {};
    return refused(
        ErrorKind::bad_input, path,
        "the capture ends in the middle of a block, so what is added could not be read; choose another file");
}

/// Takes the lock, if nobody has it. Who only asks whether somebody saves there (a list of captures) holds it for
/// microseconds. File systems that know no locks are no reason to refuse.
bool is_locked_by_others(int descriptor) {
    constexpr int tries = 3;
    constexpr timespec pause{0, 2'000'000};
    for (int i = 0; i < tries; ++i) {
        if (i != 0) nanosleep(&pause, nullptr);
        if (flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return false;
    }
    return true;
}

/// Bytes of the whole blocks among the first `size` bytes.
std::size_t whole_blocks(ByteView blocks, std::size_t size) {
    std::size_t end = 0;
    while (end < size) {
        const auto block = pcapng::read_block(blocks.subspan(end));
        if (!block || end + block->size > size) break;
        end += block->size;
    }
    return end;
}

}  // namespace

SaveFile::SaveFile(int descriptor, std::uint64_t size, std::filesystem::path path)
    : descriptor_(descriptor),
      size_(size),
      path_(std::move(path)),
      writer_(std::make_unique<DiskWriter>(descriptor)) {}

SaveFile::SaveFile(SaveFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      size_(other.size_),
      path_(std::move(other.path_)),
      guarded_(std::move(other.guarded_)),
      writer_(std::move(other.writer_)) {}

SaveFile::~SaveFile() {
    if (descriptor_ < 0) return;
    guarded_.reset();
    // The guard's descriptor is this one's copy and may be closed a moment later: the lock must not wait for that.
    flock(descriptor_, LOCK_UN);
    close(descriptor_);
}

Result<SaveFile> SaveFile::open(std::filesystem::path path, SaveMode mode) {
    // Not blocking: a named pipe must be refused, not waited for. Regular files do not care.
    constexpr int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    int descriptor = -1;
    do {
        descriptor = ::open(path.c_str(), flags, 0666);
    } while (descriptor < 0 && errno == EINTR);
    if (descriptor < 0) return failed(path, errno);
    SaveFile file(descriptor, 0, path);

    struct stat status {};
    if (fstat(descriptor, &status) != 0) return failed(path, errno);
    if (!S_ISREG(status.st_mode)) {
        return refused(ErrorKind::bad_input, path, "it is not a regular file; choose another");
    }
    if (is_locked_by_others(descriptor)) {
        return refused(ErrorKind::in_use, path, "another log is being saved there; choose another file");
    }
    if (fstat(descriptor, &status) != 0) return failed(path, errno);
    file.size_ = static_cast<std::uint64_t>(status.st_size);
    if (file.size_ == 0) return file;

    switch (mode) {
        case SaveMode::create:
            return refused(ErrorKind::in_use, path,
                           "the file exists; choose another, or say that it may be replaced");
        case SaveMode::overwrite:
            // A log that lies there, because it was saved there before, keeps it; the name goes to a new file.
            if (StoredFile::is_in_use(descriptor) && unlink(path.c_str()) == 0) {
                return open(std::move(path), SaveMode::create);
            }
            if (ftruncate(descriptor, 0) != 0) return failed(path, errno);
            file.size_ = 0;
            break;
        case SaveMode::append:
            if (auto checked = check_appendable(descriptor, file.size_, path); !checked) {
                return tl::unexpected(checked.error());
            }
            break;
    }
    return file;
}

Result<std::shared_ptr<const StoredFile>> SaveFile::stored_file() const {
    return StoredFile::open(fmt::format("/proc/self/fd/{}", descriptor_), path_);
}

Result<void> SaveFile::append(ByteView blocks, std::size_t& written) {
    written = 0;
    if (!guarded_) guarded_.emplace(descriptor_, size_);
    while (written < blocks.size()) {
        const ssize_t count = writer_->write(blocks.subspan(written), size_ + written);
        if (count > 0) {
            written += static_cast<std::size_t>(count);
            continue;
        }
        if (count < 0 && errno == EINTR) continue;
        const int number = count < 0 ? errno : ENOSPC;
        written = whole_blocks(blocks, written);
        size_ += written;
        // If this fails too, readers still find all blocks before the broken one.
        [[maybe_unused]] const int cut = ftruncate(descriptor_, static_cast<off_t>(size_));
        guarded_->set_whole_bytes(size_);
        return failed(path_, number);
    }
    size_ += written;
    guarded_->set_whole_bytes(size_);
    return {};
}

}  // namespace sockdesk::capture
