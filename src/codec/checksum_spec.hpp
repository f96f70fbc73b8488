// How checksums and trailers are written: a name, and behind it options, `crc:width=16,poly=0x8005,le`. Private to this room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "codec/text_scan.hpp"

namespace sockdesk::codec::detail {

/// `key`, `key=` or `key=value`. Positions are those in the whole text.
struct SpecItem {
    std::string_view key;
    std::size_t position = 0;
    std::optional<std::string_view> value;
    std::size_t value_position = 0;
};

struct Spec {
    std::string_view name;
    std::size_t name_position = 0;
    std::optional<std::size_t> colon;  ///< behind the name
    bool is_bare = false;              ///< no name: it begins with `key=`
    std::vector<SpecItem> items;
};

/// Items are apart by commas or blanks. None is there twice.
Result<Spec> split_spec(std::string_view text);

/// Where the word that begins at `at` ends.
std::size_t end_of_word(std::string_view text, std::size_t at);

bool same_name(std::string_view a, std::string_view b);  ///< of either case; `_`, `/` and `-` are the same
bool begins_with_name(std::string_view text, std::string_view beginning);

/// For a message: in quotes, on one line, and not longer than a person reads.
std::string quoted(std::string_view text);

/// Decimal or `0x…`; `example` is one, for messages.
Result<std::uint64_t> unsigned_value(const SpecItem& item, std::string_view example);
/// The same with a sign, if it is negative.
Result<std::int64_t> signed_value(const SpecItem& item, std::string_view example);
/// Nothing, `1` and `true` are true.
Result<bool> flag_value(const SpecItem& item);

}  // namespace sockdesk::codec::detail
