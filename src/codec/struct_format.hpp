// Records of fixed layout, described in the language of Python's `struct` module (its documentation, "Format
// Strings"), which is what the people who write the other end paste: `!H8sb`.
//
// Native (`@`, `=`, or no order given) means what it means to CPython on x86-64 Linux, on whatever machine this runs:
// little-endian, a long of eight bytes, alignment of each number to its size in `@`.
// Threads: free of state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/byte_numbers.hpp"
#include "codec/encoding.hpp"

namespace sockdesk::codec {

/// `?` is a bool; `b h i l q n` are int64; `B H I L Q N P` are uint64; `e f d` are double; `c s p` are bytes.
using StructValue = std::variant<bool, std::int64_t, std::uint64_t, double, Bytes>;

/// A value found in a record.
struct StructField {
    char code = 0;                    ///< 'H'
    std::size_t format_position = 0;  ///< of the code (its count, if it has one) in the format's text
    std::size_t begin = 0;            ///< its bytes in the record: `[begin, begin + size)`
    std::size_t size = 0;
    StructValue value;
};

struct StructReading {
    std::vector<StructField> fields;  ///< those that lie wholly in the record, in the order of the format
    /// How many bytes the record is too short by. 0: every field is there, and those from `rest` on are beyond the format.
    std::size_t missing = 0;
    std::size_t rest = 0;  ///< the offset at which the format, or what there is of it, ends
};

class StructFormat {
public:
    /// Records are no larger, so that a count cannot ask for memory that nobody has.
    static constexpr std::size_t max_size = std::size_t{16} << 20;

    /// Fails with the position in `text` of what is not understood: a code that there is not (or not in this byte order),
    /// a count without a code, a record beyond `max_size` (`too_large`).
    static Result<StructFormat> parse(std::string_view text);

    /// `struct.calcsize`.
    std::size_t size() const { return size_; }
    /// How many values `pack` takes.
    std::size_t value_count() const { return value_count_; }

    /// `struct.unpack`, but for a record that is longer or shorter, too.
    StructReading unpack(ByteView record) const;

    /// `struct.pack`. Refused as there: another number of values, a number out of its code's range, a value of another kind.
    /// Integers go into `e f d`, anything into `?`. An `s` or `p` cuts bytes that are too long and pads short ones with
    /// zeros. The position of a failure is that of the code in the format's text; `refused`, if given, is told the index of the value.
    Result<Bytes> pack(std::span<const StructValue> values, std::size_t* refused = nullptr) const;

private:
    /// `count` values of one code, one after the other; for `s`, `p` and `x` it is the size in bytes.
    struct Run {
        char code = 0;
        std::size_t count = 0;
        std::size_t item_size = 1;
        std::size_t begin = 0;
        std::size_t format_position = 0;
        std::size_t values() const;
    };

    std::vector<Run> runs_;
    std::size_t size_ = 0;
    std::size_t value_count_ = 0;
    ByteOrder order_ = ByteOrder::little;
};

/// A value for a person: numbers in decimal, floats with as many digits as their code is wide, bytes as text in quotes, as the
/// log shows it (see `escape_controls`), `True` and `False`.
std::string struct_value_text(const StructField& field, Encoding encoding = {});

}  // namespace sockdesk::codec
