#include "query/filter_values.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace sockdesk::query {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex_digit(char c) { return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); }

/// None: not all digits, or too large.
std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t result = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, result);
    if (error != std::errc() || stopped != end || text.empty()) return std::nullopt;
    return result;
}

tl::unexpected<Error> no_address(std::string_view word, std::size_t position) {
    return fail_at(position,
                   fmt::format("\"{}\" is no address; here could stand 127.0.0.1, 127.0.0.1:8080, :8080, "
                               "10.0.0.0/8, ::1 or [::1]:80",
                               word));
}

Result<std::uint16_t> parse_port_at(std::string_view text, std::size_t position) {
    const auto port = number(text);
    if (!port || *port > 65'535) {
        return fail_at(position,
                       fmt::format("\"{}\" is no port; here could stand a number up to 65535", text));
    }
    return static_cast<std::uint16_t>(*port);
}

/// `/8` after an address.
Result<unsigned> parse_prefix(std::string_view text, std::size_t position, const IpAddress& address) {
    const unsigned most = address.is_v4() ? 32 : 128;
    const auto bits = number(text);
    if (!bits || *bits > most) {
        return fail_at(position, fmt::format("\"{}\" is no length of a network's prefix; here could stand a "
                                             "number up to {}",
                                             text, most));
    }
    return static_cast<unsigned>(*bits);
}

}  // namespace

bool AddressTest::matches(const Endpoint& endpoint) const {
    if (port && *port != endpoint.port) return false;
    if (!address) return true;
    if (address->family() != endpoint.address.family()) return false;
    if (address->scope_id() != 0 && address->scope_id() != endpoint.address.scope_id()) return false;
    const auto& wanted = address->octets();
    const auto& octets = endpoint.address.octets();
    const unsigned whole = prefix_bits / 8;
    if (!std::equal(wanted.begin(), wanted.begin() + whole, octets.begin())) return false;
    const unsigned rest = prefix_bits % 8;
    return rest == 0 || (wanted[whole] ^ octets[whole]) >> (8 - rest) == 0;
}

bool looks_like_address(std::string_view word) {
    if (word.empty()) return false;
    if (is_digit(word[0]) || word[0] == '[' || word[0] == ':') return true;
    const std::size_t colon = word.find(':');
    return colon != std::string_view::npos &&
           std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(colon), is_hex_digit);
}

Result<AddressTest> parse_address(std::string_view word) {
    AddressTest result;
    std::size_t host_begin = 0;
    std::size_t host_end = word.size();
    std::size_t at = word.size();  // what follows the address: "/bits", ":port", or both
    const bool is_bracketed = word.substr(0, 1) == "[";
    if (is_bracketed) {
        const std::size_t close = word.find(']');
        if (close == std::string_view::npos) return no_address(word, 0);
        host_begin = 1;
        host_end = close;
        at = close + 1;
        // Both [fe80::/10]:80 and [fe80::]/10 are written.
        if (const std::size_t slash = word.substr(0, close).find('/'); slash != std::string_view::npos) {
            const auto inside = IpAddress::parse(word.substr(1, slash - 1));
            if (!inside) return no_address(word, 0);
            const auto bits = parse_prefix(word.substr(slash + 1, close - slash - 1), slash + 1, *inside);
            if (!bits) return tl::unexpected(bits.error());
            result.prefix_bits = *bits;
            result.address = inside;
        }
    } else {
        const auto colons = std::count(word.begin(), word.end(), ':');
        const std::size_t slash = word.find('/');
        if (slash != std::string_view::npos) {
            host_end = at = slash;
        } else if (colons == 1) {
            host_end = at = word.find(':');
        }
    }

    const bool has_host = host_end > host_begin;
    if (!has_host && word.substr(at, 1) != ":") return no_address(word, 0);
    if (has_host && !result.address) {
        result.address = IpAddress::parse(word.substr(host_begin, host_end - host_begin));
        if (!result.address || (is_bracketed && result.address->is_v4())) return no_address(word, 0);
        result.prefix_bits = result.address->is_v4() ? 32 : 128;
        if (word.substr(at, 1) == "/") {
            const std::size_t end = std::min(word.find(':', at), word.size());
            const auto bits = parse_prefix(word.substr(at + 1, end - at - 1), at + 1, *result.address);
            if (!bits) return tl::unexpected(bits.error());
            result.prefix_bits = *bits;
            at = end;
        }
    }
    if (at < word.size()) {
        if (word[at] != ':') return no_address(word, 0);
        const auto port = parse_port_at(word.substr(at + 1), at + 1);
        if (!port) return tl::unexpected(port.error());
        result.port = *port;
    }
    return result;
}

namespace {

tl::unexpected<Error> no_range_here(std::size_t position) {
    return fail_at(position, "a range stands after =; here could stand a single value");
}

tl::unexpected<Error> ends_too_early(std::size_t position) {
    return fail_at(position, "the range ends before it begins");
}

bool is_equality(std::string_view comparison) {
    return comparison == "=" || comparison == "==" || comparison == "!=";
}

Result<std::uint64_t> parse_number_at(std::string_view text, std::size_t position) {
    const auto result = number(text);
    if (result) return *result;
    const auto strange = std::find_if_not(text.begin(), text.end(), is_digit);
    if (strange == text.end() && !text.empty()) {
        return fail_at(position, fmt::format("{} is too large a number", text));
    }
    return fail_at(position + static_cast<std::size_t>(strange - text.begin()),
                   fmt::format("\"{}\" is no number; here could stand 100, 0..64, 100.. or ..64", text));
}

}  // namespace

Result<NumberRange> parse_numbers(std::string_view comparison, std::string_view word) {
    NumberRange result;
    const std::size_t dots = word.find("..");
    if (dots != std::string_view::npos) {
        if (!is_equality(comparison)) return no_range_here(dots);
        const bool has_first = dots > 0;
        const bool has_last = dots + 2 < word.size();
        if (!has_first && !has_last) {
            return fail_at(word.size(), "here could stand the number that the range ends with");
        }
        if (has_first) {
            const auto first = parse_number_at(word.substr(0, dots), 0);
            if (!first) return tl::unexpected(first.error());
            result.first = *first;
        }
        if (has_last) {
            const auto last = parse_number_at(word.substr(dots + 2), dots + 2);
            if (!last) return tl::unexpected(last.error());
            result.last = *last;
        }
        if (result.last < result.first) return ends_too_early(dots + 2);
        return result;
    }
    const auto value = parse_number_at(word, 0);
    if (!value) return tl::unexpected(value.error());
    const NumberRange none{1, 0};
    if (comparison == "<") return *value == 0 ? none : NumberRange{0, *value - 1};
    if (comparison == "<=") return NumberRange{0, *value};
    if (comparison == ">") return *value == result.last ? none : NumberRange{*value + 1, result.last};
    if (comparison == ">=") return NumberRange{*value, result.last};
    return NumberRange{*value, *value};
}

}  // namespace sockdesk::query
