// The captures that the window keeps of every session by itself, in a folder under the user's state directory, so that
// nothing is lost when nobody thought of saving. The oldest go when they take more than a limit.
// Thread-safe: holds no state but the folder's name.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace sockdesk::archive {

/// $XDG_STATE_HOME/sockdesk, or ~/.local/state/sockdesk (XDG Base Directory Specification).
std::filesystem::path default_state_folder();

struct Recording {
    std::filesystem::path path;
    std::uint64_t bytes = 0;
    Timestamp changed{};
    bool in_use = false;  ///< some sockdesk is writing to it now; it cannot be deleted
};

class Recordings {
public:
    explicit Recordings(std::filesystem::path folder);

    const std::filesystem::path& folder() const { return folder_; }

    /// A path for a new one, in a folder that exists: "2026-11-21 10-00-00 udp 7788.pcapng". The file is made, empty, so
    /// that nobody else gets the same name; it is listed once something is in it. Only what a file name may hold is taken from
    /// `session`.
    Result<std::filesystem::path> new_path(Timestamp now, std::string_view session) const;

    /// Newest first.
    std::vector<Recording> list() const;

    /// Deletes one of ours; refuses what is in use and whatever does not lie in the folder.
    Result<void> remove(const std::filesystem::path& path) const;

    /// Deletes the oldest that are not in use until all together take at most `limit_bytes`. Answers how many went.
    std::size_t prune(std::uint64_t limit_bytes) const;

private:
    void remove_unused_names() const;

    std::filesystem::path folder_;
};

}  // namespace sockdesk::archive
