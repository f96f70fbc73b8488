#include "capture/segment.hpp"

#include <algorithm>
#include <new>

#include <sys/mman.h>

namespace sockdesk::capture {

Segment::Segment() {
    void* memory = mmap(nullptr, memory_bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    // Faulted in four times as fast as small pages are (measured). A kernel that has none to spare uses small ones.
    madvise(memory, memory_bytes, MADV_HUGEPAGE);
    bytes_ = static_cast<std::uint8_t*>(memory);
    index_ = reinterpret_cast<IndexEntry*>(bytes_ + capacity_bytes);
}

Segment::~Segment() { munmap(bytes_, memory_bytes); }

void Segment::fault_in() {
    // In pieces: the kernel holds the address space's lock meanwhile, and others want to allocate.
    constexpr std::size_t piece = std::size_t{1} << 20;
    for (std::size_t at = 0; at < memory_bytes; at += piece) {
        const std::size_t size = std::min(piece, memory_bytes - at);
#ifdef MADV_POPULATE_WRITE
        if (madvise(bytes_ + at, size, MADV_POPULATE_WRITE) == 0) continue;
#endif
        // Kernels before 5.14 do not know it.
        constexpr std::size_t smallest_page = 4096;
        for (std::size_t offset = 0; offset < size; offset += smallest_page) {
            *static_cast<volatile std::uint8_t*>(bytes_ + at + offset) = 0;
        }
    }
}

void Segment::reset() {
    first_record = 0;
    written_bytes = 0;
    written_records = 0;
    published_bytes.store(0, std::memory_order_relaxed);
    published_records.store(0, std::memory_order_relaxed);
}

}  // namespace sockdesk::capture
