// How often memory was asked for. To be included by one file of a test program, whose operators these then are.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace sockdesk {

inline std::atomic<std::uint64_t> counted_allocations{0};

/// Calls of `operator new`, by all threads.
inline std::uint64_t allocations() { return counted_allocations.load(); }

}  // namespace sockdesk

// In place of the library's; those for arrays and those that do not throw call these. Not inlined: the compiler would see free(3) called for
// what came from an operator, and warn.
[[gnu::noinline]] void* operator new(std::size_t size) {
    sockdesk::counted_allocations.fetch_add(1, std::memory_order_relaxed);
    if (void* const memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
