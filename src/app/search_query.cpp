#include "app/search_query.hpp"

#include <vector>

#include <fmt/format.h>

#include "app/cell_width.hpp"
#include "app/translation.hpp"

namespace sockdesk::app {
namespace {

/// A regular expression over bytes, and for each of its bytes where it comes from.
struct ByteRegex {
    std::string text;
    std::vector<std::size_t> origins;
};

Result<ByteRegex> byte_regex(const SearchQuery& query) {
    ByteRegex regex;
    const auto add = [&](std::string_view piece, std::size_t origin) {
        regex.text += piece;
        regex.origins.insert(regex.origins.end(), piece.size(), origin);
    };
    bool in_class = false;
    std::size_t class_begin = 0;
    const std::string_view text = query.text;
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
        const auto bytes = codec::encode(query.encoding, text.substr(i, length));
        if (!bytes) return fail_at(i, bytes.error().message);
        std::string piece = "(?:";
        for (const std::uint8_t byte : *bytes) piece += fmt::format("\\x{:02X}", byte);
        add(piece + ")", i);
        i += length;
    }
    return regex;
}

}  // namespace

Result<query::Pattern> compile_search(const SearchQuery& query) {
    const auto letter_case = query.match_case ? query::LetterCase::exact : query::LetterCase::ignored;
    switch (query.kind) {
        case SearchKind::hex:
            return query::Pattern::hex(query.text);
        case SearchKind::regex: {
            const auto regex = byte_regex(query);
            if (!regex) return tl::unexpected<Error>(regex.error());
            auto pattern = query::Pattern::regex(regex->text, letter_case);
            if (!pattern && pattern.error().position != Error::no_position) {
                const std::size_t at = pattern.error().position;
                pattern.error().position =
                    at < regex->origins.size() ? regex->origins[at] : query.text.size();
            }
            return pattern;
        }
        case SearchKind::text:
            break;
    }
    auto bytes = codec::encode(query.encoding, query.text);
    if (!bytes) return tl::unexpected<Error>(bytes.error());
    return query::Pattern::literal(std::move(*bytes), letter_case);
}

}  // namespace sockdesk::app
