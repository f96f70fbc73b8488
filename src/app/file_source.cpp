#include "app/file_source.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "app/payload_file.hpp"

namespace sockdesk::app {

namespace {

/// The thread hands over so many at a time, so that the loop is not woken for each.
constexpr std::size_t batch_payloads = 64;
constexpr std::size_t batch_bytes = std::size_t{128} << 10;

constexpr std::size_t read_bytes_at_once = std::size_t{64} << 10;

tl::unexpected<Error> cannot_read(const std::filesystem::path& path, int error) {
    const ErrorKind kind = error == ENOENT   ? ErrorKind::not_found
                           : error == EACCES ? ErrorKind::denied
                                             : ErrorKind::system;
    return fail(kind, fmt::format("read {}: {}", path.string(), std::strerror(error)));
}

/// Of file bytes in one send.
std::size_t most_in_one(const FileSourceOptions& options) {
    const std::size_t trailer = options.trailer ? options.trailer->size() : 0;
    if (options.datagrams) {
        return FileSourceOptions::largest_datagram_bytes -
               std::min(trailer, FileSourceOptions::largest_datagram_bytes);
    }
    return options.cut == FileCut::lines ? FileSourceOptions::longest_line_bytes
                                         : FileSourceOptions::largest_piece_bytes;
}

}  // namespace

/// Reads the file and cuts it; lives in the source's thread.
class FileSource::Reader {
public:
    explicit Reader(FileSource& source)
        : source_(source),
          options_(source.options_),
          piece_bytes_(options_.cut == FileCut::pieces ? options_.piece_bytes
                       : options_.datagrams
                           ? std::min(most_in_one(options_), FileSourceOptions::stream_piece_bytes)
                           : FileSourceOptions::stream_piece_bytes) {}

    void run() {
        auto done = options_.cut == FileCut::lines ? lines() : pieces();
        if (!is_wanted_) return;
        // What went before the fault is sent, and then the fault told.
        if (source_.ahead_.give(batch_)) {
            source_.ahead_.end(done ? std::nullopt : std::optional(std::move(done.error())));
        }
    }

private:
    Result<void> pieces() {
        while (position_ < source_.total_bytes_ && is_wanted_) {
            Bytes piece;
            piece.reserve(piece_bytes_ + (options_.trailer ? options_.trailer->size() : 0));
            piece.resize(static_cast<std::size_t>(
                std::min<std::uint64_t>(piece_bytes_, source_.total_bytes_ - position_)));
            if (auto read = fill(piece); !read) return read;
            hand_over(std::move(piece), position_);
        }
        return {};
    }

    Result<void> lines() {
        Bytes block;
        Bytes line;
        std::uint64_t number = 1;
        while (position_ < source_.total_bytes_ && is_wanted_) {
            const std::uint64_t block_begin = position_;
            block.resize(static_cast<std::size_t>(
                std::min<std::uint64_t>(read_bytes_at_once, source_.total_bytes_ - position_)));
            if (auto read = fill(block); !read) return read;
            for (std::size_t at = 0; at < block.size() && is_wanted_;) {
                const auto begin = block.begin() + static_cast<std::ptrdiff_t>(at);
                const auto end = std::find(begin, block.end(), std::uint8_t{'\n'});
                line.insert(line.end(), begin, end);
                at = static_cast<std::size_t>(end - block.begin());
                const bool ended = end != block.end();
                const bool is_last = !ended && block_begin + at == source_.total_bytes_;
                if (ended || is_last) {
                    at += ended ? 1 : 0;
                    if (ended && !line.empty() && line.back() == '\r') line.pop_back();
                    if (line.size() > most_in_one(options_)) return too_long(number);
                    hand_over(std::exchange(line, {}), block_begin + at);
                    ++number;
                } else if (line.size() > most_in_one(options_) + 1) {  // one may be a CR that goes
                    return too_long(number);
                }
            }
        }
        return {};
    }

    tl::unexpected<Error> too_long(std::uint64_t number) const {
        return fail(ErrorKind::too_large,
                    fmt::format("send {}: line {} is longer than {} bytes, the most that is sent as one. "
                                "Send the file in pieces.",
                                options_.path.string(), number, most_in_one(options_)));
    }

