// Addresses as people write them and as sockets have them, without any system header.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace sockdesk {

/// An IPv4 or IPv6 address. IPv4-mapped IPv6 addresses are kept as IPv4, so that one peer has one name.
class IpAddress {
public:
    enum class Family : std::uint8_t { v4, v6 };

    /// 0.0.0.0
    IpAddress() = default;
    static IpAddress v4(std::array<std::uint8_t, 4> octets);
    /// `scope_id` is the interface number of a link-local address, otherwise 0.
    static IpAddress v6(const std::array<std::uint8_t, 16>& octets, std::uint32_t scope_id = 0);
    /// Understands dotted quads and RFC 4291 section 2.2 text with an optional `%scope` number or interface
    /// name.
    static std::optional<IpAddress> parse(std::string_view text);

    Family family() const { return family_; }
    bool is_v4() const { return family_ == Family::v4; }
    /// The first 4 (IPv4) or all 16 (IPv6) octets, network order.
    const std::array<std::uint8_t, 16>& octets() const { return octets_; }
    std::uint32_t scope_id() const { return scope_id_; }

    bool is_unspecified() const;
    bool is_loopback() const;
    bool is_multicast() const;
    /// 255.255.255.255; a subnet's own broadcast address cannot be told from the address alone.
    bool is_limited_broadcast() const;

    std::string to_string() const;

    friend auto operator<=>(const IpAddress&, const IpAddress&) = default;

private:
    Family family_ = Family::v4;
    std::array<std::uint8_t, 16> octets_{};
    std::uint32_t scope_id_ = 0;
};

/// An address and a port (host order).
struct Endpoint {
    IpAddress address;
    std::uint16_t port = 0;

    /// "127.0.0.1:8080", "[::1]:8080"
    std::string to_string() const;

    friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

/// What a person typed for an endpoint: a name or an address, not looked up yet, and a port.
struct HostPort {
    std::string host;
    std::uint16_t port = 0;

    /// As typed, with brackets around an IPv6 address.
    std::string to_string() const;

    friend bool operator==(const HostPort&, const HostPort&) = default;
};

/// Reads `HOST:PORT`, `:PORT` (host "0.0.0.0"), `[V6]:PORT`, `[V6]`, and `HOST` alone (port 0).
/// Errors carry the byte position of the fault.
Result<HostPort> parse_host_port(std::string_view text);

/// Reads a decimal port, 0 to 65535; surrounding blanks are allowed, an empty text is 0.
Result<std::uint16_t> parse_port(std::string_view text);

}  // namespace sockdesk
