// A small file that the window keeps by itself: whole or not at all, and what cannot be understood is put aside rather than lost.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace sockdesk::app {

class KeptFile {
public:
    /// A larger file is none of ours.
    static constexpr std::size_t max_bytes = std::size_t{128} << 20;

    explicit KeptFile(std::filesystem::path path) : path_(std::move(path)) {}

    /// Gives what the file holds to `use`; nothing where there is no file yet. What `use` refuses is renamed. The result is what the
    /// person should know of it; empty: all is well.
    std::string load(const std::function<Result<void>(std::string_view content)>& use);

    /// Written beside the file, synced, and renamed over it; through symbolic links. A file that could neither be read nor put aside
    /// is left alone.
    Result<void> save(std::string_view content);

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
    bool may_write_ = true;
};

/// `content` in place of what is at `path`, or the file as it was.
Result<void> replace_file(const std::filesystem::path& path, std::string_view content);
/// All of a regular file; messages say why not.
Result<std::string> read_file(const std::filesystem::path& path, std::size_t most);

}  // namespace sockdesk::app
