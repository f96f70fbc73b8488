#include "app/regex_text.hpp"

#include <fmt/format.h>

#include "app/cell_width.hpp"
#include "app/translation.hpp"

namespace sockdesk::app {

std::size_t RegexText::typed_position(std::size_t position) const {
    if (position == Error::no_position) return position;
    return position < origins.size() ? origins[position] : typed_size;
}

Result<RegexText> encode_regex(std::string_view text, codec::Encoding encoding) {
    RegexText regex;
    regex.typed_size = text.size();
    const auto add = [&](std::string_view piece, std::size_t origin) {
        regex.bytes += piece;
        regex.origins.insert(regex.origins.end(), piece.size(), origin);
    };
    bool in_class = false;
    std::size_t class_begin = 0;
    for (std::size_t i = 0; i < text.size();) {
        const char c = text[i];
        if (static_cast<unsigned char>(c) < 0x80) {
            if (c == '\\' && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0x80) {
                add(text.substr(i, 2), i);
                i += 2;
                continue;
            }
            if (c == '[' && !in_class) {
                in_class = true;
                class_begin = i;
            } else if (c == ']' && in_class) {
                // A bracket that comes first in a class is one of its members.
                const std::string_view before = text.substr(class_begin + 1, i - class_begin - 1);
                if (!before.empty() && before != "^") in_class = false;
            }
            add(text.substr(i, 1), i);
            ++i;
            continue;
        }
        const std::size_t length = code_point_at(text, i).length;
        if (in_class) {
            return fail_at(i, tr("Brackets choose among single bytes. Write (a|b) to choose among characters "
                                 "such as this one."));
        }
        const auto bytes = codec::encode(encoding, text.substr(i, length));
        if (!bytes) return fail_at(i, bytes.error().message);
        std::string piece = "(?:";
        for (const std::uint8_t byte : *bytes) piece += fmt::format("\\x{:02X}", byte);
        add(piece + ")", i);
        i += length;
    }
    return regex;
}

}  // namespace sockdesk::app
