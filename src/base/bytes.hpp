// Bytes as they cross a socket. Views never own; `Bytes` does.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace sockdesk {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

/// The same memory seen as bytes; the view lives as long as `text` does.
inline ByteView as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// The same memory seen as characters, for interfaces that want `char`. No encoding is implied.
inline std::string_view as_chars(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace sockdesk
