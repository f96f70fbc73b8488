#include "cli/stdin_sender.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <unistd.h>

#include <fmt/format.h>

namespace sockdesk::cli {

namespace {

constexpr std::size_t batch_lines = 256;
constexpr std::size_t batch_bytes = std::size_t{64} << 10;

/// A batch ends at its first line that is refused, so a line that may be too long for a datagram goes alone.
constexpr std::size_t alone_bytes = std::size_t{8} << 10;

}  // namespace

StdinSender::StdinSender(int fd, const LineOptions& options)
    : fd_(fd), options_(options), interactive_(isatty(fd) == 1) {}

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

std::optional<Bytes> StdinSender::compile(std::string_view line) {
    // Without an encoding or escapes to apply there is nothing that a line could fail: its bytes are the
    // message.
    if (!options_.payload.escapes && options_.payload.encoding == codec::Encoding::utf8()) {
        const ByteView bytes = as_bytes(line);
        return Bytes(bytes.begin(), bytes.end());
    }
    auto bytes = codec::compile_payload(line, options_.payload);
    if (!bytes) {
        problems_.push_back(fmt::format("line {} not sent: {}", line_number_, bytes.error().message));
        return std::nullopt;
    }
    return std::move(*bytes);
}

void StdinSender::fill_batch() {
    std::size_t bytes = 0;
    for (const engine::Payload& payload : batch_) bytes += payload->size();
    while (batch_.size() < batch_lines && bytes < batch_bytes && peek_line()) {
        const bool alone = line_->size() > alone_bytes;
        if (alone && !batch_.empty()) return;
        const std::string line = std::move(*line_);
        line_.reset();
        auto message = compile(line);
        if (!message || (message->empty() && !options_.keep_empty)) continue;
        if (options_.trailer) options_.trailer->append_to(*message);
        bytes += message->size();
        batch_.push_back(engine::make_payload(std::move(*message)));
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
