// Splits the command line into a subcommand and its options, by their names alone; what their values mean is
// for arguments.hpp.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <tl/expected.hpp>

#include "cli/option_table.hpp"
#include "engine/session_config.hpp"

namespace sockdesk::cli {

struct GivenOption {
    const OptionSpec* option = nullptr;
    std::string_view value;  ///< of the argument's lifetime
};

/// In the order they were typed; only payloads stand twice.
struct GivenOptions {
    std::vector<GivenOption> options;

    bool has(std::string_view name) const;
    std::optional<std::string_view> value(std::string_view name) const;
};

/// `sockdesk udp …` and its like.
struct SessionCommand : GivenOptions {
    engine::Protocol protocol = engine::Protocol::udp;
};

/// `sockdesk log FILE …`, `sockdesk replay FILE …`.
struct CaptureCommand : GivenOptions {
    For subcommand = For::log;
    std::string file;
};

/// `sockdesk encode PAYLOAD …`.
struct EncodeCommand : GivenOptions {
    std::string payload;
};

/// `sockdesk shortcuts …`.
struct ShortcutsCommand : GivenOptions {};

struct DemoCommand {};

struct WindowCommand {
    std::optional<std::string> workspace;
};

/// `--help`, `--version`.
struct TextCommand {
    std::string text;
};

using CommandLine = std::variant<TextCommand, WindowCommand, DemoCommand, SessionCommand, CaptureCommand,
                                 EncodeCommand, ShortcutsCommand>;

/// The failure is a whole line for stderr, with the hint where to read on.
tl::expected<CommandLine, std::string> split_command_line(std::span<const char* const> arguments);

/// "sockdesk udp: <problem> (see sockdesk udp --help)\n"; `subcommand` may be empty.
std::string usage_error(std::string_view subcommand, std::string_view problem);

}  // namespace sockdesk::cli
