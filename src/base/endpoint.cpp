#include "base/endpoint.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>

namespace sockdesk {

namespace {

constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

/// RFC 1035 section 2.3.4, as text without the final dot.
constexpr std::size_t longest_name = 253;
constexpr std::size_t longest_label = 63;

bool is_blank(char c) { return c == ' ' || c == '\t'; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A piece of a text that still knows where it was cut from, so that errors point into the whole.
struct Piece {
    std::string_view text;
    std::size_t position = 0;

    Piece part(std::size_t from, std::size_t length = std::string_view::npos) const {
        return {text.substr(from, length), position + from};
    }

    Piece trimmed() const {
        std::size_t from = 0;
        std::size_t to = text.size();
        while (from < to && is_blank(text[from])) ++from;
        while (to > from && is_blank(text[to - 1])) --to;
        return part(from, to - from);
    }
};

/// What was typed, as it may stand in a message on a terminal: short, and without control characters.
std::string quoted(std::string_view text) {
    constexpr std::size_t longest = 80;
    constexpr char digits[] = "0123456789ABCDEF";
    std::string result = "\"";
    for (const char c : text.substr(0, longest)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7F) {
            result += "\\x";
            result += digits[byte >> 4U];
            result += digits[byte & 0xFU];
        } else {
            result += c;
        }
    }
    if (text.size() > longest) result += "…";
    result += '"';
    return result;
}

std::optional<std::uint32_t> parse_scope(std::string_view text) {
    if (text.empty()) return std::nullopt;
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size()) return number;
    if (text.size() >= IF_NAMESIZE) return std::nullopt;
    number = if_nametoindex(std::string(text).c_str());
    if (number == 0) return std::nullopt;
    return number;
}

/// Only there does an interface number belong to the address (RFC 4007 section 6).
bool needs_scope(const std::array<std::uint8_t, 16>& octets) {
    const bool link_local = octets[0] == 0xFE && (octets[1] & 0xC0U) == 0x80;
    return link_local || octets[0] == 0xFF;
}

Result<std::uint16_t> read_port(Piece typed) {
    const Piece piece = typed.trimmed();
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < piece.text.size(); ++i) {
        if (!is_digit(piece.text[i])) {
            return fail_at(piece.position + i,
                           quoted(piece.text) + " is not a port; write a number from 0 to 65535");
        }
        value = value * 10 + static_cast<std::uint32_t>(piece.text[i] - '0');
        if (value > 65'535) {
            return fail_at(piece.position,
                           "port " + quoted(piece.text) + " is too large; ports go from 0 to 65535");
        }
    }
    return static_cast<std::uint16_t>(value);
}

/// Digits and dots only can be nothing but an IPv4 address; the system would take "1.2" for 1.0.0.2.
Result<void> check_dotted_quad(Piece piece) {
    std::size_t start = 0;
    std::size_t parts = 0;
    while (true) {
        const std::size_t dot = std::min(piece.text.find('.', start), piece.text.size());
        const std::string_view part = piece.text.substr(start, dot - start);
        ++parts;
        if (part.empty() || parts > 4) {
            return fail_at(
                piece.position + start,
                quoted(piece.text) + " is not an IPv4 address; write four numbers, such as 192.168.0.7");
        }
        if (part.size() > 1 && part[0] == '0') {
            return fail_at(piece.position + start, quoted(part) + " in the address " + quoted(piece.text) +
                                                       " begins with 0; write it without");
        }
        if (part.size() > 3 || std::stoi(std::string(part)) > 255) {
            return fail_at(piece.position + start, quoted(part) + " in the address " + quoted(piece.text) +
                                                       " is too large; each number goes from 0 to 255");
        }
        if (dot == piece.text.size()) break;
        start = dot + 1;
    }
    if (parts < 4) {
        return fail_at(
            piece.position + piece.text.size(),
            quoted(piece.text) + " is not an IPv4 address; write four numbers, such as 192.168.0.7");
    }
    return {};
}

