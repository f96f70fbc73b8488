// What selected bytes may mean: integers, floats, time stamps, addresses, text. Free of state, but for the time zone and the
// language.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/byte_selection.hpp"
#include "base/bytes.hpp"
#include "codec/byte_numbers.hpp"
#include "codec/encoding.hpp"

namespace sockdesk::app {

enum class ValueGroup : std::uint8_t { integer, real, time, address, text };

/// One row: a way to read the bytes, in both byte orders where that makes a difference.
struct InspectedValue {
    ValueGroup group = ValueGroup::integer;
    std::string name;
    std::string little;  ///< or the only reading; empty where only the other order makes sense
    std::string big;
    bool has_orders = true;  ///< false: `little` is the reading, `big` is empty
    std::size_t width = 0;   ///< bytes read, from the first selected on
    bool certain = true;     ///< text: every byte is a character in this encoding

    /// text: what it was read in; the whole of it is `whole_text`.
    std::optional<codec::Encoding> encoding;

    friend bool operator==(const InspectedValue&, const InspectedValue&) = default;
};

/// Numbers are read from the first selected byte on, as wide as the selection allows. A single byte, which is rather a
/// place, allows every width that the payload has. Addresses take a selection of exactly their width. Time stamps appear where
/// they fall into the years 1970 to 2200. Text is that of the selection; encodings that say the same share a row,
/// and `preferred` is in the first.
std::vector<InspectedValue> inspect(ByteView payload, ByteRange selection, codec::Encoding preferred);

/// Text that is shown goes no further than so many bytes; `whole_text` does.
inline constexpr std::size_t max_inspected_text = 512;
std::string whole_text(codec::Encoding encoding, ByteView bytes);

/// The part of `inspect` that reads time stamps out of `bytes`, which go to the end of what may be read.
void append_times(ByteView bytes, std::vector<InspectedValue>& values);

}  // namespace sockdesk::app
