// Bytes written as hexadecimal digits, and read back from what people type and paste.
// Threads: free of state.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace sockdesk::codec {

/// Reads hex as people write it. Two digits, of either case, are a byte. Between bytes may stand
/// - blanks, tabs, line ends and commas, as many as there are;
/// - one `:` or `-` directly between two bytes (`00:1a:2b`, `48-65`: as Wireshark and Windows print them);
/// - and before a byte `0x`, `0X` or `\x` (`0x48,0x65`, `0x48656C`, `\x48\x65`).
///
/// Digits that touch are read in the order they stand: `0x4865` is 48 65. Each group must be even in number:
/// `4 8` and `486 5` are refused, since whether 04 08 or 48 was meant would be a guess. Empty or blank text
/// is no bytes. A failure is at the byte offset of the digit without a partner, or of the foreign character,
/// which the message names (whole, where it takes several bytes).
Result<Bytes> parse_hex(std::string_view text);

/// Uppercase, a space after every byte, the last included: "48 65 6C 6C 6F ".
std::string format_hex(ByteView bytes);
void append_hex(ByteView bytes, std::string& out);

/// Lowercase, nothing between: "48656c6c6f".
std::string format_hex_lower(ByteView bytes);
void append_hex_lower(ByteView bytes, std::string& out);

}  // namespace sockdesk::codec
