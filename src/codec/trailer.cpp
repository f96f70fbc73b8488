#include "codec/trailer.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "codec/checksum_spec.hpp"
#include "codec/hex.hpp"

namespace sockdesk::codec {

namespace {

constexpr std::string_view options = "le, be, bytes, from, to";
constexpr std::uint8_t default_fixed_byte = 0x0D;
constexpr std::size_t max_number_size = sizeof(std::uint64_t);

/// Where `offset` is in a payload of so many bytes.
std::size_t place(std::int64_t offset, std::size_t size) {
    const auto end = static_cast<std::int64_t>(size);
    return static_cast<std::size_t>(std::clamp<std::int64_t>(offset < 0 ? offset + end : offset, 0, end));
}

/// The item of that name, which is no longer in the list.
std::optional<detail::SpecItem> take(detail::Spec& spec, std::string_view key) {
    const auto item = std::find_if(spec.items.begin(), spec.items.end(), [&](const detail::SpecItem& one) {
        return detail::same_name(one.key, key);
    });
    if (item == spec.items.end()) return std::nullopt;
    detail::SpecItem taken = *item;
    spec.items.erase(item);
    return taken;
}

struct Range {
    std::int64_t from = 0;
    std::int64_t to = 0;
};

Result<Range> range(const std::optional<detail::SpecItem>& from, const std::optional<detail::SpecItem>& to) {
    Range range;
    if (from) {
        const auto offset = detail::signed_value(*from, "from=1");
        if (!offset) return tl::unexpected(offset.error());
        range.from = *offset;
    }
    if (!to) return range;
    const auto offset = detail::signed_value(*to, "to=-1");
    if (!offset) return tl::unexpected(offset.error());
    range.to = *offset;
    if (range.to == 0) {
        return fail_at(to->value_position,
                       "nothing lies before offset 0; leave \"to\" out to go up to the end");
    }
    if ((range.from < 0) == (range.to < 0) && range.from >= range.to) {
        return fail_at(to->value_position,
                       fmt::format("nothing lies between offset {} and offset {}", range.from, range.to));
    }
    return range;
}

Result<void> set_size(Checksum& checksum, const detail::SpecItem& bytes) {
    const auto size = detail::unsigned_value(bytes, "bytes=2");
    if (!size) return tl::unexpected(size.error());
    if (checksum.has_own_size()) {
        return fail_at(bytes.position,
                       fmt::format("the width of {} is its own; \"bytes\" is for sum, sum-negated and xor",
                                   checksum.title()));
    }
    if (*size == 0 || *size > max_number_size) {
        return fail_at(bytes.value_position, fmt::format("a sum is 1 to {} bytes wide", max_number_size));
    }
    checksum.set_size_bytes(static_cast<std::size_t>(*size));
    return {};
}

}  // namespace

ByteOrder Trailer::Sum::usual_order() const {
    return checksum.is_usually_little_endian() ? ByteOrder::little : ByteOrder::big;
}

void Trailer::Sum::write(ByteView payload, std::uint8_t* out) const {
    const std::size_t begin = place(from, payload.size());
    const std::size_t end = to == 0 ? payload.size() : place(to, payload.size());
    const ByteView covered = begin < end ? payload.subspan(begin, end - begin) : ByteView();
    write_number(checksum.of(covered), out, checksum.size_bytes(), order);
}

Trailer::Trailer(std::variant<Bytes, Sum> what) : what_(std::move(what)) {}

Result<Trailer> Trailer::parse(std::string_view text) {
    const std::size_t begin = detail::skip_blanks(text, 0);
    const std::size_t end = detail::end_of_word(text, begin);
    if (detail::same_name(text.substr(begin, end - begin), "fixed")) return parse_fixed(text, end);

    auto spec = detail::split_spec(text);
    if (!spec) return tl::unexpected(std::move(spec.error()));
    const auto little = take(*spec, "le");
    const auto big = take(*spec, "be");
    const auto bytes = take(*spec, "bytes");
    const auto from = take(*spec, "from");
    const auto to = take(*spec, "to");

    auto checksum = Checksum::from_spec(*spec, options);
    if (!checksum) return tl::unexpected(std::move(checksum.error()));
    for (const auto& order : {little, big}) {
        if (!order || !order->value) continue;
        return fail_at(order->value_position, fmt::format("\"{}\" takes no value", order->key));
    }
    if (little && big) {
        return fail_at(std::max(little->position, big->position), "\"le\" and \"be\" contradict each other");
    }
    if (bytes) {
        if (const auto set = set_size(*checksum, *bytes); !set) return tl::unexpected(set.error());
    }
    const auto covered = range(from, to);
    if (!covered) return tl::unexpected(covered.error());

    Sum sum{std::move(*checksum), ByteOrder::big, covered->from, covered->to};
    sum.order = little ? ByteOrder::little : big ? ByteOrder::big : sum.usual_order();
    return Trailer(std::move(sum));
}

Result<Trailer> Trailer::parse_fixed(std::string_view text, std::size_t after_name) {
    const std::size_t sign = detail::skip_blanks(text, after_name);
    if (sign == text.size()) return Trailer(Bytes{default_fixed_byte});
    if (text[sign] != '=') return fail_at(sign, "fixed bytes have no options; write them in hex: fixed=0D0A");
    const std::string_view hex = text.substr(sign + 1);
    // Four characters a byte ("0x0D") and a separator; what is longer has too many even before it is read.
    constexpr std::size_t longest_hex = max_fixed_size * 8;
    auto bytes = hex.size() <= longest_hex ? parse_hex(hex) : Result<Bytes>(Bytes(max_fixed_size + 1));
    if (!bytes) {
        if (bytes.error().position != Error::no_position) bytes.error().position += sign + 1;
        return tl::unexpected(std::move(bytes.error()));
    }
    if (bytes->empty())
        return fail_at(sign, "there are no bytes behind \"fixed=\"; write them in hex: fixed=0D0A");
    if (bytes->size() > max_fixed_size)
        return detail::too_large_at(sign + 1, fmt::format("more than {} fixed bytes", max_fixed_size));
    return Trailer(std::move(*bytes));
}

std::string Trailer::to_string() const {
    if (const auto* fixed = std::get_if<Bytes>(&what_)) {
        std::string text = "fixed=";
        for (const std::uint8_t byte : *fixed) text += fmt::format("{:02X}", byte);
        return text;
    }
    const Sum& sum = std::get<Sum>(what_);
    std::string text = sum.checksum.to_string();
    if (!sum.checksum.has_own_size() && sum.checksum.size_bytes() != 1) {
        text += fmt::format(",bytes={}", sum.checksum.size_bytes());
    }
    if (sum.order != sum.usual_order()) text += sum.order == ByteOrder::little ? ",le" : ",be";
    if (sum.from != 0) text += fmt::format(",from={}", sum.from);
    if (sum.to != 0) text += fmt::format(",to={}", sum.to);
    return text;
}

std::size_t Trailer::size() const {
    if (const auto* fixed = std::get_if<Bytes>(&what_)) return fixed->size();
    return std::get<Sum>(what_).checksum.size_bytes();
}

void Trailer::append_to(Bytes& payload) const {
    if (const auto* fixed = std::get_if<Bytes>(&what_)) {
        payload.insert(payload.end(), fixed->begin(), fixed->end());
        return;
    }
    std::array<std::uint8_t, max_number_size> number{};
    std::get<Sum>(what_).write(payload, number.data());
    payload.insert(payload.end(), number.begin(), number.begin() + static_cast<std::ptrdiff_t>(size()));
}

Trailer::Check Trailer::check(ByteView received) const {
    if (received.size() < size()) return Check::too_short;
    const ByteView end = received.last(size());
    std::array<std::uint8_t, max_number_size> number{};
    ByteView wanted;
    if (const auto* fixed = std::get_if<Bytes>(&what_)) {
        wanted = *fixed;
    } else {
        std::get<Sum>(what_).write(received.first(received.size() - size()), number.data());
        wanted = ByteView(number).first(size());
    }
    return std::equal(end.begin(), end.end(), wanted.begin()) ? Check::matches : Check::differs;
}

Bytes Trailer::expected(ByteView received) const {
    if (received.size() < size()) return {};
    if (const auto* fixed = std::get_if<Bytes>(&what_)) return *fixed;
    Bytes number(size());
    std::get<Sum>(what_).write(received.first(received.size() - size()), number.data());
    return number;
}

}  // namespace sockdesk::codec
