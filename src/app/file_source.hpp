// A file as what is sent, of any size: read ahead by a thread, by a bounded amount, as whole stream, in pieces or a line a packet.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <thread>

#include "app/look_ahead.hpp"
#include "archive/descriptor.hpp"
#include "base/result.hpp"
#include "codec/trailer.hpp"
#include "engine/payload_source.hpp"

namespace sockdesk::app {

/// What becomes one send.
enum class FileCut : std::uint8_t {
    stream,  ///< the bytes alone count, not where one send ends
    pieces,  ///< of `piece_bytes` each, the last one what is left
    lines,   ///< without their ends, LF or CRLF; the last may have none
};

struct FileSourceOptions {
    static constexpr std::size_t stream_piece_bytes = std::size_t{64} << 10;
    /// More at once would no longer be little memory.
    static constexpr std::size_t largest_piece_bytes = std::size_t{1} << 20;
    static constexpr std::size_t longest_line_bytes = std::size_t{64} << 10;
    static constexpr std::size_t largest_datagram_bytes = 65'507;

    std::filesystem::path path;
    FileCut cut = FileCut::stream;
    std::size_t piece_bytes = 1024;
    /// From one to the next. 0: as fast as the receiver takes them.
    std::chrono::nanoseconds interval{0};
    /// Behind each piece or line.
    std::optional<codec::Trailer> trailer;
    /// UDP: what does not fit into a datagram is refused, and an empty line is an empty datagram. TCP has no empty sends: the line is
    /// passed over, unless a trailer makes it something.
    bool datagrams = false;
};

class FileSource final : public engine::PayloadSource {
public:
    /// Fails when it cannot be read or is no file, and when a piece is larger than can be sent. Only what it holds now is sent, however
    /// it grows; where it becomes shorter meanwhile, the source fails.
    static Result<std::shared_ptr<FileSource>> open(const FileSourceOptions& options);
    /// Ends the thread.
    ~FileSource() override;
    FileSource(const FileSource&) = delete;
    FileSource& operator=(const FileSource&) = delete;

    struct Progress {
        std::uint64_t total_bytes = 0;  ///< of the file
        std::uint64_t read_bytes = 0;
        std::uint64_t sent_bytes = 0;  ///< of the file, line ends included: handed over to be sent
        std::uint64_t packets = 0;     ///< handed over: some go together, and one may wait for its time
        bool all_taken = false;        ///< and the loop knows that nothing comes any more
    };
    /// Any thread.
    Progress progress() const;
    /// How much of the file the first so many packets are, line ends included: of those taken last, which is known of them alone.
    std::uint64_t bytes_up_to(std::uint64_t packets) const;

    Pace pace() const override;
    State state() override;
    engine::TimedPayload next() override;
    Error error() const override { return ahead_.error(); }
    void on_ready(std::function<void()> ready) override { ahead_.on_ready(std::move(ready)); }

private:
    class Reader;
    FileSource(FileSourceOptions options, archive::Descriptor descriptor, std::uint64_t total_bytes);

    const FileSourceOptions options_;
    const archive::Descriptor descriptor_;
    const std::uint64_t total_bytes_;
    std::atomic<std::uint64_t> read_bytes_{0};
    /// More than are ever taken and not sent yet.
    static constexpr std::size_t marks_kept = 256;
    std::array<std::atomic<std::uint64_t>, marks_kept> marks_{};  ///< where each packet ends in the file
    std::atomic<std::uint64_t> packets_{0};
    std::atomic<bool> all_taken_{false};
    LookAhead ahead_;
    std::thread thread_;
};

}  // namespace sockdesk::app
