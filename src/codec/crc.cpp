#include "codec/crc.hpp"

namespace sockdesk::codec {

namespace {

/// The low `width` bits in the opposite order.
constexpr std::uint64_t reflect(std::uint64_t value, unsigned width) {
    std::uint64_t reflected = 0;
    for (unsigned i = 0; i < width; ++i, value >>= 1) reflected = reflected << 1 | (value & 1);
    return reflected;
}

constexpr unsigned spare_bits(const CrcParameters& parameters) {
    return CrcParameters::max_width_bits - parameters.width_bits;
}

}  // namespace

// The register stands where its next bit leaves the word: reflected at the low end, otherwise at the high one. So every width, even one
// below a byte, is worked on in the same way.
Crc::Crc(const CrcParameters& parameters) : parameters_(parameters) {
    const std::uint64_t polynomial = parameters.reflect_input
                                         ? reflect(parameters.polynomial, parameters.width_bits)
                                         : parameters.polynomial << spare_bits(parameters);
    for (std::uint64_t byte = 0; byte < table_.size(); ++byte) {
        std::uint64_t state = parameters.reflect_input ? byte : byte << 56;
        for (int bit = 0; bit < 8; ++bit) {
            if (parameters.reflect_input) {
                state = (state & 1) != 0 ? state >> 1 ^ polynomial : state >> 1;
            } else {
                state = state >> 63 != 0 ? state << 1 ^ polynomial : state << 1;
            }
        }
        table_[byte] = state;
    }
}

std::uint64_t Crc::start() const {
    return parameters_.reflect_input ? reflect(parameters_.initial, parameters_.width_bits)
                                     : parameters_.initial << spare_bits(parameters_);
}

std::uint64_t Crc::update(std::uint64_t state, ByteView bytes) const {
    if (parameters_.reflect_input) {
        for (const std::uint8_t byte : bytes) state = table_[(state ^ byte) & 0xFF] ^ state >> 8;
    } else {
        for (const std::uint8_t byte : bytes) state = table_[state >> 56 ^ byte] ^ state << 8;
    }
    return state;
}

std::uint64_t Crc::result(std::uint64_t state) const {
    const std::uint64_t value = parameters_.reflect_input ? state : state >> spare_bits(parameters_);
    const bool turn = parameters_.reflect_input != parameters_.reflect_output;
    return (turn ? reflect(value, parameters_.width_bits) : value) ^ parameters_.final_xor;
}

}  // namespace sockdesk::codec