Result<std::string> read_name(Piece piece) {
    const std::string_view text = piece.text;
    if (const std::size_t scheme = text.find("://"); scheme != std::string_view::npos) {
        return fail_at(piece.position, quoted(text) + " is a URL; write only HOST:PORT");
    }
    const bool numeric =
        std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '.'; });
    if (numeric && text.find('.') == std::string_view::npos) {
        return fail_at(piece.position, quoted(text) + " has no host; for a port alone write :" +
                                           std::string(text.substr(0, 5)));
    }
    if (numeric) {
        if (auto checked = check_dotted_quad(piece); !checked) return tl::unexpected(checked.error());
        return std::string(text);
    }

    std::size_t label_start = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const bool fits = is_digit(text[i]) || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                          byte == '-' || byte == '_' || byte == '.' || byte >= 0x80;
        if (!fits) {
            return fail_at(piece.position + i, quoted(text.substr(i, 1)) + " cannot stand in the host name " +
                                                   quoted(text) +
                                                   "; write HOST:PORT, such as 127.0.0.1:8080");
        }
        if (byte == '.') {
            if (i == label_start) {
                return fail_at(piece.position + i, "the host name " + quoted(text) + " has a dot too many");
            }
            label_start = i + 1;
        } else if (i - label_start >= longest_label) {
            return fail_at(piece.position + label_start,
                           "a part of the host name " + quoted(text) + " is longer than 63 bytes");
        }
    }
    if (text.size() > longest_name) {
        return fail_at(piece.position + longest_name, "the host name is longer than 253 bytes");
    }
    return std::string(text);
}

Result<HostPort> read_bracketed(Piece piece) {
    const std::size_t close = piece.text.find(']');
    if (close == std::string_view::npos) {
        return fail_at(
            piece.position + piece.text.size(),
            "the bracket before " + quoted(piece.text.substr(1)) + " is not closed; write [ADDRESS]:PORT");
    }
    const Piece inside = piece.part(1, close - 1).trimmed();
    const Piece rest = piece.part(close + 1).trimmed();
    // IpAddress keeps a mapped address as IPv4, so the colon is what tells what was written.
    if (inside.text.find(':') == std::string_view::npos || !IpAddress::parse(inside.text)) {
        const bool has_scope = inside.text.find('%') != std::string_view::npos;
        return fail_at(inside.position, quoted(inside.text) + " is not an IPv6 address" +
                                            (has_scope ? " with an interface of this machine" : "") +
                                            "; write it like [::1]:8080");
    }
    HostPort result{std::string(inside.text), 0};
    if (rest.text.empty()) return result;
    if (rest.text[0] != ':') {
        return fail_at(rest.position, quoted(rest.text) + " follows the bracket; write [ADDRESS]:PORT");
    }
    const Piece digits = rest.part(1).trimmed();
    if (digits.text.empty()) {
        return fail_at(digits.position, "no port follows the colon in " + quoted(piece.text) +
                                            "; write one, or 0 to let the system choose");
    }
    auto port = read_port(digits);
    if (!port) return tl::unexpected(port.error());
    result.port = *port;
    return result;
}

tl::unexpected<Error> too_many_colons(Piece piece, std::size_t second_colon) {
    if (IpAddress::parse(piece.text)) {
        // "::1:80" may be meant either way, and a guess would bind to the wrong one.
        const std::size_t last = piece.text.rfind(':');
        const std::string_view front = piece.text.substr(0, last);
        const std::string_view back = piece.text.substr(last + 1);
        std::string advice = "the IPv6 address " + quoted(piece.text) + " needs brackets; write [" +
                             std::string(piece.text) + "]:PORT";
        if (IpAddress::parse(front) && read_port({back, 0})) {
            advice +=
                ", or [" + std::string(front) + "]:" + std::string(back) + " for port " + std::string(back);
        }
        return fail_at(piece.position, advice);
    }
    return fail_at(piece.position + second_colon, quoted(piece.text) +
                                                      " has more than one colon; write HOST:PORT, or "
                                                      "[ADDRESS]:PORT for IPv6");
}

}  // namespace

IpAddress IpAddress::v4(std::array<std::uint8_t, 4> octets) {
    IpAddress result;
    std::copy(octets.begin(), octets.end(), result.octets_.begin());
    return result;
}

