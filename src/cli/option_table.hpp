// Every option of the terminal's subcommands, once: the parser, the help and the hints for misspelt names are
// made from it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "engine/session_config.hpp"

namespace sockdesk::cli {

/// Which subcommands have an option.
enum class For : std::uint8_t { udp = 1, tcp_server = 2, tcp_client = 4, clients = 5, tcp = 6, all = 7 };

struct OptionSpec {
    std::string_view name;   ///< with its dashes
    std::string_view value;  ///< what follows, as the help calls it; empty: a flag
    For available;
    std::string_view group;
    std::string_view help;
    /// May be given several times, and its value may begin with dashes.
    bool is_payload = false;
};

std::span<const OptionSpec> option_table();

const OptionSpec* find_option(std::string_view name);

bool available_for(const OptionSpec& option, engine::Protocol protocol);

}  // namespace sockdesk::cli
