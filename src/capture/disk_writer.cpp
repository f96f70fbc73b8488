#include "capture/disk_writer.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace sockdesk::capture {

namespace {

/// What any disk wants of offset, length and memory.
constexpr std::size_t alignment = 4096;
/// Less than that is no burst, and soon looked at again: it is better off in the cache.
constexpr std::size_t chunk_bytes = std::size_t{1} << 20;
/// So often the way that seemed slower is tried again.
constexpr unsigned retry_every = 32;

}  // namespace

void DiskWriter::Cost::add(double ns) {
    constexpr double weight = 0.25;
    ns_a_byte = known ? ns_a_byte + weight * (ns - ns_a_byte) : ns;
    known = true;
}

DiskWriter::DiskWriter(int descriptor) : descriptor_(descriptor) {}

DiskWriter::~DiskWriter() { give_up_direct(); }

void DiskWriter::give_up_direct() {
    if (direct_ >= 0) close(direct_);
    direct_ = -1;
    aligned_.reset();
}

DiskWriter::Way DiskWriter::choose_way() {
    if (!direct_tried_) {
        direct_tried_ = true;
        aligned_.reset(static_cast<std::uint8_t*>(std::aligned_alloc(alignment, chunk_bytes)));
        const auto name = fmt::format("/proc/self/fd/{}", descriptor_);
        if (aligned_) direct_ = open(name.c_str(), O_WRONLY | O_DIRECT | O_CLOEXEC);
    }
    if (direct_ < 0) return Way::cached;
    for (const Way way : {Way::direct, Way::cached}) {
        if (!costs_[static_cast<std::size_t>(way)].known) return way;
    }
    const bool cached_is_faster = costs_[0].ns_a_byte < costs_[1].ns_a_byte;
    const bool other = ++chunks_ % retry_every == 0;
    return cached_is_faster != other ? Way::cached : Way::direct;
}

ssize_t DiskWriter::write(ByteView bytes, std::uint64_t offset) {
    const auto write_cached = [&](std::size_t size) {
        return pwrite(descriptor_, bytes.data(), std::min(size, bytes.size()), static_cast<off_t>(offset));
    };
    // No page is ever written both ways.
    if (const std::size_t beyond = offset % alignment; beyond != 0) return write_cached(alignment - beyond);
    if (bytes.size() < chunk_bytes) return write_cached(bytes.size());

    const Way way = choose_way();
    const auto start = std::chrono::steady_clock::now();
    const ssize_t count = way == Way::direct ? write_direct(bytes, offset) : write_cached(chunk_bytes);
    if (count > 0) {
        const std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - start;
        costs_[static_cast<std::size_t>(way)].add(taken.count() / static_cast<double>(count));
    } else if (count < 0 && way == Way::direct && errno == EINVAL) {
        // The file system opens such files and does not write them.
        give_up_direct();
        return write_cached(chunk_bytes);
    }
    return count;
}

ssize_t DiskWriter::write_direct(ByteView bytes, std::uint64_t offset) {
    std::memcpy(aligned_.get(), bytes.data(), chunk_bytes);
    return pwrite(direct_, aligned_.get(), chunk_bytes, static_cast<off_t>(offset));
}

}  // namespace sockdesk::capture
