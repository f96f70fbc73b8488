#include "cli/command_line.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/near_names.hpp"
#include "cli/version.hpp"
#include "codec/escapes.hpp"

namespace sockdesk::cli {

namespace {

using engine::Protocol;

constexpr std::string_view main_usage =
    "Usage: sockdesk [WORKSPACE.json | CAPTURE]                          the window\n"
    "       sockdesk udp        [--local ADDR] [--remote ADDR] [OPTIONS]  a UDP socket\n"
    "       sockdesk tcp-server  --local ADDR [OPTIONS]                   accepts any number of clients\n"
    "       sockdesk tcp-client  --remote ADDR [--local ADDR] [OPTIONS]\n"
    "       sockdesk log         FILE [--filter EXPR] [OPTIONS]           what a capture holds\n"
    "       sockdesk replay      FILE --to ADDR [OPTIONS]                 sends it again\n"
    "       sockdesk encode      PAYLOAD [OPTIONS]                        the bytes that would be sent\n"
    "       sockdesk shortcuts   [--shortcuts FILE] [--json]              what --shortcut can send\n"
    "       sockdesk demo                                                 the main job, against itself\n";

constexpr std::string_view main_footer =
    "Examples:\n"
    "  sockdesk udp --local :7788 --encoding gbk          show what arrives on port 7788\n"
    "  sockdesk udp --remote 10.0.0.7:7788 --send hello --every 1s\n"
    "  sockdesk tcp-client --remote localhost:80 --escapes --send 'GET / HTTP/1.0\\r\\n\\r\\n'\n"
    "  sockdesk tcp-server --local :9000 --echo --save talk.pcapng\n"
    "  sockdesk log talk.pcapng --filter 'rx len>100' --format csv --output talk.csv\n"
    "  sockdesk replay talk.pcapng --to localhost:9000 --speed 10\n"
    "\nExit status: 0 done, 1 a socket or a file failed, 2 bad usage, 3 an expectation was not met.\n";

struct Subcommand {
    std::string_view name;
    std::string_view usage;
    std::string_view description;
};

constexpr std::array<Subcommand, 8> subcommands = {{
    {"udp", "Usage: sockdesk udp [--local ADDR] [--remote ADDR] [OPTIONS]\n",
     "A UDP socket. Without --local the system picks the port at the first send; without either address one "
     "is bound at once."},
    {"tcp-server", "Usage: sockdesk tcp-server --local ADDR [OPTIONS]\n",
     "A TCP server for any number of clients."},
    {"tcp-client", "Usage: sockdesk tcp-client --remote ADDR [--local ADDR] [OPTIONS]\n",
     "A TCP connection."},
    {"log", "Usage: sockdesk log FILE [OPTIONS]\n",
     "What a capture holds: one of Sockdesk, or a pcap or pcapng file of tcpdump or Wireshark. FILE - is "
     "standard input."},
    {"replay", "Usage: sockdesk replay FILE --to ADDR [OPTIONS]\n",
     "Sends the payloads of a capture again, in their order and with the time that was between them: UDP "
     "from "
     "one socket, TCP over one connection for each that was recorded."},
    {"encode", "Usage: sockdesk encode PAYLOAD [OPTIONS]\n",
     "The bytes that the first send of PAYLOAD would have: text or hex with {{counter}}, {{time:ms}}, "
     "{{pack:!H8sb,1,\"test.jpg\",2}} and the like in it, which udp, tcp-server and tcp-client understand "
     "with --template."},
    {"shortcuts", "Usage: sockdesk shortcuts [OPTIONS]\n",
     "The shortcuts that --shortcut sends: GROUP/NAME and payload of each, in a line. Those of the window, "
     "unless another library is named."},
    {"demo", "Usage: sockdesk demo\n",
     "Shows the main job in some seconds, against sockets of its own: UDP and TCP, text and binary, a loop "
     "of sends."},
}};

/// CLI11's own layout has columns of its own making; ours is narrower and leaves out what goes without
/// saying.
class HelpFormatter final : public CLI::Formatter {
public:
    explicit HelpFormatter(std::string_view usage) : usage_(usage) { column_width(24); }

