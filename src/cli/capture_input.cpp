#include "cli/capture_input.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/recordings.hpp"

namespace sockdesk::cli {

namespace {

constexpr std::size_t piece = std::size_t{1} << 20;

/// As much of a capture that is still being written as must be there to tell what it is: a section header and an
/// interface are shorter.
constexpr std::uint64_t head_bytes = 512;

/// Who follows a file looks at it every tenth of a second.
constexpr std::chrono::milliseconds patience{2000};

std::filesystem::path of_descriptor(int descriptor) { return fmt::format("/proc/self/fd/{}", descriptor); }

bool is_regular(int descriptor) {
    struct stat status {};
    return fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

Spool::Spool(int descriptor, std::shared_ptr<const capture::StoredFile> file,
             std::function<void()> on_progress)
    : descriptor_(descriptor), file_(std::move(file)), on_progress_(std::move(on_progress)) {
    thread_ = std::thread([this] { run(); });
}

Result<std::unique_ptr<Spool>> Spool::start(int descriptor, std::function<void()> on_progress) {
    auto file = capture::StoredFile::make_nameless(archive::default_state_folder());
    if (!file) return tl::unexpected(file.error());
    return std::unique_ptr<Spool>(new Spool(descriptor, std::move(*file), std::move(on_progress)));
}

Spool::~Spool() {
    stop_.notify();
    thread_.join();
}

std::filesystem::path Spool::path() const { return of_descriptor(file_->descriptor()); }

void Spool::run() {
    std::vector<char> buffer(piece);
    while (true) {
        std::array<pollfd, 2> descriptors = {{{descriptor_, POLLIN, 0}, {stop_.fd(), POLLIN, 0}}};
        if (poll(descriptors.data(), descriptors.size(), -1) < 0) continue;  // EINTR
        if (descriptors[1].revents != 0) break;
        const ssize_t count = read(descriptor_, buffer.data(), buffer.size());
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (count < 0) {
            problem_ = Error{ErrorKind::system,
                             fmt::format("read standard input: {}", strerrordesc_np(errno)),
                             {},
                             Error::no_position};
        }
        if (count <= 0) break;
        if (auto written = file_->write(bytes(), buffer.data(), static_cast<std::size_t>(count)); !written) {
            problem_ = written.error();
            break;
        }
        bytes_.store(bytes() + static_cast<std::uint64_t>(count), std::memory_order_release);
        on_progress_();
    }
    ended_.store(true, std::memory_order_release);
    on_progress_();
}

CaptureInput::CaptureInput(std::shared_ptr<capture::SegmentPool> pool, std::filesystem::path path,
                           bool follow, std::function<void()> on_progress)
    : pool_(std::move(pool)), path_(std::move(path)), follow_(follow), on_progress_(std::move(on_progress)) {}

Result<bool> CaptureInput::advance() {
    if (file_) return true;
    if (path_ == "-" && !spool_) {
        if (is_regular(STDIN_FILENO)) {
            path_ = of_descriptor(STDIN_FILENO);
        } else {
            auto spool = Spool::start(STDIN_FILENO, on_progress_);
            if (!spool) return tl::unexpected(spool.error());
            spool_ = std::move(*spool);
        }
    }
    if (spool_) {
        if (!spool_->ended() && (!follow_ || spool_->bytes() < head_bytes)) return false;
        path_ = spool_->path();
    }
    archive::CaptureFileOptions options;
    options.follow = follow_ && !(spool_ && spool_->ended());
    options.on_progress = on_progress_;
    auto file = archive::CaptureFile::open(pool_, path_, std::move(options));
    if (!file) return tl::unexpected(file.error());
    file_ = std::move(*file);
    return true;
}

archive::ReadProgress CaptureInput::progress() {
    // In this order: what was read cannot be more than what was there before.
    const bool ended = spool_ && spool_->ended();
    archive::ReadProgress progress = file_->progress();
    if (ended && progress.read_bytes >= spool_->bytes()) progress.done = true;
    const auto now = std::chrono::steady_clock::now();
    if (!ended || !last_read_ || progress.read_bytes != last_read_bytes_) {
        last_read_bytes_ = progress.read_bytes;
        last_read_ = now;
    } else if (follow_ && !progress.done && now - *last_read_ > patience) {
        progress.done = true;
        progress.problem =
            Error{ErrorKind::bad_input,
                  fmt::format("read standard input: it ends in the middle of what begins at byte {}",
                              progress.read_bytes),
                  {},
                  Error::no_position};
    }
    if (ended && !progress.problem) progress.problem = spool_->problem();
    return progress;
}

std::optional<std::chrono::milliseconds> CaptureInput::next_look() const {
    if (!file_ || !follow_ || !spool_ || !spool_->ended()) return std::nullopt;
    return patience / 8;
}

std::string CaptureInput::worded(const std::string& message) const {
    const std::string own = path_.string();
    if (!own.starts_with("/proc/self/fd/")) return message;
    std::string result = message;
    if (const std::size_t at = result.find(own); at != std::string::npos) {
        result.replace(at, own.size(), "standard input");
    }
    return result;
}

}  // namespace sockdesk::cli
