#include "query/matcher.hpp"

#include <algorithm>
#include <cstring>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "query/group_regex.hpp"
#include "query/hex_pattern.hpp"
#include "query/masked_needle.hpp"

namespace sockdesk::query {

namespace {

/// Larger than any datagram.
constexpr std::size_t longest_message = 65'536;

/// As of what is searched for (pattern.cpp), for the same reasons.
constexpr std::size_t longest_needle = 4096;

tl::unexpected<Error> too_long(std::size_t most) {
    return fail(ErrorKind::too_large,
                fmt::format("at most {} bytes can be waited for; wait for a part of them", most));
}

MaskedNeedle needle_of(Bytes bytes) {
    Bytes mask(bytes.size(), 0xFF);
    return {std::move(bytes), std::move(mask)};
}

bool begins_with(ByteView bytes, ByteView beginning) {
    return bytes.size() >= beginning.size() && std::equal(beginning.begin(), beginning.end(), bytes.begin());
}

void set_match(MatchGroups& out, std::size_t begin, std::size_t end) { out.groups.assign(1, {begin, end}); }

/// Behind the line end that is the next at or after `from`.
std::size_t next_line(ByteView bytes, std::size_t from) {
    if (from >= bytes.size()) return bytes.size();
    const void* const found = std::memchr(bytes.data() + from, '\n', bytes.size() - from);
    if (found == nullptr) return bytes.size();
    return static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - bytes.data()) + 1;
}

/// How many bytes stand behind the last line end.
std::size_t last_line(ByteView bytes) {
    const auto last = std::find(bytes.rbegin(), bytes.rend(), '\n');
    return static_cast<std::size_t>(last - bytes.rbegin());
}

}  // namespace

struct Matcher::Compiled {
    MatchKind kind = MatchKind::any;
    std::variant<std::monostate, MaskedNeedle, GroupRegex> what;  ///< nothing: any, or exactly nothing
    std::vector<std::string> group_names;

    const MaskedNeedle* needle() const { return std::get_if<MaskedNeedle>(&what); }
    const GroupRegex* regex() const { return std::get_if<GroupRegex>(&what); }
};

Matcher::Matcher(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}

Result<Matcher> Matcher::of_bytes(MatchKind kind, Bytes bytes) {
    const std::size_t most = kind == MatchKind::contains ? longest_needle : longest_message;
    if (bytes.size() > most) return too_long(most);
    Compiled compiled;
    compiled.kind = kind;
    if (!bytes.empty()) {
        compiled.what.emplace<MaskedNeedle>(needle_of(std::move(bytes)));
    } else if (kind != MatchKind::exact) {
        return fail_at(0, "there is nothing to wait for");
    }
    return Matcher(std::make_shared<const Compiled>(std::move(compiled)));
}

Result<Matcher> Matcher::hex(std::string_view text) {
    auto parsed = parse_hex_pattern(text);
    if (!parsed) return tl::unexpected(std::move(parsed.error()));
    if (parsed->value.empty()) return fail_at(0, "there are no bytes to wait for; write such as 48 ?? 6C");
    if (parsed->value.size() > longest_needle) return too_long(longest_needle);
    Compiled compiled;
    compiled.kind = MatchKind::hex;
    compiled.what.emplace<MaskedNeedle>(std::move(parsed->value), std::move(parsed->mask));
    return Matcher(std::make_shared<const Compiled>(std::move(compiled)));
}

Result<Matcher> Matcher::regex(std::string_view text) {
    auto regex = GroupRegex::compile(text);
    if (!regex) return tl::unexpected(std::move(regex.error()));
    Compiled compiled;
    compiled.kind = MatchKind::regex;
    compiled.group_names = regex->group_names();
    compiled.what.emplace<GroupRegex>(std::move(*regex));
    return Matcher(std::make_shared<const Compiled>(std::move(compiled)));
}

Matcher Matcher::any() { return Matcher(std::make_shared<const Compiled>()); }

MatchKind Matcher::kind() const { return compiled_->kind; }

const std::vector<std::string>& Matcher::group_names() const { return compiled_->group_names; }

bool Matcher::match_datagram(ByteView datagram, MatchGroups& out) const {
    const MaskedNeedle* const needle = compiled_->needle();
    switch (compiled_->kind) {
        case MatchKind::any:
            set_match(out, 0, datagram.size());
            return true;
        case MatchKind::exact:
            set_match(out, 0, datagram.size());
            if (needle == nullptr) return datagram.empty();
            return datagram.size() == needle->size() && begins_with(datagram, needle->value());
        case MatchKind::prefix:
            set_match(out, 0, needle->size());
            return begins_with(datagram, needle->value());
        case MatchKind::contains:
        case MatchKind::hex: {
            const auto found = needle->find(datagram, 0);
            if (found) set_match(out, *found, *found + needle->size());
            return found.has_value();
        }
        case MatchKind::regex:
            break;
    }
    return compiled_->regex()->find(datagram, out);
}

bool Matcher::match_stream(ByteView bytes, bool is_begin, std::size_t searched, StreamMatch& out) const {
    const std::size_t first = is_begin ? 0 : 1;
    if (first >= bytes.size()) return false;
    const auto found_at = [&](std::size_t begin, std::size_t size) {
        set_match(out.match, begin, begin + size);
        out.complete = begin + size;
        return true;
    };
    if (const GroupRegex* const regex = compiled_->regex()) {
        std::size_t from = std::max(first, searched - std::min(searched, unfinished(bytes.first(searched))));
        return regex->find_in_stream(bytes, from, out.match, out.complete);
    }
    if (compiled_->kind == MatchKind::any) return found_at(first, bytes.size() - first);
    const MaskedNeedle* const needle = compiled_->needle();
    if (needle == nullptr) return false;  // a stream has no empty messages
    std::size_t from = std::max(first, searched - std::min(searched, needle->size() - 1));
    if (compiled_->kind == MatchKind::contains || compiled_->kind == MatchKind::hex) {
        const auto found = needle->find(bytes, from);
        return found && found_at(*found, needle->size());
    }
    while (true) {
        if (from > 0 && bytes[from - 1] != '\n') from = next_line(bytes, from);
        const auto found = needle->find(bytes, from);
        if (!found) return false;
        if (*found == 0 || *found == from || bytes[*found - 1] == '\n')
            return found_at(*found, needle->size());
        from = *found;
    }
}

bool Matcher::begins_message(ByteView bytes) const {
    if (const GroupRegex* const regex = compiled_->regex())
        return regex->looks_back() && regex->is_at_begin(bytes);
    if (compiled_->kind != MatchKind::exact && compiled_->kind != MatchKind::prefix) return false;
    const MaskedNeedle* const needle = compiled_->needle();
    return needle != nullptr && begins_with(bytes, needle->value());
}

std::size_t Matcher::unfinished(ByteView bytes) const {
    const std::size_t most = std::min(bytes.size(), longest_match() - 1);
    const GroupRegex* const regex = compiled_->regex();
    if (regex != nullptr && regex->stays_in_line()) return last_line(bytes.last(most));
    return most;
}

std::size_t Matcher::longest_match() const {
    if (const MaskedNeedle* const needle = compiled_->needle()) return needle->size();
    return compiled_->regex() != nullptr ? GroupRegex::longest_match : 1;
}

}  // namespace sockdesk::query
