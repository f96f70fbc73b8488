// How often memory was asked for.
#pragma once

#include <cstdint>

namespace sockdesk {

/// Calls of `operator new` in this thread.
std::uint64_t allocations();

}  // namespace sockdesk
