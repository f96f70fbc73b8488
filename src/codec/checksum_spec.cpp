#include "codec/checksum_spec.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include <fmt/format.h>

#include "codec/escapes.hpp"

namespace sockdesk::codec::detail {

namespace {

/// More than there are names.
constexpr std::size_t max_items = 64;

char plain(char c) {
    if (c == '_' || c == '/') return '-';
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// The digits from `digits` on, with `0x` before them or not; the whole rest of the value.
Result<std::uint64_t> magnitude(const SpecItem& item, std::string_view digits, std::string_view example) {
    const std::size_t begin = item.value_position + (item.value->size() - digits.size());
    const bool hex = digits.starts_with("0x") || digits.starts_with("0X");
    const std::string_view rest = digits.substr(hex ? 2 : 0);
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number, hex ? 16 : 10);
    if (error == std::errc::result_out_of_range) {
        return fail_at(begin, fmt::format("{} is too large: a number has at most 64 bits", quoted(digits)));
    }
    if (error != std::errc() || end != rest.data() + rest.size()) {
        const std::size_t wrong = error == std::errc() ? static_cast<std::size_t>(end - digits.data()) : 0;
        return fail_at(begin + wrong,
                       fmt::format("{} is not a number; write it as in {}", quoted(*item.value), example));
    }
    return number;
}

Result<void> require_value(const SpecItem& item, std::string_view example) {
    if (item.value && !item.value->empty()) return {};
    return fail_at(item.value ? item.value_position : item.position,
                   fmt::format("\"{}\" has no value; write it as in {}", item.key, example));
}

/// The one that begins at `at`, which is then behind it.
SpecItem read_item(std::string_view text, std::size_t& at) {
    const std::size_t end = end_of_word(text, at);
    SpecItem item{text.substr(at, end - at), at, std::nullopt, end};
    at = skip_blanks(text, end);
    if (at == text.size() || text[at] != '=') return item;
    at = item.value_position = skip_blanks(text, at + 1);
    // Up to the next separator: a second `=` or a `:` is part of a value, which is refused as a whole.
    while (at < text.size() && !is_blank(text[at]) && text[at] != ',') ++at;
    item.value = text.substr(item.value_position, at - item.value_position);
    return item;
}

}  // namespace

std::size_t end_of_word(std::string_view text, std::size_t at) {
    while (at < text.size() && !is_blank(text[at]) && text[at] != ',' && text[at] != '=' && text[at] != ':')
        ++at;
    return at;
}

bool same_name(std::string_view a, std::string_view b) {
    return a.size() == b.size() && begins_with_name(a, b);
}

bool begins_with_name(std::string_view text, std::string_view beginning) {
    return text.size() >= beginning.size() && std::equal(beginning.begin(), beginning.end(), text.begin(),
                                                         [](char a, char b) { return plain(a) == plain(b); });
}

std::string quoted(std::string_view text) {
    constexpr std::size_t longest = 40;
    if (text.size() <= longest) return fmt::format("\"{}\"", escape_controls(text));
    std::size_t end = longest;
    const auto continues = [&](std::size_t at) {
        return (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
    };
    while (end > longest - 3 && continues(end)) --end;
    return fmt::format("\"{}…\"", escape_controls(text.substr(0, end)));
}

Result<Spec> split_spec(std::string_view text) {
    Spec spec;
    std::size_t at = spec.name_position = skip_blanks(text, 0);
    const std::size_t end = end_of_word(text, at);
    const std::size_t behind = skip_blanks(text, end);
    spec.is_bare = behind < text.size() && text[behind] == '=';
    if (!spec.is_bare) {
        spec.name = text.substr(at, end - at);
        at = behind;
    }
    bool after_separator = false;  // an item must follow
    if (at < text.size() && text[at] == ':') {
        spec.colon = at++;
        after_separator = true;
    }
    std::size_t separator = at;
    for (;;) {
        at = skip_blanks(text, at);
        if (at == text.size()) break;
        if (text[at] == ',') {
            if (after_separator || (spec.name.empty() && spec.items.empty()))
                return fail_at(at, "nothing stands before this comma");
            separator = at++;
            after_separator = true;
            continue;
        }
        if (end_of_word(text, at) == at)
            return fail_at(at, fmt::format("\"{}\" does not belong here", text[at]));
        const SpecItem item = read_item(text, at);
        const auto twin = std::find_if(spec.items.begin(), spec.items.end(),
                                       [&](const SpecItem& other) { return same_name(other.key, item.key); });
        if (twin != spec.items.end()) {
            return fail_at(item.position, fmt::format("{} is given twice", quoted(item.key)));
        }
        // Names are looked at later; until then a text of nothing but names must not take for ever.
        if (spec.items.size() == max_items) return fail_at(item.position, "more options than there are");
        spec.items.push_back(item);
        after_separator = false;
    }
    if (after_separator && (!spec.colon || !spec.items.empty()))
        return fail_at(separator, "nothing follows this comma");
    return spec;
}

Result<std::uint64_t> unsigned_value(const SpecItem& item, std::string_view example) {
    if (auto there = require_value(item, example); !there) return tl::unexpected(std::move(there.error()));
    return magnitude(item, *item.value, example);
}

Result<std::int64_t> signed_value(const SpecItem& item, std::string_view example) {
    if (auto there = require_value(item, example); !there) return tl::unexpected(std::move(there.error()));
    const bool negative = item.value->front() == '-';
    const auto size = magnitude(item, item.value->substr(negative ? 1 : 0), example);
    if (!size) return tl::unexpected(size.error());
    if (*size > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
        return fail_at(item.value_position, fmt::format("{} is beyond every payload", quoted(*item.value)));
    }
    return negative ? -static_cast<std::int64_t>(*size) : static_cast<std::int64_t>(*size);
}

Result<bool> flag_value(const SpecItem& item) {
    if (!item.value || same_name(*item.value, "true") || *item.value == "1") return true;
    if (same_name(*item.value, "false") || *item.value == "0") return false;
    return fail_at(item.value_position,
                   fmt::format("\"{}\" is 0 or 1, not {}", item.key, quoted(*item.value)));
}

}  // namespace sockdesk::codec::detail