    std::string make_usage(const CLI::App*, std::string) const override { return usage_ + "\n"; }
    std::string make_option_opts(const CLI::Option* option) const override {
        return option->get_type_name().empty() ? std::string() : " " + option->get_type_name();
    }
    std::string make_subcommands(const CLI::App*, CLI::AppFormatMode) const override { return {}; }

private:
    std::string usage_;
};

std::string in_quotes(std::string_view text) { return fmt::format("'{}'", text); }

/// Which options a subcommand has; none: it has no options, or there is no such subcommand.
std::optional<For> options_of_subcommand(std::string_view name) {
    if (const auto protocol = engine::parse_protocol(name)) return options_of(*protocol);
    if (name == "log") return For::log;
    if (name == "replay") return For::replay;
    if (name == "encode") return For::encode;
    if (name == "shortcuts") return For::shortcuts;
    return std::nullopt;
}

/// One value without an option's name: a file or a payload.
bool takes_value(For subcommand) {
    return subcommand == For::log || subcommand == For::replay || subcommand == For::encode;
}

std::vector<std::string_view> option_names(For subcommand) {
    std::vector<std::string_view> names = {"--help"};
    for (const OptionSpec& option : option_table()) {
        if (available_for(option, subcommand)) names.push_back(option.name);
    }
    return names;
}

std::string unknown_option(std::string_view typed, std::string_view subcommand) {
    const std::optional<For> which = options_of_subcommand(subcommand);
    if (!which) return fmt::format("unknown option {}", in_quotes(typed));
    if (find_option(typed) != nullptr) {
        std::string where;
        for (const Subcommand& other : subcommands) {
            const auto its_options = options_of_subcommand(other.name);
            if (!its_options || find_option(typed, *its_options) == nullptr) continue;
            where += fmt::format("{}{}", where.empty() ? "" : " and ", other.name);
        }
        return fmt::format("{} is an option of {}, not of {}", typed, where, subcommand);
    }
    const std::vector<std::string_view> names = option_names(*which);
    const std::string_view near = nearest_name(typed, names);
    if (near.empty()) return fmt::format("unknown option {}", in_quotes(typed));
    return fmt::format("unknown option {}; did you mean {}?", in_quotes(typed), near);
}

/// Takes option values out of the arguments and leaves a stand-in for each, so that CLI11 never interprets
/// what a person wants to send: "--END--" and an empty text are payloads like others.
class ValueKeeper {
public:
    /// `subcommand` decides which options there are. Returns what is wrong, if anything is.
    std::optional<std::string> keep(std::span<const char* const> arguments, std::string_view subcommand_name,
                                    For subcommand) {
        bool only_values = false;  // "--" stood before
        for (std::size_t i = 0; i < arguments.size(); ++i) {
            const std::string_view argument = arguments[i];
            if (takes_value(subcommand)) {
                if (argument == "--" && !only_values) {
                    only_values = true;
                    continue;
                }
                if (only_values || argument == "-" || !argument.starts_with('-')) {
                    if (file) return fmt::format("{} is not expected here", in_quotes(argument));
                    file = argument;
                    continue;
                }
            }
            const std::size_t equals =
                argument.starts_with("--") ? argument.find('=') : std::string_view::npos;
            const std::string_view name = argument.substr(0, equals);
            const OptionSpec* option = find_option(name, subcommand);
            if (option == nullptr && takes_value(subcommand) && name != "--help" && name != "-h") {
                return unknown_option(name, subcommand_name);
            }
            if (option == nullptr) {
                rest.emplace_back(name);
                continue;
            }
            rest.emplace_back(name);
            if (!option->is_payload && std::ranges::count(options, option, &GivenOption::option) != 0) {
                if (option->value.empty()) continue;
                return fmt::format("{} is given twice", name);
            }
            if (option->value.empty()) {
                if (equals != std::string_view::npos) return fmt::format("{} takes no value", name);
                options.push_back({option, {}});
                continue;
            }
            std::string_view value;
            if (equals != std::string_view::npos) {
                value = argument.substr(equals + 1);
            } else {
                const bool missing = i + 1 == arguments.size() ||
                                     (!option->is_payload && find_option(arguments[i + 1]) != nullptr);
                if (missing) return fmt::format("{0} needs a value: {0} {1}", name, option->value);
                value = arguments[++i];
            }
            options.push_back({option, value});
            rest.emplace_back("0");
        }
        return std::nullopt;
    }

    std::vector<GivenOption> options;
    std::optional<std::string> file;
    std::vector<std::string> rest;
};

/// Several empty lines in a row become one.
std::string without_gaps(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '\n' && result.ends_with("\n\n")) continue;
        result.push_back(c);
    }
    while (result.ends_with("\n\n")) result.pop_back();
    return result;
}

void add_options(CLI::App& app, For subcommand) {
    for (const OptionSpec& option : option_table()) {
        if (!available_for(option, subcommand)) continue;
        CLI::Option* added = nullptr;
        if (option.value.empty()) {
            const std::string help(option.help);
            added = app.add_flag(std::string(option.name), help);
        } else {
            added = app.add_option(
                std::string(option.name), [](const CLI::results_t&) { return true; },
                std::string(option.help));
            added->type_name(std::string(option.value));
            if (option.is_payload) added->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
        }
        added->group(std::string(option.group));
    }
}

/// The first word is neither a subcommand nor an option nor, as far as one can tell, the name of a file.
std::string unknown_command(std::string_view word) {
    std::array<std::string_view, subcommands.size()> names;
    std::ranges::transform(subcommands, names.begin(), &Subcommand::name);
    const std::string_view near = nearest_name(word, names);
    if (!near.empty()) return fmt::format("unknown command {}; did you mean {}?", in_quotes(word), near);
    return fmt::format(
        "unknown command {}: udp, tcp-server, tcp-client, log, replay, encode, shortcuts or demo; a "
        "workspace is named as a file, FILE.json",
        in_quotes(word));
}

