// Numbers in memory that is not aligned, in the byte order of this machine, of the network, or of a capture
// file.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace sockdesk::capture {

constexpr std::uint16_t byte_swapped(std::uint16_t value) { return __builtin_bswap16(value); }
constexpr std::uint32_t byte_swapped(std::uint32_t value) { return __builtin_bswap32(value); }
constexpr std::uint64_t byte_swapped(std::uint64_t value) { return __builtin_bswap64(value); }

template <typename Number>
Number load_native(const std::uint8_t* from) {
    Number value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

template <typename Number>
void store_native(std::uint8_t* to, Number value) {
    static_assert(std::is_unsigned_v<Number>);
    std::memcpy(to, &value, sizeof value);
}

/// Between this machine's order and the network's, which is big-endian.
template <typename Number>
constexpr Number network_order(Number value) {
    return std::endian::native == std::endian::big ? value : byte_swapped(value);
}

template <typename Number>
Number load_network(const std::uint8_t* from) {
    return network_order(load_native<Number>(from));
}

template <typename Number>
void store_network(std::uint8_t* to, Number value) {
    store_native(to, network_order(value));
}

/// The order in which a section of a capture was written: that of its writer's machine.
enum class FileOrder : std::uint8_t { native, swapped };

template <typename Number>
Number load_file(const std::uint8_t* from, FileOrder order) {
    const Number value = load_native<Number>(from);
    return order == FileOrder::native ? value : byte_swapped(value);
}

}  // namespace sockdesk::capture
