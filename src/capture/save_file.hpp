// The file that a log is kept in: opened with care for what is already there, and always ending where a block
// ends.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "capture/disk_writer.hpp"
#include "capture/save_guard.hpp"
#include "capture/saver.hpp"

namespace sockdesk::capture {

class SaveFile {
public:
    /// `SaveMode` says what may be there. The file is locked against other programs of this kind.
    static Result<SaveFile> open(std::filesystem::path path, SaveMode mode);

    SaveFile(SaveFile&& other) noexcept;
    SaveFile& operator=(SaveFile&&) = delete;
    ~SaveFile();

    /// Appends whole blocks. When that fails, the blocks that fitted stay and the file is cut after the last
    /// of them; `written` tells their bytes either way.
    Result<void> append(ByteView blocks, std::size_t& written);

    /// Where the next block will begin.
    std::uint64_t size() const { return size_; }

    /// The same file for reading, whatever becomes of its name.
    Result<std::shared_ptr<const StoredFile>> stored_file() const;

private:
    SaveFile(int descriptor, std::uint64_t size, std::filesystem::path path);

    int descriptor_ = -1;
    std::uint64_t size_ = 0;
    std::filesystem::path path_;
    std::optional<GuardedFile> guarded_;  ///< from the first write on
    std::unique_ptr<DiskWriter> writer_;  ///< of `descriptor_`
};

}  // namespace sockdesk::capture