bool may_be_command(std::string_view word) {
    return !word.starts_with('-') && word.find_first_of("./") == std::string_view::npos;
}

}  // namespace

bool GivenOptions::has(std::string_view name) const {
    return std::ranges::any_of(options,
                               [name](const GivenOption& given) { return given.option->name == name; });
}

std::optional<std::string_view> GivenOptions::value(std::string_view name) const {
    for (const GivenOption& given : options) {
        if (given.option->name == name) return given.value;
    }
    return std::nullopt;
}

std::string usage_error(std::string_view subcommand, std::string_view problem) {
    const std::string program = subcommand.empty() ? "sockdesk" : fmt::format("sockdesk {}", subcommand);
    // It quotes what was typed, which must not act on the terminal.
    return fmt::format("{0}: {1} (see {0} --help)\n", program, codec::escape_controls(problem));
}

tl::expected<CommandLine, std::string> split_command_line(std::span<const char* const> arguments) {
    const std::string_view first = arguments.empty() ? std::string_view() : std::string_view(arguments[0]);
    const std::optional<For> options = options_of_subcommand(first);

    const bool known = std::ranges::find(subcommands, first, &Subcommand::name) != subcommands.end();
    if (!arguments.empty() && !known && may_be_command(first))
        return tl::unexpected(usage_error({}, unknown_command(first)));

    ValueKeeper keeper;
    if (options) {
        keeper.rest.emplace_back(first);
        if (const auto problem = keeper.keep(arguments.subspan(1), first, *options)) {
            return tl::unexpected(usage_error(first, *problem));
        }
    } else {
        keeper.rest.assign(arguments.begin(), arguments.end());
    }

    CLI::App app(
        fmt::format("Sockdesk {}, a desk for sockets: network debugging in a window and in the terminal.",
                    version),
        "sockdesk");
    app.formatter(std::make_shared<HelpFormatter>(main_usage));
    app.set_help_flag("-h,--help", "this text; 'sockdesk udp --help' tells the options")->group("Options");
    app.set_version_flag("--version", fmt::format("sockdesk {}", version), "the version")->group("Options");
    app.require_subcommand(0, 1);
    std::string workspace;
    app.add_option("workspace", workspace)->group("");
    for (const Subcommand& subcommand : subcommands) {
        CLI::App* sub = app.add_subcommand(std::string(subcommand.name), std::string(subcommand.description));
        sub->formatter(std::make_shared<HelpFormatter>(subcommand.usage));
        sub->set_help_flag("-h,--help", "this text")->group("");
        if (const auto its_options = options_of_subcommand(subcommand.name)) add_options(*sub, *its_options);
    }

    app.footer(std::string(main_footer));  // last: subcommands made later would have it, too

    std::ranges::reverse(keeper.rest);  // the order that CLI11 wants
    try {
        app.parse(keeper.rest);
    } catch (const CLI::CallForVersion&) {
        return TextCommand{fmt::format("sockdesk {}\n", version)};
    } catch (const CLI::CallForHelp&) {
        return TextCommand{without_gaps(app.help())};
    } catch (const CLI::ParseError& error) {
        const std::vector<CLI::App*> subs = app.get_subcommands();
        const std::string name = subs.empty() ? std::string() : subs.front()->get_name();
        const std::vector<std::string> extras = app.remaining(true);
        if (extras.empty()) return tl::unexpected(usage_error(name, error.what()));
        const auto option =
            std::ranges::find_if(extras, [](const std::string& extra) { return extra.starts_with('-'); });
        if (option != extras.end()) return tl::unexpected(usage_error(name, unknown_option(*option, first)));
        return tl::unexpected(
            usage_error(name, fmt::format("{} is not expected here", in_quotes(extras.front()))));
    }

    // After "--" CLI11 takes what follows a subcommand for the program's own.
    if (known && app.count("workspace") != 0) {
        return tl::unexpected(
            usage_error(first, fmt::format("{} is not expected here", in_quotes(workspace))));
    }
    if (options && takes_value(*options)) {
        if (!keeper.file && *options == For::encode) {
            return tl::unexpected(usage_error(first, "what to encode is missing: PAYLOAD"));
        }
        if (keeper.file && *options == For::encode) {
            return EncodeCommand{{std::move(keeper.options)}, std::move(*keeper.file)};
        }
        if (!keeper.file) return tl::unexpected(usage_error(first, "which capture is missing: FILE"));
        return CaptureCommand{{std::move(keeper.options)}, *options, std::move(*keeper.file)};
    }
    if (const auto protocol = engine::parse_protocol(first)) {
        return SessionCommand{{std::move(keeper.options)}, *protocol};
    }
    if (options == For::shortcuts) return ShortcutsCommand{{std::move(keeper.options)}};
    if (!app.get_subcommands().empty()) return DemoCommand{};
    if (app.count("workspace") == 0) return WindowCommand{};
    return WindowCommand{workspace};
}

}  // namespace sockdesk::cli
