// Every option of the terminal's subcommands, once: the parser, the help and the hints for misspelt names are
// made from it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "engine/session_config.hpp"

namespace sockdesk::cli {

/// Subcommands with options, and sets of them.
enum class For : std::uint8_t {
    udp = 1,
    tcp_server = 2,
    tcp_client = 4,
    clients = 5,
    tcp = 6,
    all = 7,  ///< every session
    log = 8,
    replay = 16,
    captures = 24,
    encode = 32,
    shortcuts = 64,
    shortcut_senders = 71,
};

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

bool available_for(const OptionSpec& option, For subcommand);

/// That of the subcommand; none where it has no option of that name.
const OptionSpec* find_option(std::string_view name, For subcommand);
/// The same of any subcommand.
const OptionSpec* find_option(std::string_view name);

For options_of(engine::Protocol protocol);

}  // namespace sockdesk::cli
