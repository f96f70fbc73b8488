#include "archive/capture_file.hpp"

#include <new>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>

#include "archive/byte_source.hpp"
#include "archive/native_blocks.hpp"
#include "archive/packet_reader.hpp"
#include "archive/reading.hpp"
#include "capture/background_thread.hpp"

namespace sockdesk::archive {

namespace {

/// Behind what draws and what receives.
constexpr int niceness = 5;

tl::unexpected<Error> not_a_file(const std::filesystem::path& path, std::string_view why) {
    return fail(ErrorKind::bad_input, fmt::format("open {}: {}; choose a capture file", path.string(), why));
}

tl::unexpected<Error> not_a_capture(const std::filesystem::path& path, std::string_view why) {
    return fail(ErrorKind::bad_input,
                fmt::format("open {}: {}; captures of tcpdump, Wireshark and Sockdesk can be opened",
                            path.string(), why));
}

}  // namespace

struct CaptureFile::State {
    State(std::shared_ptr<capture::Log> log, std::shared_ptr<const capture::StoredFile> file,
          CaptureFileOptions options)
        : reading(std::move(log), std::move(file), std::move(options)) {}

    Reading reading;
    std::unique_ptr<PacketReader> packets;  ///< null: the file is one of ours
    std::string description;
    std::thread thread;
};

Result<std::unique_ptr<CaptureFile>> CaptureFile::open(std::shared_ptr<capture::SegmentPool> pool,
                                                       std::filesystem::path path,
                                                       CaptureFileOptions options) {
    auto file = capture::StoredFile::open(path);
    if (!file) return tl::unexpected(file.error());
    struct stat status {};
    if (fstat((*file)->descriptor(), &status) != 0 || !S_ISREG(status.st_mode)) {
        return not_a_file(path, S_ISDIR(status.st_mode) ? "it is a folder" : "it is not a regular file");
    }
    Bytes head(native_head);
    const auto count = read_at(**file, 0, head.data(), head.size());
    if (!count) return tl::unexpected(count.error());
    head.resize(*count);

    std::unique_ptr<PacketReader> packets;
    std::string name = path.filename().string();
    std::string description = "Sockdesk";
    if (auto native = native_start(head)) {
        // The name makes the section that begins an exported log: the same bytes as in the file.
        name = std::move(native->name);
    } else {
        auto reader = make_packet_reader(ByteView(head).first(std::min(head.size(), longest_head)));
        if (!reader) {
            return not_a_capture(path, reader.error().message);
        }
        packets = std::move(*reader);
        description = packets->description();
    }
    auto log = capture::Log::make(std::move(pool), std::move(name));
    auto state = std::make_unique<State>(std::move(log), std::move(*file), std::move(options));
    state->packets = std::move(packets);
    state->description = std::move(description);
    state->thread = capture::start_background_thread("sockdesk-reader", niceness, [at = state.get()] {
        try {
            if (at->packets) {
                read_foreign(at->reading, *at->packets);
            } else {
                read_native(at->reading);
            }
        } catch (const std::bad_alloc&) {
            at->reading.end(
                Error{ErrorKind::too_large,
                      fmt::format("read {}: the machine has no memory left; close something and open "
                                  "it again",
                                  at->reading.file->path().string()),
                      {},
                      Error::no_position});
        }
    });
    return std::unique_ptr<CaptureFile>(new CaptureFile(std::move(state)));
}

CaptureFile::CaptureFile(std::unique_ptr<State> state) : state_(std::move(state)) {}

CaptureFile::~CaptureFile() {
    state_->reading.request_stop();
    state_->thread.join();
}

const std::shared_ptr<capture::Log>& CaptureFile::log() const { return state_->reading.log; }
const std::filesystem::path& CaptureFile::path() const { return state_->reading.file->path(); }
std::string CaptureFile::description() const { return state_->description; }
ReadProgress CaptureFile::progress() const { return state_->reading.progress(); }
void CaptureFile::wait() const { state_->reading.wait(); }

}  // namespace sockdesk::archive
