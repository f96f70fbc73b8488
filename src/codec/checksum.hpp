// Checksums as devices and protocols use them, by name, and any CRC by its parameters. The names, parameters and check values of
// CRCs are those of the catalogue of parametrised CRC algorithms (Rocksoft model); Adler-32 is that of RFC 1950, CRC-32C that of RFC 3720.
// Threads: free of state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace sockdesk::codec {

/// The Rocksoft model. `initial`, `polynomial` and `final_xor` are written most significant bit first, without the top bit.
struct CrcParameters {
    unsigned width_bits = 16;  ///< 1..64
    std::uint64_t polynomial = 0x1021;
    std::uint64_t initial = 0;
    bool reflect_input = false;
    bool reflect_output = false;
    std::uint64_t final_xor = 0;

    friend bool operator==(const CrcParameters&, const CrcParameters&) = default;
};

/// An algorithm that everybody knows by name.
struct NamedChecksum {
    std::string_view name;   ///< as it is typed: "crc16-modbus", "sum", "xor", "lrc"
    std::string_view title;  ///< as it is printed: "CRC-16/MODBUS"
    std::size_t size_bytes;  ///< of its value, unless somebody wants another
    bool little_endian;      ///< how its value usually follows the bytes it covers, on the wire
};

class Checksum {
public:
    /// All that `parse` knows by name: sum, sum-negated, xor, lrc, crc8, crc8-maxim, crc16-modbus, crc16-arc, crc16-ccitt-false,
    /// crc16-xmodem, crc16-kermit, crc16-usb, crc32, crc32c, adler32.
    static std::span<const NamedChecksum> named();

    /// A name (of either case; `_`, `/` and `-` are the same), or `crc:width=16,poly=0x8005,init=0xFFFF,refin,refout,xorout=0`
    /// (`refin=0|1` too; what is left out is 0). Fails with the position in `text` of what is not understood.
    static Result<Checksum> parse(std::string_view text);

    /// What `parse` makes the same of.
    std::string to_string() const;
    /// 1..8: of `of`'s value. Sums and xor are as wide as `set_size_bytes` says, 1 to begin with: a sum is taken modulo its width, a
    /// xor of wider units goes over as many bytes at a time (the last ones padded with zeros).
    std::size_t size_bytes() const;
    /// For those that have no width of their own; false: this one has.
    bool set_size_bytes(std::size_t size);
    bool is_usually_little_endian() const;

    std::uint64_t of(ByteView bytes) const;

private:
    struct Algorithm;
    explicit Checksum(std::shared_ptr<const Algorithm> algorithm);
    std::shared_ptr<const Algorithm> algorithm_;
    std::size_t size_bytes_ = 1;
};

}  // namespace sockdesk::codec
