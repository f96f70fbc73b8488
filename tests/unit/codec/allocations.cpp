#include "allocations.hpp"

#include <cstddef>
#include <cstdlib>
#include <new>

namespace sockdesk {

namespace {
thread_local std::uint64_t count = 0;
}

std::uint64_t allocations() { return count; }

}  // namespace sockdesk

// In place of the library's; those for arrays and those that do not throw call these.
void* operator new(std::size_t size) {
    ++sockdesk::count;
    if (void* const memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
