#include "cli/arguments.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "app/workspace.hpp"
#include "cli/capture_arguments.hpp"
#include "cli/command_line.hpp"
#include "cli/encode_command.hpp"
#include "cli/numbers.hpp"
#include "cli/option_reader.hpp"
#include "cli/payload_arguments.hpp"
#include "cli/rule_arguments.hpp"
#include "cli/shortcuts_command.hpp"
#include "codec/encoding.hpp"
#include "codec/escapes.hpp"

namespace sockdesk::cli {

namespace {

using engine::Protocol;

/// Reads the options of one subcommand into a request.
class RequestReader : private OptionReader {
public:
    RequestReader(const SessionCommand& command, const Surroundings& surroundings)
        : OptionReader(command), command_(command), surroundings_(surroundings) {}

    Invocation read() {
        request_.setup.config.protocol = command_.protocol;
        read_addresses();
        read_connection();
        read_showing();
        read_unasked(command_, request_);
        read_replies(command_, request_.setup);
        read_stop();
        request_.expectations = read_expectations(command_, request_.setup);
        read_stdin();
        if (!command_.has("--gui")) return std::move(request_);
        check_window();
        request_.setup.open_at_start = true;
        return app::WindowRequest{std::nullopt, std::move(request_.setup)};
    }

private:
    void read_addresses() {
        engine::SessionConfig& config = request_.setup.config;
        config.local = address("--local");
        config.remote = address("--remote");
        if (config.remote && config.remote->port == 0) {
            refuse(fmt::format("--remote \"{}\": a port to send to is missing; write HOST:PORT",
                               command_.value("--remote").value_or("")));
        }
        switch (config.protocol) {
            case Protocol::udp:
                // Nobody could ever reach such a session, nor would it have anybody to write to.
                if (!config.local && !config.remote) config.local = HostPort{"0.0.0.0", 0};
                break;
            case Protocol::tcp_server:
                if (!config.local) refuse("where to listen is missing: --local ADDR, such as --local :9000");
                break;
            case Protocol::tcp_client:
                if (!config.remote) refuse("whom to connect to is missing: --remote HOST:PORT");
                break;
        }
    }

    void read_connection() {
        engine::SessionConfig& config = request_.setup.config;
        if (const auto timeout = duration_above_zero("--connect-timeout")) {
            config.connect_timeout = std::chrono::ceil<std::chrono::milliseconds>(*timeout);
        }
        config.reconnect = command_.has("--reconnect");
        config.reuse_address = !command_.has("--no-reuse-address");
        config.echo = command_.has("--echo");
        if (const auto text = command_.value("--backlog")) {
            config.backlog = static_cast<int>(
                need("--backlog",
                     parse_count(*text, 1, static_cast<std::uint64_t>(std::numeric_limits<int>::max()))));
        }
        if (const auto text = command_.value("--send-queue")) {
            config.send_queue_limit_bytes = need("--send-queue", parse_size(*text));
        }
    }

    void read_showing() {
        app::SessionSetup& setup = request_.setup;
        if (const auto name = command_.value("--encoding")) {
            setup.encoding = std::string(need("--encoding", codec::Encoding::find(*name)).name());
        }
        setup.view = choice<app::PayloadView, 3>("--view",
                                                 {{{"text", app::PayloadView::text},
                                                   {"hex", app::PayloadView::hex},
                                                   {"both", app::PayloadView::both}}},
                                                 app::PayloadView::text);
        if (const auto text = command_.value("--verify")) {
            request_.verify = need_marked("--verify", *text, codec::Trailer::parse(*text));
        }
        request_.format = choice<Format, 3>(
            "--format", {{{"log", Format::log}, {"json", Format::json}, {"raw", Format::raw}}}, Format::log);
        if (const auto path = command_.value("--save")) {
            if (path->empty()) refuse("--save: the file's name is empty");
            setup.save_path = *path;
            // Appending to a file that is not there begins it.
            setup.save_mode =
                command_.has("--overwrite") ? capture::SaveMode::overwrite : capture::SaveMode::append;
        } else if (command_.has("--overwrite")) {
            refuse("--overwrite: no file is named, which --save FILE does");
        }
    }

    void read_stop() {
        if (const auto count = command_.value("--count")) {
            request_.stop.count =
                need("--count", parse_count(*count, 1, std::numeric_limits<std::uint64_t>::max()));
        }
        request_.stop.after = duration_above_zero("--for");
        request_.stop.idle = duration_above_zero("--idle");
        request_.stop.wait = duration("--wait");
    }

