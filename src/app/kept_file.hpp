// A small file that the window keeps by itself: whole or not at all, and what cannot be understood is put aside rather than lost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace sockdesk::app {

/// Which of the states of a file it is: another one after each change by anybody.
struct FileState {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t size = 0;
    std::int64_t changed_ns = 0;

    friend bool operator==(const FileState&, const FileState&) = default;
};

class KeptFile {
public:
    /// A larger file is none of ours. More than may be imported: what was taken in can always be read again.
    static constexpr std::size_t max_bytes = std::size_t{512} << 20;

    explicit KeptFile(std::filesystem::path path) : path_(std::move(path)) {}

    /// Gives what the file holds to `use`; nothing where there is no file yet. What `use` refuses is renamed, unless it is a file of
    /// ours of another kind (`ErrorKind::in_use`). The result is what the person should know of it; empty: all is well.
    std::string load(const std::function<Result<void>(std::string_view content)>& use);

    /// Written beside the file, synced, and renamed over it; through symbolic links. A file that could neither be read nor put aside
    /// is left alone.
    Result<void> save(std::string_view content);

    /// `content` makes what is written. Where somebody else has written the file since it was loaded or saved here, it is given what
    /// stands there now; what it refuses is put aside, and it is called again without. Nobody else who saves in this way comes
    /// between. Failures leave the file as it is.
    using MakeContent = std::function<Result<std::string>(std::optional<std::string_view> of_others)>;
    Result<void> save_merged(const MakeContent& content);

    const std::filesystem::path& path() const { return path_; }
    /// False: it could neither be read nor put aside.
    bool may_write() const { return may_write_; }

private:
    Result<std::string> content_for(const MakeContent& content);

    std::filesystem::path path_;
    std::optional<FileState> known_;  ///< as it was when it was loaded or saved here
    bool may_write_ = true;
};

enum class FileAccess {
    owner_only,  ///< whatever it was before
    usual,       ///< as the file had it before, or as the person's umask says
};

/// `content` in place of what is at `path`, or the file as it was.
Result<FileState> replace_file(const std::filesystem::path& path, std::string_view content,
                               FileAccess access = FileAccess::owner_only);
/// All of a regular file; messages say why not.
Result<std::string> read_file(const std::filesystem::path& path, std::size_t most);

}  // namespace sockdesk::app
