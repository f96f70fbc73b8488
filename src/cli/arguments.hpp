// The command line as values. What is typed is checked here, so that everything behind can rely on it.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include <tl/expected.hpp>

#include "app/export_job.hpp"
#include "app/session_setup.hpp"
#include "app/shortcut.hpp"
#include "app/window_request.hpp"
#include "base/endpoint.hpp"
#include "cli/expectations.hpp"
#include "cli/unasked_sends.hpp"
#include "codec/trailer.hpp"

namespace sockdesk::cli {

inline constexpr int exit_done = 0;
inline constexpr int exit_failed = 1;  ///< a socket or a file
inline constexpr int exit_bad_usage = 2;
inline constexpr int exit_expectation_failed = 3;

/// What stdout carries.
enum class Format : std::uint8_t { log, json, raw };

/// When a session ends by itself. Durations are more than 0 but for `wait`.
struct StopWhen {
    std::optional<std::uint64_t> count;             ///< received datagrams or reads; at least 1
    std::optional<std::chrono::nanoseconds> after;  ///< `--for`
    std::optional<std::chrono::nanoseconds> idle;   ///< nothing received
    std::optional<std::chrono::nanoseconds> wait;   ///< all is sent, and since then neither sent nor received
};

/// A session in the terminal.
struct TerminalRequest {
    app::SessionSetup setup;
    Format format = Format::log;
    StopWhen stop;
    std::vector<Expectation> expectations;
    std::optional<codec::Trailer> verify;  ///< on what is received
    bool read_stdin = false;
    bool escapes = false;  ///< in lines of standard input, as in `--send`
    bool templates = false;
    /// Sent when the session is open; by a server to each client as it connects.
    UnaskedPlans unasked;
};

/// `sockdesk log`.
struct LogRequest {
    std::filesystem::path file;  ///< "-": standard input
    app::ExportFormat format = app::ExportFormat::log;
    std::string filter;  ///< understood as a filter; empty: everything
    std::optional<capture::Direction> direction;
    app::PayloadView view = app::PayloadView::text;
    std::string encoding;
    std::optional<codec::Trailer> verify;  ///< on what was received
    std::optional<std::filesystem::path> output;
    bool follow = false;
};

/// `sockdesk replay`.
struct ReplayRequest {
    std::filesystem::path file;  ///< "-": standard input
    HostPort to;
    std::optional<HostPort> from;
    std::string filter;
    std::optional<capture::Direction> direction;
    std::optional<capture::Transport> transport;
    double speed = 1;
    std::optional<std::chrono::nanoseconds> wait;
    Format format = Format::log;
    app::PayloadView view = app::PayloadView::text;
    std::string encoding;
};

/// `sockdesk encode`.
struct EncodeRequest {
    engine::Outgoing payload;
    bool hex = false;  ///< as hex and a line's end
};

/// `sockdesk shortcuts`.
struct ShortcutsRequest {
    std::vector<app::Shortcut> shortcuts;
    bool json = false;
};

struct DemoRequest {};

/// `--help`, `--version`: print and be done.
struct ShowText {
    std::string text;
};

using Invocation = std::variant<ShowText, app::WindowRequest, TerminalRequest, DemoRequest, LogRequest,
                                ReplayRequest, EncodeRequest, ShortcutsRequest>;

/// What is wrong, a whole line for stderr, and the exit status that goes with it.
struct ArgumentError {
    int status = exit_bad_usage;
    std::string text;
};

/// What the arguments mean depends on this, beside themselves.
struct Surroundings {
    bool stdin_is_terminal = false;
    bool stdout_is_terminal = false;
};

/// `arguments` without the program's name. Reads the files that `--send-file` names.
tl::expected<Invocation, ArgumentError> parse_arguments(std::span<const char* const> arguments,
                                                        const Surroundings& surroundings);

}  // namespace sockdesk::cli
