// Numbers as they stand in a payload: integers of one to eight bytes and IEEE 754 floats, in either byte order, whatever
// the machine. Threads: free of state.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.hpp"

namespace sockdesk::codec {

enum class ByteOrder : std::uint8_t { little, big };

/// The unsigned number in all of `bytes`, which are at most eight. No bytes are 0.
constexpr std::uint64_t read_unsigned(ByteView bytes, ByteOrder order) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        value = value << 8 | bytes[order == ByteOrder::big ? i : bytes.size() - 1 - i];
    }
    return value;
}

/// The same in two's complement.
constexpr std::int64_t read_signed(ByteView bytes, ByteOrder order) {
    if (bytes.empty()) return 0;
    const unsigned unused = 64 - 8 * static_cast<unsigned>(bytes.size());
    return static_cast<std::int64_t>(read_unsigned(bytes, order) << unused) >> unused;
}

/// Writes the low `size` bytes of `value`, at most eight.
constexpr void write_number(std::uint64_t value, std::uint8_t* to, std::size_t size, ByteOrder order) {
    for (std::size_t i = 0; i < size; ++i, value >>= 8) {
        to[order == ByteOrder::little ? i : size - 1 - i] = static_cast<std::uint8_t>(value);
    }
}

/// binary16, exactly: every half is a double. What a NaN carries besides its sign is dropped.
double half_to_double(std::uint16_t bits);
/// The nearest half, ties to even; nothing where that would be beyond 65504.
std::optional<std::uint16_t> double_to_half(double value);
/// The nearest float as a double has it; nothing where it would be beyond the largest.
std::optional<float> double_to_float(double value);

inline double read_half(ByteView two, ByteOrder order) {
    return half_to_double(static_cast<std::uint16_t>(read_unsigned(two, order)));
}
inline float read_float(ByteView four, ByteOrder order) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(read_unsigned(four, order)));
}
inline double read_double(ByteView eight, ByteOrder order) {
    return std::bit_cast<double>(read_unsigned(eight, order));
}

/// The fewest digits that mean this number and no other of its width: 0.1 in each of them. A whole number keeps a ".0",
/// so that it is not taken for an integer.
std::string half_text(double half);
std::string float_text(float value);
std::string double_text(double value);

}  // namespace sockdesk::codec
