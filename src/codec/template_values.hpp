// Values that are written inside of an item: quoted texts, numbers, the values of `{{pack:…}}`. Private to this room.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/encoding.hpp"
#include "codec/struct_format.hpp"
#include "codec/text_scan.hpp"

namespace sockdesk::codec::detail {

/// A piece of the template's text. All positions in failures are in the whole text.
struct Slice {
    std::string_view text;
    std::size_t position = 0;

    Slice trimmed() const;
};

/// Behind the quote that ends what the one at `at` began; none where there is none. A backslash hides the character after it.
std::optional<std::size_t> end_of_quoted(std::string_view text, std::size_t at);

/// What is between the quotes, with the escapes of Python's bytes: \a \b \f \n \r \t \v \\ \' \" \ooo \xHH, and a line that goes on behind a
/// backslash; what Python warns about is refused. In double quotes it is text in the encoding, with \uHHHH; in single ones ASCII and bytes,
/// whatever the encoding.
Result<Bytes> quoted_bytes(Encoding encoding, Slice with_quotes);

/// `12`, `-3`, `0x1F`, `0o17`, `0b101`, `1_000`: as Python writes integers of 64 bits.
struct Integer {
    bool negative = false;
    std::uint64_t magnitude = 0;

    /// In two's complement.
    std::uint64_t bits() const { return negative ? 0 - magnitude : magnitude; }
};
Result<Integer> parse_integer(Slice slice);
/// One that is not negative and not above `most`.
Result<std::size_t> parse_count(Slice slice, std::size_t most);

/// A value of `{{pack:…}}`: an integer, `1.5`, `inf`, `True`, `"text"`, `'bytes'`, `b"bytes"`.
Result<StructValue> parse_struct_value(Encoding encoding, Slice slice);

/// The failure, its position counted from the beginning of the whole text.
tl::unexpected<Error> moved(Error error, std::size_t by);

}  // namespace sockdesk::codec::detail
