#include "app/copy_formats.hpp"

#include <iterator>

#include <fmt/format.h>

#include "codec/hex.hpp"

namespace sockdesk::app {
namespace {

constexpr std::size_t c_array_line = 12;

std::string hex(ByteView bytes) {
    std::string text = codec::format_hex(bytes);
    if (text.ends_with(' ')) text.pop_back();
    return text;
}

std::string c_array(ByteView bytes) {
    std::string text = fmt::format("const unsigned char data[{}] = {{", bytes.size());
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        text += i % c_array_line == 0 ? "\n    " : " ";
        fmt::format_to(std::back_inserter(text), "0x{:02x},", bytes[i]);
    }
    text += bytes.empty() ? "};" : "\n};";
    return text;
}

std::string python_bytes(ByteView bytes) {
    std::string text = "b\"";
    for (const std::uint8_t byte : bytes) {
        switch (byte) {
            case '\n':
                text += "\\n";
                break;
            case '\r':
                text += "\\r";
                break;
            case '\t':
                text += "\\t";
                break;
            case '"':
                text += "\\\"";
                break;
            case '\\':
                text += "\\\\";
                break;
            default:
                if (byte >= 0x20 && byte < 0x7F) {
                    text += static_cast<char>(byte);
                } else {
                    fmt::format_to(std::back_inserter(text), "\\x{:02x}", byte);
                }
        }
    }
    return text + '"';
}

}  // namespace

std::string copy_as(CopyFormat format, ByteView bytes) {
    switch (format) {
        case CopyFormat::c_array:
            return c_array(bytes);
        case CopyFormat::python_bytes:
            return python_bytes(bytes);
        case CopyFormat::hex:
            break;
    }
    return hex(bytes);
}

}  // namespace sockdesk::app
