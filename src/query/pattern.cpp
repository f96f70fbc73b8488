#include "query/pattern.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "query/byte_regex.hpp"
#include "query/hex_pattern.hpp"
#include "query/masked_needle.hpp"

namespace sockdesk::query {

namespace {

/// Whoever looks for more looks for a file. It bounds what a search keeps of each stream, and the cost of data that is
/// all beginnings of matches.
constexpr std::size_t longest_literal = 4096;

tl::unexpected<Error> too_long() {
    return fail(
        ErrorKind::too_large,
        fmt::format("at most {} bytes can be searched for; look for a part of them", longest_literal));
}

bool is_letter(std::uint8_t byte) { return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z'; }

}  // namespace

struct Pattern::Compiled {
    std::variant<MaskedNeedle, ByteRegex> finder;
    Bytes literal;  ///< as given
};

Pattern::Pattern(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}

Result<Pattern> Pattern::literal(Bytes bytes, LetterCase letter_case) {
    if (bytes.empty()) return fail_at(0, "there is nothing to search for");
    if (bytes.size() > longest_literal) return too_long();
    Bytes value = bytes;
    Bytes mask(bytes.size(), 0xFF);
    if (letter_case == LetterCase::ignored) {
        for (std::size_t i = 0; i < value.size(); ++i) {
            if (!is_letter(value[i])) continue;
            mask[i] = 0xDF;
            value[i] &= 0xDF;
        }
    }
    return Pattern(std::make_shared<const Compiled>(
        Compiled{MaskedNeedle(std::move(value), std::move(mask)), std::move(bytes)}));
}

Result<Pattern> Pattern::hex(std::string_view text) {
    auto parsed = parse_hex_pattern(text);
    if (!parsed) return tl::unexpected(std::move(parsed.error()));
    if (parsed->value.empty()) return fail_at(0, "there are no bytes to search for; write such as 48 ?? 6C");
    if (parsed->value.size() > longest_literal) return too_long();
    MaskedNeedle needle(std::move(parsed->value), std::move(parsed->mask));
    const ByteView exact = needle.is_exact() ? needle.value() : ByteView();
    Bytes literal(exact.begin(), exact.end());
    return Pattern(std::make_shared<const Compiled>(Compiled{std::move(needle), std::move(literal)}));
}

Result<Pattern> Pattern::regex(std::string_view text, LetterCase letter_case) {
    auto regex = ByteRegex::compile(text, letter_case == LetterCase::ignored, max_regex_span);
    if (!regex) return tl::unexpected(std::move(regex.error()));
    return Pattern(std::make_shared<const Compiled>(Compiled{std::move(*regex), {}}));
}

std::optional<Match> Pattern::find(ByteView bytes, std::size_t from) const {
    if (const auto* needle = std::get_if<MaskedNeedle>(&compiled_->finder)) {
        const auto found = needle->find(bytes, from);
        if (!found) return std::nullopt;
        return Match{*found, *found + needle->size()};
    }
    const auto found = std::get<ByteRegex>(compiled_->finder).find(bytes, from);
    if (!found) return std::nullopt;
    return Match{found->begin, found->end};
}

std::size_t Pattern::longest_match() const {
    if (const auto* needle = std::get_if<MaskedNeedle>(&compiled_->finder)) return needle->size();
    return max_regex_span;
}

bool Pattern::is_regex() const { return std::holds_alternative<ByteRegex>(compiled_->finder); }

std::size_t Pattern::unfinished(ByteView bytes) const {
    if (const auto* needle = std::get_if<MaskedNeedle>(&compiled_->finder)) return needle->unfinished(bytes);
    return std::min(bytes.size(), max_regex_span - 1);
}

std::optional<ByteView> Pattern::literal_bytes() const {
    if (compiled_->literal.empty()) return std::nullopt;
    return compiled_->literal;
}

}  // namespace sockdesk::query
