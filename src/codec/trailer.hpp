// Bytes appended to a payload (附加位): a checksum of it, or fixed ones; and the same trailer verified on what arrives.
// Threads: free of state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/byte_numbers.hpp"
#include "codec/checksum.hpp"

namespace sockdesk::codec {

class Trailer {
public:
    /// More fixed bytes than anybody needs, so that a text that comes from somewhere cannot ask for a payload without end.
    static constexpr std::size_t max_fixed_size = 1024;

    /// `NAME` or `crc:…` as `Checksum::parse` takes them, or `fixed=0D0A` (hex as `parse_hex`; `fixed` alone is 0D); behind a checksum, in
    /// any order: `,le` `,be` (byte order; the algorithm's usual one if left out), `,bytes=2` (width, of those that have none of
    /// their own), `,from=1` `,to=-1` (the range covered: offsets in the payload, negative ones from its end; all of it if left out).
    /// Fails with the position in `text`.
    static Result<Trailer> parse(std::string_view text);
    /// What `parse` makes the same of; the shortest such text.
    std::string to_string() const;

    std::size_t size() const;

    /// Behind `payload`. A range that does not lie in it covers what there is of it.
    void append_to(Bytes& payload) const;

    enum class Check : std::uint8_t { matches, differs, too_short };
    /// Of a payload that ends with this trailer.
    Check check(ByteView received) const;
    /// What `received` should end with, from the bytes before its last `size()`. Empty when it is too short.
    Bytes expected(ByteView received) const;

private:
    struct Sum {
        Checksum checksum;
        ByteOrder order;
        std::int64_t from = 0;
        std::int64_t to = 0;  ///< 0: the end

        ByteOrder usual_order() const;
        /// `out` has room for `checksum.size_bytes()`.
        void write(ByteView payload, std::uint8_t* out) const;
    };
    explicit Trailer(std::variant<Bytes, Sum> what);
    static Result<Trailer> parse_fixed(std::string_view text, std::size_t after_name);
    std::variant<Bytes, Sum> what_;
};

}  // namespace sockdesk::codec
