#include "cli/shortcuts_command.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include <fmt/format.h>

#include "app/json_lines.hpp"
#include "cli/shortcut_arguments.hpp"
#include "codec/escapes.hpp"

namespace sockdesk::cli {

namespace {

void append_line(const app::Shortcut& shortcut, std::string& out) {
    out += codec::escape_controls(full_name(shortcut));
    out += '\t';
    out += codec::escape_controls(shortcut.payload);
    out += '\n';
}

/// The names are those of an exported file.
void append_object(const app::Shortcut& shortcut, std::string& out) {
    const auto append = [&](app::ShortcutField field, std::string_view value) {
        out += fmt::format("{}\"{}\":", out.ends_with('{') ? "" : ",", app::field_name(field));
        // It may come from elsewhere and need not be UTF-8; a JSON string must be.
        app::append_json_string(codec::escape_controls(value, codec::Keep::line_breaks), out);
    };
    out += '{';
    append(app::ShortcutField::group, shortcut.group);
    append(app::ShortcutField::name, shortcut.name);
    append(app::ShortcutField::payload, shortcut.payload);
    append(app::ShortcutField::mode, shortcut.hex ? "hex" : "text");
    if (!shortcut.trailer.empty()) append(app::ShortcutField::trailer, shortcut.trailer);
    if (!shortcut.target.empty()) append(app::ShortcutField::target, shortcut.target);
    if (!shortcut.delay.empty()) append(app::ShortcutField::delay, shortcut.delay);
    out += "}\n";
}

}  // namespace

ShortcutsRequest read_shortcuts_request(const ShortcutsCommand& command) {
    return {load_shortcuts(command.value("--shortcuts")), command.has("--json")};
}

int run_shortcuts(const ShortcutsRequest& request) {
    std::string out;
    for (const app::Shortcut& shortcut : request.shortcuts) {
        request.json ? append_object(shortcut, out) : append_line(shortcut, out);
    }
    if (std::fwrite(out.data(), 1, out.size(), stdout) == out.size() && std::fflush(stdout) == 0)
        return exit_done;
    fmt::print(stderr, "sockdesk: write to standard output: {}\n", std::strerror(errno));
    return exit_failed;
}

}  // namespace sockdesk::cli
