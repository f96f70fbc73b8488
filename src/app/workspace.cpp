#include "app/workspace.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

namespace sockdesk::app {
namespace {

namespace fs = std::filesystem;

std::string reason() { return std::strerror(errno); }

Result<void> refuse(const fs::path& path) {
    const std::string why = reason();
    return fail(ErrorKind::system, trf("Save the workspace {}: {}", path.string(), why));
}

// `name.broken`, or the first `name.broken-N` that is free: no earlier one is lost either.
fs::path path_aside(const fs::path& path) {
    fs::path aside = path;
    aside += ".broken";
    std::error_code ignored;
    for (int i = 2; fs::exists(aside, ignored); ++i) {
        aside = path;
        aside += fmt::format(".broken-{}", i);
    }
    return aside;
}

Result<void> write_synced(const fs::path& path, std::string_view content) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) return refuse(path);
    while (!content.empty()) {
        const ssize_t written = ::write(file, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            auto refused = refuse(path);
            ::close(file);
            return refused;
        }
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    const bool synced = ::fsync(file) == 0;
    auto refused = synced ? Result<void>() : refuse(path);
    ::close(file);
    return refused;
}

}  // namespace

std::filesystem::path default_workspace_path() {
    const char* config = std::getenv("XDG_CONFIG_HOME");
    const char* home = std::getenv("HOME");
    fs::path folder;
    if (config != nullptr && *config == '/') {  // the specification: a relative path is to be ignored
        folder = config;
    } else {
        folder = fs::path(home != nullptr && *home != '\0' ? home : ".") / ".config";
    }
    return folder / "sockdesk" / "workspace.json";
}

WorkspaceFile::WorkspaceFile(std::filesystem::path path) : path_(std::move(path)) {}

WorkspaceFile::Loaded WorkspaceFile::load() {
    std::error_code error;
    if (!fs::exists(path_, error) && !error) return {};
    const bool is_folder = fs::is_directory(path_, error);
    errno = is_folder ? EISDIR : 0;
    std::ifstream file(path_, std::ios::binary);
    std::ostringstream read;
    // Not from a directory: reading one throws in spite of everything.
    if (!is_folder && file) read << file.rdbuf();
    const std::string content = std::move(read).str();
    if (is_folder || !file) {
        may_write_ = false;
        return {
            {},
            trf("The workspace {} cannot be read ({}); changes will not be kept.", path_.string(), reason())};
    }
    auto workspace = workspace_from_json(content);
    if (workspace) return {std::move(*workspace), {}};

    const fs::path aside = path_aside(path_);
    fs::rename(path_, aside, error);
    if (error) {
        may_write_ = false;
        return {{},
                trf("The workspace {} is damaged ({}); changes will not be kept.", path_.string(),
                    workspace.error().message)};
    }
    return {{},
            trf("The workspace was damaged ({}). It is kept as {}; this is a fresh one.",
                workspace.error().message, aside.string())};
}

Result<void> WorkspaceFile::save(const Workspace& workspace) {
    if (!may_write_) return {};
    std::error_code error;
    // Through a symbolic link, as people with a folder of dotfiles have it: the link stays, its target is
    // replaced.
    fs::path target = path_;
    if (fs::is_symlink(path_, error)) {
        if (const auto resolved = fs::weakly_canonical(path_, error); !error) target = resolved;
    }
    if (target.has_parent_path()) fs::create_directories(target.parent_path(), error);
    fs::path temporary = target;
    temporary += fmt::format(".new-{}", ::getpid());
    if (auto written = write_synced(temporary, to_json(workspace)); !written) {
        fs::remove(temporary, error);
        return written;
    }
    if (::rename(temporary.c_str(), target.c_str()) != 0) {
        auto refused = refuse(target);
        fs::remove(temporary, error);
        return refused;
    }
    return {};
}

}  // namespace sockdesk::app
