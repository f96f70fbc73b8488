#include "engine/session_config.hpp"

#include <array>
#include <utility>

namespace sockdesk::engine {

namespace {

constexpr std::array<std::pair<Protocol, std::string_view>, 3> names{{
    {Protocol::udp, "udp"},
    {Protocol::tcp_server, "tcp-server"},
    {Protocol::tcp_client, "tcp-client"},
}};

}  // namespace

std::string_view protocol_name(Protocol protocol) {
    for (const auto& [value, name] : names) {
        if (value == protocol) {
            return name;
        }
    }
    return "unknown";
}

std::optional<Protocol> parse_protocol(std::string_view text) {
    for (const auto& [value, name] : names) {
        if (name == text) {
            return value;
        }
    }
    return std::nullopt;
}

}  // namespace sockdesk::engine
