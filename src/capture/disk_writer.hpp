// Writing long stretches to a file at the speed of its disk. Private to this room.
//
// A write usually copies into the disk's cache. Where the cache has to grow, each page of it is found and cleared first, which on a
// virtual machine, whose host may have to find the page too, can cost six times as much processor as the copy (measured: 2.6 s for
// 1 GiB, and 0.2 s into pages that were there before): time that the threads that receive need. Written past the cache (O_DIRECT,
// open(2)) the same took 0.1 s. On a slow disk, though, the cache takes a burst that the disk cannot. So both ways are tried, and
// what took less time lately is used.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include <sys/types.h>

#include "base/bytes.hpp"

namespace sockdesk::capture {

/// One thread at a time.
class DiskWriter {
public:
    /// `descriptor` stays the caller's, and must stay open.
    explicit DiskWriter(int descriptor);
    ~DiskWriter();
    DiskWriter(const DiskWriter&) = delete;
    DiskWriter& operator=(const DiskWriter&) = delete;

    /// As pwrite(2): the bytes written, which may be fewer than given, or -1 and `errno`. Readers of the file find them.
    ssize_t write(ByteView bytes, std::uint64_t offset);

private:
    enum class Way : std::uint8_t { cached, direct };

    struct Cost {
        double ns_a_byte = 0;  ///< smoothed
        bool known = false;

        void add(double ns);
    };

    struct Free {
        void operator()(std::uint8_t* memory) const { std::free(memory); }
    };

    Way choose_way();
    ssize_t write_direct(ByteView bytes, std::uint64_t offset);
    void give_up_direct();

    const int descriptor_;
    int direct_ = -1;
    bool direct_tried_ = false;
    std::unique_ptr<std::uint8_t, Free> aligned_;  ///< `chunk_bytes`: what the disk reads from
    std::array<Cost, 2> costs_;
    unsigned chunks_ = 0;
};

}  // namespace sockdesk::capture
