#include "app/search_query.hpp"

#include "app/regex_text.hpp"

namespace sockdesk::app {

Result<query::Pattern> compile_search(const SearchQuery& query) {
    const auto letter_case = query.match_case ? query::LetterCase::exact : query::LetterCase::ignored;
    switch (query.kind) {
        case SearchKind::hex:
            return query::Pattern::hex(query.text);
        case SearchKind::regex: {
            const auto regex = encode_regex(query.text, query.encoding);
            if (!regex) return tl::unexpected<Error>(regex.error());
            auto pattern = query::Pattern::regex(regex->bytes, letter_case);
            if (!pattern) pattern.error().position = regex->typed_position(pattern.error().position);
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
