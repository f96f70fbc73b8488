// Hex as people type it.
#include <algorithm>
#include <cstdlib>

#include "codec/hex.hpp"

using namespace sockdesk;
using namespace sockdesk::codec;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

bool is_hex_digit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView bytes(data, size);
    require(parse_hex(format_hex(bytes)) == Bytes(data, data + size));
    require(parse_hex(format_hex_lower(bytes)) == Bytes(data, data + size));
    require(format_hex(bytes).size() == 3 * size);

    const std::string_view text = as_chars(bytes);
    const auto parsed = parse_hex(text);
    if (!parsed) {
        require(parsed.error().position < size && !parsed.error().message.empty());
        // What stands before the fault is right by itself, unless it ends in a digit or a prefix left alone.
        const std::size_t position = parsed.error().position;
        const auto before = parse_hex(text.substr(0, position));
        require(before.has_value() || before.error().position + 2 >= position);
        return 0;
    }
    // Every digit but those of the prefixes is half of a byte, in the order they stand.
    std::string digits;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool prefix = text[i] == '0' && i + 1 < text.size() && (text[i + 1] | 0x20) == 'x';
        if (!prefix && is_hex_digit(text[i]))
            digits += static_cast<char>(text[i] | (text[i] > '9' ? 0x20 : 0));
    }
    require(format_hex_lower(*parsed) == digits);
    return 0;
}
