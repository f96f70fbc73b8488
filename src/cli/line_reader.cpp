#include "cli/line_reader.hpp"

namespace sockdesk::cli {

void LineReader::feed(std::string_view bytes) {
    buffer_.erase(0, begin_);
    searched_ -= begin_;
    begin_ = 0;
    buffer_.append(bytes);
}

std::optional<std::string_view> LineReader::next() {
    const std::size_t end = buffer_.find('\n', searched_);
    if (end == std::string::npos) {
        searched_ = buffer_.size();
        if (!ended_ || begin_ == buffer_.size()) return std::nullopt;
        // A CR at the very end is no line end: nobody saw the LF.
        const std::string_view last = std::string_view(buffer_).substr(begin_);
        begin_ = buffer_.size();
        return last;
    }
    std::string_view line = std::string_view(buffer_).substr(begin_, end - begin_);
    if (line.ends_with('\r')) line.remove_suffix(1);
    begin_ = searched_ = end + 1;
    return line;
}

}  // namespace sockdesk::cli
