// Which bytes of a payload are selected: never fewer than one as long as there are any. Knows no toolkit; a hex view draws it
// and moves it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace sockdesk::app {

/// `[begin, end)`.
struct ByteRange {
    std::size_t begin = 0;
    std::size_t end = 0;

    std::size_t size() const { return end - begin; }
    bool contains(std::size_t offset) const { return offset >= begin && offset < end; }
    friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

class ByteSelection {
public:
    /// There are `size` bytes now: what is selected stays where it still is inside, so that the same field of one record after
    /// the other can be watched.
    void resize(std::size_t size) {
        size_ = size;
        if (caret_ >= size || anchor_ >= size) anchor_ = caret_ = 0;
    }

    ByteRange range() const {
        if (size_ == 0) return {};
        const auto [low, high] = std::minmax(anchor_, caret_);
        return {low, high + 1};
    }
    /// The byte that arrow keys move.
    std::size_t caret() const { return caret_; }
    bool is_single() const { return anchor_ == caret_; }

    void select(std::size_t offset) { anchor_ = caret_ = clamped(offset); }
    void extend_to(std::size_t offset) { caret_ = clamped(offset); }
    /// Nothing where the range has no bytes.
    void select(ByteRange range) {
        if (range.begin >= range.end || range.end > size_) return;
        anchor_ = range.begin;
        caret_ = range.end - 1;
    }
    void select_all() { select(ByteRange{0, size_}); }
    void move(std::int64_t by, bool extend) {
        const std::int64_t last = size_ == 0 ? 0 : static_cast<std::int64_t>(size_) - 1;
        const std::int64_t to = std::clamp<std::int64_t>(static_cast<std::int64_t>(caret_) + by, 0, last);
        caret_ = static_cast<std::size_t>(to);
        if (!extend) anchor_ = caret_;
    }

private:
    std::size_t clamped(std::size_t offset) const { return size_ == 0 ? 0 : std::min(offset, size_ - 1); }

    std::size_t size_ = 0;
    std::size_t anchor_ = 0;
    std::size_t caret_ = 0;
};

}  // namespace sockdesk::app
