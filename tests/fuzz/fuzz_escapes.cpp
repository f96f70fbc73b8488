// Text with escapes, and text made safe to show. The first byte picks the encoding.
#include <algorithm>
#include <cstdlib>

#include "codec/encoding.hpp"
#include "codec/escapes.hpp"

using namespace sockdesk;
using namespace sockdesk::codec;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    const auto names = common_encodings();
    const Encoding encoding = Encoding::find(names[data[0] % names.size()]).value();
    const std::string_view text = as_chars(ByteView(data + 1, size - 1));

    const auto bytes = encode_with_escapes(encoding, text);
    if (bytes) {
        const auto again = encode_with_escapes(encoding, escape_payload(encoding, *bytes));
        require(again.has_value() && *again == *bytes);
    } else {
        require(bytes.error().position < text.size() && !bytes.error().message.empty());
        // The fault is the first one: what stands before it is right by itself.
        require(encode_with_escapes(encoding, text.substr(0, bytes.error().position)).has_value());
        require(encode(Encoding::utf8(), bytes.error().message).has_value());
    }

    // What is shown holds no control character, and is nothing but the text where nothing had to be escaped.
    const std::string line = escape_controls(text);
    require(std::ranges::none_of(line, [](char c) { return (c >= 0 && c < 0x20) || c == 0x7F; }));
    require(encode(Encoding::utf8(), line).has_value());
    require(escape_controls(line) == line);
    if (line.size() == text.size()) require(line == text);
    const std::string lines = escape_controls(text, Keep::line_breaks);
    require(std::ranges::none_of(lines, [](char c) {
        return (c >= 0 && c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7F;
    }));
    require(escape_controls(lines, Keep::line_breaks) == lines);
    return 0;
}
