// Captures for measurements, made by the code that sessions use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "base/result.hpp"
#include "capture/log.hpp"
#include "capture/log_writer.hpp"
#include "capture/saver.hpp"
#include "capture/segment_pool.hpp"

namespace sockdesk::bench {

/// A pool as the window has it with its 512 MiB; what has to leave memory goes to a nameless file in `folder`.
inline std::shared_ptr<capture::SegmentPool> make_pool(const std::filesystem::path& folder) {
    capture::SegmentPoolOptions options;
    options.budget_bytes = std::size_t{384} << 20U;
    options.spill_folder = std::filesystem::absolute(folder);
    return std::make_shared<capture::SegmentPool>(options);
}

/// Writes a capture of `count` received datagrams of `size` bytes, a microsecond apart; answers the number of records.
inline Result<RecordCount> make_capture(const std::filesystem::path& path, std::uint64_t count,
                                        std::size_t size) {
    const auto log = capture::Log::make(make_pool(std::filesystem::absolute(path).parent_path()), "made");
    auto saver = capture::Saver::start(log, {path, capture::SaveMode::overwrite}, {});
    if (!saver) return tl::unexpected(saver.error());
    capture::LogWriter writer(log);
    const Endpoint here{IpAddress::v4({127, 0, 0, 1}), 54321};
    const Endpoint there{IpAddress::v4({127, 0, 0, 1}), 40000};
    Bytes payload(size);
    std::uint64_t state = 1;
    for (std::uint64_t i = 0; i < count; ++i) {
        // Letters that differ from record to record, so that nothing is found because it is everywhere.
        for (std::uint8_t& byte : payload) {
            state = state * 6364136223846793005U + 1442695040888963407U;
            byte = static_cast<std::uint8_t>('a' + (state >> 60U));
        }
        if (i % 4096 == 0) {
            writer.publish();
            // Faster than any network: it waits for the disk, as a TCP peer would be made to.
            if (!writer.ready()) {
                if (const auto flushed = (*saver)->flush(); !flushed) return tl::unexpected(flushed.error());
            }
            log->release_before((*saver)->saved());
        }
        const Timestamp time(
            std::chrono::nanoseconds(1'700'000'000'000'000'000 + static_cast<std::int64_t>(i) * 1000));
        writer.append_datagram(time, capture::Direction::received, here, there, payload);
    }
    writer.publish();
    if (const auto flushed = (*saver)->flush(); !flushed) return tl::unexpected(flushed.error());
    return log->published();
}

}  // namespace sockdesk::bench
