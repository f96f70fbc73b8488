// Cuts what comes from standard input into lines.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sockdesk::cli {

/// A line ends with LF or CR LF, which are not part of it; the last one needs no end.
class LineReader {
public:
    /// A line that gets longer is a mistake (a binary file) and must not take all memory.
    static constexpr std::size_t longest_line = std::size_t{16} << 20;

    void feed(std::string_view bytes);

    /// No more bytes will come.
    void end() { ended_ = true; }

    /// The next line; it is valid until the next call of a function that is not const.
    std::optional<std::string_view> next();

    /// Lines are no longer cut: the one begun is longer than `longest_line`.
    bool too_long() const {
        return buffer_.size() - begin_ > longest_line && searched_ - begin_ > longest_line;
    }

private:
    std::string buffer_;
    std::size_t begin_ = 0;     ///< of the line to come
    std::size_t searched_ = 0;  ///< no line end stands before this
    bool ended_ = false;
};

}  // namespace sockdesk::cli
