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
#include "codec/crc.hpp"

namespace sockdesk::codec {

namespace detail {
struct Spec;
}

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

    /// A name or a title (of either case; `_`, `/` and `-` are the same), or `crc:width=16,poly=0x8005,init=0xFFFF,refin,refout,xorout=0`:
    /// items apart by commas or blanks, in any order, `refin=0|1|false|true` too, `init`, `refin`, `refout` and `xorout` 0 if left out; with
    /// `check=0x4B37` the parameters are refused if that is not what they make of "123456789". So a line of the catalogue can be pasted
    /// as it is: `crc:` may be left out there, and its `residue` and `name` say nothing more. Fails with the position in `text` of what
    /// is not understood.
    static Result<Checksum> parse(std::string_view text);

    /// What `parse` makes the same of, but for `set_size_bytes`.
    std::string to_string() const;
    /// As a person knows it: "CRC-16/MODBUS", "CRC-24".
    std::string title() const;

    /// 1..8: of `of`'s value. Sums and xor are as wide as `set_size_bytes` says, 1 to begin with: a sum is taken modulo its width; a xor
    /// of wider units goes over as many bytes at a time, the first one the most significant (the last ones padded with zeros).
    std::size_t size_bytes() const;
    /// False, and nothing is changed: this one has a width of its own, or nothing is so wide.
    bool set_size_bytes(std::size_t size);
    bool has_own_size() const;
    bool is_usually_little_endian() const;

    std::uint64_t of(ByteView bytes) const;

private:
    friend class Trailer;
    struct Algorithm;
    struct Known;
    explicit Checksum(std::shared_ptr<const Algorithm> algorithm);
    /// `foreign_options`: what else may stand in the text, for messages.
    static Result<Checksum> from_spec(const detail::Spec& spec, std::string_view foreign_options);

    std::shared_ptr<const Algorithm> algorithm_;
    std::size_t size_bytes_ = 1;
};

}  // namespace sockdesk::codec