IpAddress IpAddress::v6(const std::array<std::uint8_t, 16>& octets, std::uint32_t scope_id) {
    if (std::equal(mapped_prefix.begin(), mapped_prefix.end(), octets.begin())) {
        return v4({octets[12], octets[13], octets[14], octets[15]});
    }
    IpAddress result;
    result.family_ = Family::v6;
    result.octets_ = octets;
    result.scope_id_ = needs_scope(octets) ? scope_id : 0;
    return result;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
    // inet_pton wants a terminated string; nothing longer than this can be an address.
    char buffer[INET6_ADDRSTRLEN] = {};
    const std::size_t percent = text.find('%');
    const std::string_view digits = text.substr(0, percent);
    if (digits.size() >= sizeof buffer || digits.find('\0') != std::string_view::npos) return std::nullopt;
    std::copy(digits.begin(), digits.end(), buffer);

    std::array<std::uint8_t, 4> short_octets{};
    if (percent == std::string_view::npos && inet_pton(AF_INET, buffer, short_octets.data()) == 1) {
        return v4(short_octets);
    }
    std::array<std::uint8_t, 16> octets{};
    if (inet_pton(AF_INET6, buffer, octets.data()) != 1) return std::nullopt;
    if (percent == std::string_view::npos) return v6(octets);
    const auto scope = parse_scope(text.substr(percent + 1));
    if (!scope) return std::nullopt;
    return v6(octets, *scope);
}

bool IpAddress::is_unspecified() const {
    return std::all_of(octets_.begin(), octets_.end(), [](std::uint8_t octet) { return octet == 0; });
}

bool IpAddress::is_loopback() const {
    if (is_v4()) return octets_[0] == 127;
    return octets_[15] == 1 &&
           std::all_of(octets_.begin(), octets_.end() - 1, [](auto octet) { return octet == 0; });
}

bool IpAddress::is_multicast() const { return is_v4() ? (octets_[0] & 0xF0U) == 0xE0 : octets_[0] == 0xFF; }

bool IpAddress::is_limited_broadcast() const {
    return is_v4() &&
           std::all_of(octets_.begin(), octets_.begin() + 4, [](auto octet) { return octet == 0xFF; });
}

std::string IpAddress::to_string() const {
    char buffer[INET6_ADDRSTRLEN] = {};
    inet_ntop(is_v4() ? AF_INET : AF_INET6, octets_.data(), buffer, sizeof buffer);
    std::string result = buffer;
    if (scope_id_ != 0) result += '%' + std::to_string(scope_id_);
    return result;
}

std::string Endpoint::to_string() const {
    if (address.is_v4()) return address.to_string() + ':' + std::to_string(port);
    return '[' + address.to_string() + "]:" + std::to_string(port);
}

std::string HostPort::to_string() const {
    if (host.find(':') == std::string::npos) return host + ':' + std::to_string(port);
    return '[' + host + "]:" + std::to_string(port);
}

Result<HostPort> parse_host_port(std::string_view text) {
    const Piece piece = Piece{text, 0}.trimmed();
    if (piece.text.empty())
        return fail_at(0, "the address is empty; write HOST:PORT, such as 127.0.0.1:8080");
    if (piece.text[0] == '[') return read_bracketed(piece);
    // What a Chinese input method gives for the key.
    if (const std::size_t wide = piece.text.find("："); wide != std::string_view::npos) {
        return fail_at(piece.position + wide,
                       "the colon in " + quoted(piece.text) + " is a full-width one; write \":\"");
    }

    const std::size_t colon = piece.text.find(':');
    if (colon == std::string_view::npos) {
        auto name = read_name(piece);
        if (!name) return tl::unexpected(name.error());
        return HostPort{std::move(*name), 0};
    }
    if (piece.text.find("://") == colon) return tl::unexpected(read_name(piece).error());
    if (const std::size_t second = piece.text.find(':', colon + 1); second != std::string_view::npos) {
        return too_many_colons(piece, second);
    }

    // A log line has a blank before the colon; what is copied from there is understood.
    const Piece host = piece.part(0, colon).trimmed();
    const Piece digits = piece.part(colon + 1).trimmed();
    if (digits.text.empty()) {
        return fail_at(piece.position + piece.text.size(), "no port follows the colon in " +
                                                               quoted(piece.text) +
                                                               "; write one, or 0 to let the system choose");
    }
    Result<std::string> name = host.text.empty() ? Result<std::string>("0.0.0.0") : read_name(host);
    if (!name) return tl::unexpected(name.error());
    auto port = read_port(digits);
    if (!port) return tl::unexpected(port.error());
    return HostPort{std::move(*name), *port};
}

Result<std::uint16_t> parse_port(std::string_view text) { return read_port({text, 0}); }

}  // namespace sockdesk