    void read_stdin() {
        const bool asked = command_.has("--stdin");
        const bool refused = command_.has("--no-stdin");
        if (asked && refused) refuse("--stdin and --no-stdin contradict each other");
        const StopWhen& stop = request_.stop;
        const bool sends = !request_.unasked.empty();
        const bool ends_by_itself = sends && command_.protocol != Protocol::tcp_server &&
                                    !request_.setup.config.reconnect && request_.unasked.all_end() &&
                                    !stop.count && !stop.after && !stop.idle;
        const bool expects = !request_.expectations.empty();
        // A session that is over in a second would take what is being typed with it.
        request_.read_stdin =
            asked || (surroundings_.stdin_is_terminal && !refused && !ends_by_itself && !expects);
        if (stop.wait && !sends && !request_.read_stdin) {
            refuse("--wait: nothing to send is given; to stop in any case use --for, after a silence --idle");
        }
        const bool replies = !request_.setup.replies.rules.empty();
        if (request_.setup.trailer && !sends && !replies && !request_.read_stdin && !command_.has("--gui")) {
            refuse(
                "--checksum: nothing to send is given: --send TEXT, --send-hex HEX, --send-file PATH, "
                "--reply RULE or --stdin");
        }
        // A server is there for clients to come, however long nobody does.
        if (command_.protocol == Protocol::tcp_server) request_.stop.wait.reset();
    }

    /// What the window would not do is refused rather than passed over in silence.
    void check_window() const {
        for (const std::string_view name :
             {"--format", "--stdin", "--source", "--cycle", "--shortcut", "--count", "--for", "--idle",
              "--wait", "--expect", "--within", "--verify"}) {
            if (command_.has(name))
                refuse(fmt::format("{} is for the terminal; it does not go with --gui", name));
        }
    }

    const SessionCommand& command_;
    const Surroundings& surroundings_;
    TerminalRequest request_;
};

/// What is neither named nor written as one is a capture, whatever it is called: tcpdump's have any name.
bool is_workspace(const std::filesystem::path& file) {
    if (file.extension() == ".json") return true;
    return std::ifstream(file, std::ios::binary).peek() == '{';
}

}  // namespace

tl::expected<Invocation, ArgumentError> parse_arguments(std::span<const char* const> arguments,
                                                        const Surroundings& surroundings) {
    auto line = split_command_line(arguments);
    if (!line) return tl::unexpected(ArgumentError{exit_bad_usage, std::move(line.error())});

    if (auto* text = std::get_if<TextCommand>(&*line)) return ShowText{std::move(text->text)};
    if (std::holds_alternative<DemoCommand>(*line)) return DemoRequest{};
    if (auto* window = std::get_if<WindowCommand>(&*line)) {
        app::WindowRequest request;
        if (window->workspace && is_workspace(*window->workspace)) {
            // To open it as one would put it aside as damaged.
            if (const std::string kind = app::other_kind_at(*window->workspace); !kind.empty()) {
                return tl::unexpected(ArgumentError{
                    exit_bad_usage,
                    fmt::format("sockdesk: {}: {}\n", codec::escape_controls(*window->workspace), kind)});
            }
            request.workspace = *window->workspace;
        } else if (window->workspace) {
            request.captures = {*window->workspace};
        }
        return request;
    }
    const auto* encode = std::get_if<EncodeCommand>(&*line);
    const auto* shortcuts = std::get_if<ShortcutsCommand>(&*line);
    const auto* capture = std::get_if<CaptureCommand>(&*line);
    const auto* session = std::get_if<SessionCommand>(&*line);
    const std::string_view name = encode != nullptr                 ? "encode"
                                  : shortcuts != nullptr            ? "shortcuts"
                                  : capture == nullptr              ? engine::protocol_name(session->protocol)
                                  : capture->subcommand == For::log ? "log"
                                                                    : "replay";
    try {
        if (encode != nullptr) return read_encode_request(*encode, surroundings);
        if (shortcuts != nullptr) return read_shortcuts_request(*shortcuts);
        if (session != nullptr) return RequestReader(*session, surroundings).read();
        if (capture->subcommand == For::log) return read_log_request(*capture);
        return read_replay_request(*capture);
    } catch (const Refusal& refusal) {
        if (refusal.status != exit_bad_usage) {
            return tl::unexpected(ArgumentError{
                refusal.status, fmt::format("sockdesk: {}\n", codec::escape_controls(refusal.problem))});
        }
        return tl::unexpected(
            ArgumentError{exit_bad_usage, usage_error(name, refusal.problem) + refusal.illustration});
    }
}

}  // namespace sockdesk::cli
