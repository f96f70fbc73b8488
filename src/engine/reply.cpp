#include "engine/reply.hpp"

#include <fmt/format.h>

namespace sockdesk::engine {

std::string describe_replies_held(std::uint64_t count) {
    return count == 1 ? std::string("1 answer was held back: more than the rate limit allows")
                      : fmt::format("{} answers were held back: more than the rate limit allows", count);
}

}  // namespace sockdesk::engine
