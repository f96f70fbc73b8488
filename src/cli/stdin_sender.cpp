#include "cli/stdin_sender.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

namespace sockdesk::cli {

namespace {

constexpr std::size_t batch_lines = 256;
constexpr std::size_t batch_bytes = std::size_t{64} << 10;

/// A batch ends at its first line that is refused, so a line that may be too long for a datagram goes alone.
constexpr std::size_t alone_bytes = std::size_t{8} << 10;

bool is_regular_file(int fd) {
    struct stat status {};
    return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace

StdinSender::StdinSender(int fd, const LineOptions& options)
    : fd_(fd), options_(options), interactive_(isatty(fd) == 1), is_file_(is_regular_file(fd)) {}

bool StdinSender::wants_input() const { return !ended_ && !in_flight_ && !line_; }

bool StdinSender::in_background() const {
    if (!interactive_) return false;
    const pid_t foreground = tcgetpgrp(fd_);
    return foreground >= 0 && foreground != getpgrp();  // a terminal that does not control us stops nobody
}

void StdinSender::read_input() {
    std::array<char, 64 << 10> chunk;
    const ssize_t count = read(fd_, chunk.data(), chunk.size());
    if (count > 0) {
        lines_.feed({chunk.data(), static_cast<std::size_t>(count)});
        return;
    }
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (count < 0) problems_.push_back(fmt::format("standard input: {}", std::strerror(errno)));
    lines_.end();
    ended_ = true;
}

bool StdinSender::peek_line() {
    if (line_) return true;
    const auto next = lines_.next();
    if (next) {
        line_.emplace(*next);
        ++line_number_;
        return true;
    }
    if (lines_.too_long() && !ended_) {
        problems_.push_back(
            fmt::format("standard input: line {} is longer than {} bytes; --send-file sends files",
                        line_number_ + 1, LineReader::longest_line));
        lines_ = LineReader();
        ended_ = true;
    }
    return false;
}

std::optional<engine::Outgoing> StdinSender::compile(std::string_view line) {
    // With a trailer it would be the trailer alone, which nobody asked for.
    if (line.empty() && !options_.keep_empty) return std::nullopt;
    // Without an encoding or escapes to apply there is nothing that a line could fail: its bytes are the
    // message.
    if (!options_.compiler) {
        const ByteView bytes = as_bytes(line);
        return engine::make_payload(Bytes(bytes.begin(), bytes.end()));
    }
    auto outgoing = options_.compiler->compile(line, lines_taken_);
    if (!outgoing) {
        problems_.push_back(fmt::format("line {} not sent: {}", line_number_, outgoing.error().message));
        return std::nullopt;
    }
    if (!options_.keep_empty && outgoing->fixed() != nullptr && (*outgoing->fixed())->empty())
        return std::nullopt;
    return std::move(*outgoing);
}

void StdinSender::fill_batch() {
    std::size_t bytes = 0;
    while (batch_.size() < batch_lines && bytes < batch_bytes && peek_line()) {
        const bool alone = line_->size() > alone_bytes;
        if (alone && !batch_.empty()) return;
        const std::string line = std::move(*line_);
        line_.reset();
        auto outgoing = compile(line);
        if (!outgoing) continue;
        ++lines_taken_;
        bytes += outgoing->fixed() != nullptr ? (*outgoing->fixed())->size() : line.size();
        batch_.push_back(std::move(*outgoing));
        if (alone) return;
    }
}

void StdinSender::batch_done() {
    batch_.clear();
    in_flight_ = false;
}

bool StdinSender::has_lines() { return !batch_.empty() || peek_line(); }

void StdinSender::discard_lines() {
    batch_.clear();
    while (peek_line()) line_.reset();
}

bool StdinSender::finished() { return ended_ && !in_flight_ && !has_lines(); }

}  // namespace sockdesk::cli
