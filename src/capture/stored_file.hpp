// A file that holds segments of a log, open for reading as long as some log needs it. Deleting it under us does no
// harm; a file that is about to be overwritten by this program is asked for first (`is_in_use`).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "base/result.hpp"

namespace sockdesk::capture {

class StoredFile {
public:
    static Result<std::shared_ptr<const StoredFile>> open(const std::filesystem::path& path);
    /// The same, under the name that messages should tell.
    static Result<std::shared_ptr<const StoredFile>> open(const std::filesystem::path& path,
                                                          std::filesystem::path shown);
    /// A file of our own without a name, in `folder`: gone when it is let go of, however the program ends.
    static Result<std::shared_ptr<const StoredFile>> make_nameless(const std::filesystem::path& folder);

    ~StoredFile();
    StoredFile(const StoredFile&) = delete;
    StoredFile& operator=(const StoredFile&) = delete;

    const std::filesystem::path& path() const { return path_; }
    int descriptor() const { return descriptor_; }

    /// All of it or a failure: a file that has become shorter is one.
    Result<void> read(std::uint64_t offset, void* to, std::size_t size) const;
    Result<void> write(std::uint64_t offset, const void* from, std::size_t size) const;
    /// Gives the disk's blocks back where whole ones lie in that range.
    void discard(std::uint64_t offset, std::uint64_t size) const;

    /// Some log of this process reads from the file of that descriptor.
    static bool is_in_use(int descriptor);

private:
    StoredFile(int descriptor, std::filesystem::path path);

    int descriptor_;
    std::filesystem::path path_;
};

}  // namespace sockdesk::capture
