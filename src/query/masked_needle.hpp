// A sequence of bytes of which some bits may not count, looked for at memory speed: an exact text, a text in either
// letter case, hex digits with wildcards.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"

namespace sockdesk::query {

/// Not empty.
class MaskedNeedle {
public:
    /// `value` must be 0 where `mask` is. Both are of one length, at least 1.
    MaskedNeedle(Bytes value, Bytes mask);

    std::size_t size() const { return value_.size(); }
    bool is_exact() const { return is_exact_; }
    ByteView value() const { return value_; }

    /// Where it begins first, at or after `from`.
    std::optional<std::size_t> find(ByteView bytes, std::size_t from) const;

    /// How many of the last bytes are the beginning, but not all, of it.
    std::size_t unfinished(ByteView bytes) const;

private:
    /// One of the two bytes that are compared before all others: the rarest in what people record.
    struct Anchor {
        std::size_t offset = 0;
        std::uint8_t mask = 0;
        std::uint8_t value = 0;
    };

    Anchor anchor_at(std::size_t offset) const { return {offset, mask_[offset], value_[offset]}; }
    bool is_at(const std::uint8_t* place) const { return is_prefix_at(place, size()); }
    bool is_prefix_at(const std::uint8_t* place, std::size_t length) const;
    std::size_t find_from(const std::uint8_t* bytes, std::size_t from, std::size_t places) const;
    std::size_t find_linear(const std::uint8_t* bytes, std::size_t from, std::size_t places) const;

    Bytes value_;
    Bytes mask_;
    bool is_exact_ = false;
    Anchor first_;
    Anchor second_;
};

}  // namespace sockdesk::query