    /// All of `into`, from `position_` on.
    Result<void> fill(Bytes& into) {
        std::size_t filled = 0;
        while (filled < into.size()) {
            const ssize_t got = ::pread(source_.descriptor_.get(), into.data() + filled, into.size() - filled,
                                        static_cast<off_t>(position_));
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) return cannot_read(options_.path, errno);
            if (got == 0) {
                return fail(ErrorKind::system,
                            fmt::format("send {}: the file has become shorter while it was sent: it held {} "
                                        "bytes, and ends after {} now. What came before was sent.",
                                        options_.path.string(), source_.total_bytes_, position_));
            }
            filled += static_cast<std::size_t>(got);
            position_ += static_cast<std::uint64_t>(got);
            source_.read_bytes_.store(position_, std::memory_order_relaxed);
        }
        return {};
    }

    /// `end`: of its part of the file.
    void hand_over(Bytes bytes, std::uint64_t end) {
        if (options_.trailer) options_.trailer->append_to(bytes);
        if (bytes.empty() && !options_.datagrams) return;
        waiting_bytes_ += bytes.size();
        batch_.push_back({{at_, engine::make_payload(std::move(bytes))}, end});
        // After some 292 years it is all the same.
        constexpr auto longest = std::chrono::nanoseconds::max();
        at_ = options_.interval > longest - at_ ? longest : at_ + options_.interval;
        // What is due by and by should not wait for what is due later.
        if (batch_.size() >= batch_payloads || waiting_bytes_ >= batch_bytes ||
            options_.interval.count() != 0) {
            is_wanted_ = source_.ahead_.give(batch_);
            waiting_bytes_ = 0;
        }
    }

    FileSource& source_;
    const FileSourceOptions& options_;
    const std::size_t piece_bytes_;
    std::uint64_t position_ = 0;
    std::chrono::nanoseconds at_{0};
    std::vector<LookAhead::Item> batch_;
    std::size_t waiting_bytes_ = 0;
    bool is_wanted_ = true;
};

Result<std::shared_ptr<FileSource>> FileSource::open(const FileSourceOptions& options) {
    if (options.cut == FileCut::pieces &&
        (options.piece_bytes == 0 || options.piece_bytes > most_in_one(options))) {
        return fail(ErrorKind::bad_input,
                    fmt::format("send {}: pieces of {} bytes: 1 to {} can be sent", options.path.string(),
                                options.piece_bytes, most_in_one(options)));
    }
    auto file = open_ordinary_file(options.path);
    if (!file) {
        return fail(file.error().kind,
                    fmt::format("read {}: {}", options.path.string(), file.error().message));
    }
    // Whatever the disk can have ready before it is asked.
    ::posix_fadvise(file->descriptor.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
    const auto total_bytes = static_cast<std::uint64_t>(file->status.st_size);
    return std::shared_ptr<FileSource>(new FileSource(options, std::move(file->descriptor), total_bytes));
}

FileSource::FileSource(FileSourceOptions options, archive::Descriptor descriptor, std::uint64_t total_bytes)
    : options_(std::move(options)),
      descriptor_(std::move(descriptor)),
      total_bytes_(total_bytes),
      thread_([this] { Reader(*this).run(); }) {}

FileSource::~FileSource() {
    ahead_.stop();
    thread_.join();
}

FileSource::Progress FileSource::progress() const {
    const std::uint64_t packets = packets_.load(std::memory_order_acquire);
    return {total_bytes_, read_bytes_.load(std::memory_order_relaxed), bytes_up_to(packets), packets,
            all_taken_.load(std::memory_order_relaxed)};
}

std::uint64_t FileSource::bytes_up_to(std::uint64_t packets) const {
    return packets == 0 ? 0 : marks_[(packets - 1) % marks_kept].load(std::memory_order_relaxed);
}

engine::PayloadSource::State FileSource::state() {
    const State state = ahead_.state();
    if (state == State::ended) all_taken_.store(true, std::memory_order_relaxed);
    return state;
}

engine::PayloadSource::Pace FileSource::pace() const {
    return options_.interval.count() > 0 ? Pace::distances : Pace::none;
}

engine::TimedPayload FileSource::next() {
    LookAhead::Item item = ahead_.take();
    const std::uint64_t before = packets_.load(std::memory_order_relaxed);
    marks_[before % marks_kept].store(item.mark, std::memory_order_relaxed);
    packets_.store(before + 1, std::memory_order_release);
    return std::move(item.payload);
}

}  // namespace sockdesk::app
