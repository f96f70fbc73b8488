// A file read from its beginning to its end, some of it at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "capture/stored_file.hpp"

namespace sockdesk::archive {

/// As `pread`, but all that is there up to `size`: fewer bytes only at the end of the file.
Result<std::size_t> read_at(const capture::StoredFile& file, std::uint64_t offset, std::uint8_t* to,
                            std::size_t size);

class ByteSource {
public:
    explicit ByteSource(const capture::StoredFile& file);

    /// What is in memory, from where reading stands. Valid until the next `fill`.
    ByteView available() const { return {buffer_.data() + begin_, end_ - begin_}; }

    /// Reads until at least `wanted` bytes are available; false at the end of the file. Takes memory for what the file really
    /// holds, whatever is wanted.
    Result<bool> fill(std::size_t wanted);

    void consume(std::size_t size) {
        begin_ += size;
        offset_ += size;
    }

    /// Where in the file reading stands.
    std::uint64_t offset() const { return offset_; }

private:
    const capture::StoredFile& file_;
    Bytes buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::uint64_t offset_ = 0;
};

}  // namespace sockdesk::archive
