#include "query/matcher.hpp"

#include <algorithm>
#include <optional>
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

}  // namespace

struct Matcher::Compiled {
    MatchKind kind = MatchKind::any;
    std::variant<std::monostate, MaskedNeedle, GroupRegex> what;  ///< nothing: any, or exactly nothing
    std::vector<std::string> group_names;
    std::optional<StreamProgram> program;  ///< of what is no expression

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
        const Bytes mask(bytes.size(), 0xFF);
        compiled.program =
            StreamProgram::of_bytes(bytes, mask, kind != MatchKind::contains, kind == MatchKind::exact);
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
    compiled.program = StreamProgram::of_bytes(parsed->value, parsed->mask, false, false);
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

const StreamProgram* Matcher::program() const {
    if (const GroupRegex* const regex = compiled_->regex()) return &regex->program();
    return compiled_->program ? &*compiled_->program : nullptr;
}

std::uint64_t Matcher::take(const StreamText& text, const StreamFound& found, bool is_over,
                            MatchGroups& out) const {
    if (const GroupRegex* const regex = compiled_->regex()) return regex->take(text, found, is_over, out);
    const auto begin = static_cast<std::size_t>(found.begin - text.begin);
    set_match(out, begin, begin + compiled_->needle()->size());
    return found.end;
}

}  // namespace sockdesk::query
