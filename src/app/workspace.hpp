// What the window keeps from one start to the next. Sessions come back closed, with everything in their
// fields; captures that were looked at are opened again.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/kept_file.hpp"
#include "app/session_draft.hpp"
#include "app/translation.hpp"
#include "base/result.hpp"

namespace sockdesk::app {

enum class Theme { light, dark };

/// What logs may take of memory and disk.
struct StorageSettings {
    static constexpr int min_memory_mib = 256;  ///< the program alone takes some 170
    static constexpr int max_memory_mib = 1 << 20;
    static constexpr int min_recordings_mib = 64;
    static constexpr int max_recordings_mib = 1 << 30;

    int memory_mib = 512;  ///< of the whole process
    bool record_sessions = true;
    int recordings_mib = 8 << 10;

    friend bool operator==(const StorageSettings&, const StorageSettings&) = default;
};

/// What stands at the right of the log.
enum class SidePage { none, shortcuts, history };

struct SidePanelSettings {
    SidePage page = SidePage::none;
    int width = 0;             ///< in pixels of a 96 dpi screen; 0: as wide as is usual
    std::string rounds = "1";  ///< as typed: how often a sequence of shortcuts is sent
    bool endless = false;

    friend bool operator==(const SidePanelSettings&, const SidePanelSettings&) = default;
};

struct Workspace {
    static constexpr int version = 1;
    static constexpr int min_font_size = 10;
    static constexpr int max_font_size = 32;

    /// None: as the locale says.
    std::optional<Language> language;
    Theme theme = Theme::light;
    int font_size = 14;
    /// In units of a 96 dpi screen.
    int window_width = 1180;
    int window_height = 780;
    StorageSettings storage;
    SidePanelSettings side;
    std::size_t active_tab = 0;
    std::vector<TabState> tabs;

    friend bool operator==(const Workspace&, const Workspace&) = default;
};

std::string to_json(const Workspace& workspace);
/// Fields that are missing keep their default; one of the wrong type, or a newer version, is an error. So is a file of ours that is no
/// workspace, with `ErrorKind::in_use`: it is not damaged.
Result<Workspace> workspace_from_json(std::string_view json);

/// In words what it is and what can be done with it, where it is another file of ours: shortcuts or a history. Else empty.
std::string other_kind(std::string_view json);
/// The same of a file; one that cannot be read is none.
std::string other_kind_at(const std::filesystem::path& path);

/// $XDG_CONFIG_HOME/sockdesk/workspace.json, or ~/.config/… (XDG Base Directory Specification).
std::filesystem::path default_workspace_path();

/// The file of one workspace.
class WorkspaceFile {
public:
    explicit WorkspaceFile(std::filesystem::path path) : file_(std::move(path)) {}

    struct Loaded {
        Workspace workspace;
        /// What the person should know: the file could not be read and was kept aside, for instance.
        std::string notice;
    };
    /// Never fails: without a file, or with a broken one (which is renamed, not destroyed), it gives a fresh
    /// workspace.
    Loaded load();

    Result<void> save(const Workspace& workspace) { return file_.save(to_json(workspace)); }

    const std::filesystem::path& path() const { return file_.path(); }

private:
    KeptFile file_;
};

}  // namespace sockdesk::app
