#include "engine/receive_buffer.hpp"

#include <fmt/format.h>

namespace sockdesk::engine {

std::string describe_small_receive_buffer(std::uint64_t granted_bytes, std::uint64_t wanted_bytes) {
    return fmt::format(
        "The receive buffer has {} bytes, as net.core.rmem_max allows no more, where {} were asked for. "
        "To raise it: sudo sysctl -w net.core.rmem_max={} and open the session again.",
        granted_bytes, wanted_bytes, wanted_bytes);
}

}  // namespace sockdesk::engine
