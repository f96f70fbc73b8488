#include "cli/shortcut_arguments.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "app/kept_file.hpp"
#include "app/shortcut_files.hpp"
#include "app/translation.hpp"
#include "app/workspace.hpp"
#include "cli/near_names.hpp"
#include "cli/option_reader.hpp"

namespace sockdesk::cli {

namespace {

/// The library without a file.
constexpr std::string_view starter = "starter";

constexpr std::size_t most_offered = 5;

[[noreturn]] void fail_with(std::string problem) { throw Refusal{exit_failed, std::move(problem)}; }

/// Where the window that is opened without a workspace keeps its own.
std::filesystem::path own_library() {
    std::filesystem::path path = app::default_workspace_path();
    path.replace_filename(path.stem().string() + ".shortcuts.json");
    return path;
}

std::vector<app::Shortcut> load_own() {
    const std::filesystem::path path = own_library();
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) {
        fail_with(
            fmt::format("there are no shortcuts of the window yet ({}); name a file with --shortcuts "
                        "FILE, or --shortcuts starter",
                        path.string()));
    }
    const auto content = app::read_file(path, app::KeptFile::max_bytes);
    if (!content) fail_with(fmt::format("shortcuts in {}: {}", path.string(), content.error().message));
    auto kept = app::shortcuts_from_kept_json(*content);
    if (!kept) fail_with(fmt::format("shortcuts in {}: {}", path.string(), kept.error().message));
    std::vector<app::Shortcut> shortcuts;
    shortcuts.reserve(kept->size());
    for (app::KeptShortcut& each : *kept) shortcuts.push_back(std::move(each.shortcut));
    return shortcuts;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string folded(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), lower);
    return result;
}

/// Names that a person may have meant: those that have what was typed in them, or the one that is nearest.
std::vector<std::string> near_shortcuts(const std::vector<app::Shortcut>& library, std::string_view typed) {
    std::vector<std::string> names;
    const std::string wanted = folded(typed);
    for (const app::Shortcut& each : library) {
        if (names.size() == most_offered) return names;
        if (folded(full_name(each)).find(wanted) != std::string::npos) names.push_back(full_name(each));
    }
    if (!names.empty()) return names;
    std::vector<std::string> all;
    for (const app::Shortcut& each : library) {
        all.push_back(folded(each.name));
        all.push_back(folded(full_name(each)));
    }
    const std::vector<std::string_view> candidates(all.begin(), all.end());
    const std::string_view near = nearest_name(wanted, candidates);
    const auto found = std::ranges::find(candidates, near);
    if (!near.empty() && found != candidates.end()) {
        names.push_back(full_name(library[static_cast<std::size_t>(found - candidates.begin()) / 2]));
    }
    return names;
}

std::string in_quotes(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += fmt::format("{}\"{}\"", text.empty() ? "" : ", ", name);
    return text;
}

}  // namespace

std::string full_name(const app::Shortcut& shortcut) {
    return shortcut.group.empty() ? shortcut.name : fmt::format("{}/{}", shortcut.group, shortcut.name);
}

std::vector<app::Shortcut> load_shortcuts(std::optional<std::string_view> named) {
    if (!named) return load_own();
    if (named->empty()) refuse("--shortcuts: the file's name is empty");
    if (*named == starter) return app::starter_shortcuts(app::current_language());
    const std::filesystem::path path = std::string(*named);
    const auto content = app::read_file(path, app::max_shortcut_file);
    if (!content) fail_with(fmt::format("--shortcuts {}: {}", path.string(), content.error().message));
    auto shortcuts = app::shortcuts_from_text(*content, app::current_language());
    if (!shortcuts) fail_with(fmt::format("--shortcuts {}: {}", path.string(), shortcuts.error().message));
    return std::move(*shortcuts);
}

const app::Shortcut& find_shortcut(const std::vector<app::Shortcut>& library, std::string_view typed) {
    std::vector<const app::Shortcut*> found;
    for (const app::Shortcut& each : library) {
        if (each.name == typed || full_name(each) == typed) found.push_back(&each);
    }
    if (found.size() == 1) return *found.front();
    if (found.empty()) {
        const std::vector<std::string> near = near_shortcuts(library, typed);
        refuse(fmt::format(
            "--shortcut \"{}\": there is none of that name{}", typed,
            near.empty() ? "; 'sockdesk shortcuts' lists them" : "; did you mean " + in_quotes(near) + "?"));
    }
    std::vector<std::string> names;
    for (const app::Shortcut* each : found) {
        const std::string name = full_name(*each);
        if (names.size() < most_offered && std::ranges::find(names, name) == names.end())
            names.push_back(name);
    }
    if (names.size() == 1) {
        refuse(
            fmt::format("--shortcut \"{}\": {} have that name, in the same group; give them names of their "
                        "own",
                        typed, found.size()));
    }
    refuse(fmt::format("--shortcut \"{}\": {} have that name; say which: {}", typed, found.size(),
                       in_quotes(names)));
}

}  // namespace sockdesk::cli
