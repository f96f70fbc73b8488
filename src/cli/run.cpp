#include "cli/faces.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <variant>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "capture/save_guard.hpp"
#include "cli/arguments.hpp"
#include "cli/demo.hpp"
#include "cli/encode_command.hpp"
#include "cli/log_command.hpp"
#include "cli/replay_command.hpp"
#include "cli/shortcuts_command.hpp"
#include "cli/terminal_session.hpp"

namespace sockdesk::cli {

namespace {

/// A process started with one of these closed would get a socket or a file in its place, and write the log
/// into it. Opened the wrong way round, so that using it fails as it would have.
void occupy_standard_descriptors() {
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (fcntl(fd, F_GETFD) != -1 || errno != EBADF) continue;
        [[maybe_unused]] const int opened = open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    }
}

bool has_display() {
    for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY"}) {
        const char* value = std::getenv(name);
        if (value != nullptr && *value != '\0') return true;
    }
    return false;
}

int open_window(const app::WindowRequest& request, const Faces& faces) {
    const char* reason = !faces.open_window ? "this build is for machines without a display and has no window"
                         : !has_display()
                             ? "no display to open a window on (DISPLAY and WAYLAND_DISPLAY are not set)"
                             : nullptr;
    if (reason == nullptr) return faces.open_window(request);
    if (request.session) {
        fmt::print(stderr, "sockdesk: {}; without --gui the session runs in the terminal\n", reason);
    } else {
        fmt::print(
            stderr,
            "sockdesk: {}; in the terminal: sockdesk udp, tcp-server, tcp-client or demo (see --help)\n",
            reason);
    }
    return exit_failed;
}

int show(const std::string& text) {
    const bool written =
        std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
    return written ? exit_done : exit_failed;
}

}  // namespace

int run(int argc, char** argv, const Faces& faces) {
    occupy_standard_descriptors();
    const auto count = static_cast<std::size_t>(argc);
    const auto arguments = std::span<const char* const>(argv, count).subspan(count == 0 ? 0 : 1);
    auto invocation = parse_arguments(arguments, {.stdin_is_terminal = isatty(STDIN_FILENO) == 1,
                                                  .stdout_is_terminal = isatty(STDOUT_FILENO) == 1});
    if (!invocation) {
        fmt::print(stderr, "{}", invocation.error().text);
        return invocation.error().status;
    }
    if (const auto* text = std::get_if<ShowText>(&*invocation)) return show(text->text);
    if (const auto* window = std::get_if<app::WindowRequest>(&*invocation))
        return open_window(*window, faces);
    if (std::holds_alternative<DemoRequest>(*invocation)) return run_demo();
    if (const auto* log = std::get_if<LogRequest>(&*invocation)) return run_log(*log);
    if (const auto* shortcuts = std::get_if<ShortcutsRequest>(&*invocation)) return run_shortcuts(*shortcuts);
    if (const auto* encode = std::get_if<EncodeRequest>(&*invocation)) return run_encode(*encode);
    if (const auto* replay = std::get_if<ReplayRequest>(&*invocation)) return run_replay(*replay);
    auto& terminal = std::get<TerminalRequest>(*invocation);
    // A fork, so before there are threads.
    if (terminal.setup.save_path) capture::start_save_guard();
    return TerminalSession(std::move(terminal)).run();
}

}  // namespace sockdesk::cli
