// The bytes of a file that is to be sent.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/stat.h>

#include "archive/descriptor.hpp"
#include "base/bytes.hpp"
#include "base/result.hpp"

namespace sockdesk::app {

/// More than anybody sends in one piece; a device that never ends must not take all memory.
inline constexpr std::size_t payload_file_limit = std::size_t{1} << 30;

/// The whole file; pipes and devices until their end. Errors name the file and the reason. `limit` is a whole number of MiB.
Result<Bytes> read_payload_file(const std::string& path, std::size_t limit = payload_file_limit);

/// A file on a disk, open to be read: never a pipe, whose writer one would wait for, nor a device.
struct OrdinaryFile {
    archive::Descriptor descriptor;
    struct stat status {};
};
/// The error is the reason alone.
Result<OrdinaryFile> open_ordinary_file(const std::filesystem::path& path);

/// The files that payloads are made with, read when they are new or have changed: what is shown while somebody types is compiled at each key.
/// Threads: one.
class PayloadFiles {
public:
    /// What is held beyond that by nobody else is forgotten, the longest unused first.
    static constexpr std::size_t most_bytes = std::size_t{64} << 20;

    /// Only ordinary files. Errors name the file and the reason.
    Result<std::shared_ptr<const Bytes>> read(const std::string& path, std::size_t limit);

private:
    /// What tells one state of a file from another.
    struct Identity {
        dev_t device = 0;
        ino_t inode = 0;
        off_t size = 0;
        std::int64_t modified = 0;  ///< in nanoseconds
        std::int64_t changed = 0;
        friend bool operator==(const Identity&, const Identity&) = default;
    };
    struct Entry {
        std::string path;
        Identity identity;
        std::shared_ptr<const Bytes> bytes;
    };
    static Identity identity_of(const struct stat& status);
    void keep(Entry entry);

    std::vector<Entry> entries_;  ///< the one used last at the back
};

}  // namespace sockdesk::app
