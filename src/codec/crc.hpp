// Cyclic redundancy checks by the parameters of the Rocksoft model, which are known when the program runs: a byte at a time, by a
// table made once. Threads: immutable.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.hpp"

namespace sockdesk::codec {

/// The Rocksoft model. `initial`, `polynomial` and `final_xor` are written most significant bit first, without the top bit.
struct CrcParameters {
    static constexpr unsigned max_width_bits = 64;

    unsigned width_bits = 16;  ///< 1..64
    std::uint64_t polynomial = 0x1021;
    std::uint64_t initial = 0;
    bool reflect_input = false;
    bool reflect_output = false;
    std::uint64_t final_xor = 0;

    friend bool operator==(const CrcParameters&, const CrcParameters&) = default;
};

class Crc {
public:
    /// The width is one that there is, and the numbers fit in it.
    explicit Crc(const CrcParameters& parameters);

    const CrcParameters& parameters() const { return parameters_; }

    std::uint64_t of(ByteView bytes) const { return result(update(start(), bytes)); }

    /// The same in pieces.
    std::uint64_t start() const;
    std::uint64_t update(std::uint64_t state, ByteView bytes) const;
    std::uint64_t result(std::uint64_t state) const;

private:
    CrcParameters parameters_;
    std::array<std::uint64_t, 256> table_;
};

}  // namespace sockdesk::codec
