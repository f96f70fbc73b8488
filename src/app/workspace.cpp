#include "app/workspace.hpp"

#include <cstdlib>

namespace sockdesk::app {

std::filesystem::path default_workspace_path() {
    namespace fs = std::filesystem;
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

std::string other_kind_at(const std::filesystem::path& path) {
    const auto content = read_file(path, KeptFile::max_bytes);
    return content ? other_kind(*content) : std::string();
}

WorkspaceFile::Loaded WorkspaceFile::load() {
    Loaded loaded;
    loaded.notice = file_.load([&](std::string_view content) -> Result<void> {
        auto workspace = workspace_from_json(content);
        if (!workspace) return tl::unexpected(workspace.error());
        loaded.workspace = std::move(*workspace);
        return {};
    });
    return loaded;
}

}  // namespace sockdesk::app
