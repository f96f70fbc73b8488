// Backslash escapes: typed by a person to send what a keyboard has no key for, and shown in place of
// characters that must not reach a terminal or a line of the log.
// Threads: free of state.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/encoding.hpp"

namespace sockdesk::codec {

/// Text with escapes -> bytes.
/// - `\r` `\n` `\t` `\\` `\0`: the character, in the encoding (`\n` is 0A 00 in utf-16le). `\0` is NUL,
///   whatever follows: there are no octal escapes.
/// - `\uHHHH`: the character of that number, in the encoding; `\uD83D\uDE00` is one character, U+1F600.
/// - `\xHH`: that byte as it is, whatever the encoding.
///
/// Digits may be of either case. Refused, at the byte offset where it begins: anything else after a
/// backslash, an escape cut short, half of a surrogate pair, and what `encode` refuses.
Result<Bytes> encode_with_escapes(Encoding encoding, std::string_view text);

/// The inverse: text, readable as far as possible, which `encode_with_escapes` turns back into exactly these
/// bytes, in every encoding. A backslash is doubled, control and hidden characters are escaped, and what is
/// undecodable, or spelt in another way than `encode` would, is `\xHH`. One line. To send again, and
/// to copy.
std::string escape_payload(Encoding encoding, ByteView bytes);

/// What `escape_controls` leaves as it is.
enum class Keep {
    nothing,      ///< the result is one line, safe in a terminal and in a log
    line_breaks,  ///< `\n`, the `\r` of a `\r\n`, and `\t` stay, for a window that draws them
};

/// Makes decoded text safe to show. Backslashes stay single.
///
/// As `\xHH`: C0 controls and DEL, and bytes that are not UTF-8, should there be any.
/// As `\uHHHH`, since `\xHH` means a byte of the payload and theirs depend on the encoding:
/// - C1 controls (U+0080..U+009F), line and paragraph separators (U+2028, U+2029);
/// - what changes the direction of text (U+061C, U+200E, U+200F, U+202A..U+202E, U+2066..U+2069; the "Trojan
///   Source" of CVE-2021-42574);
/// - what nobody sees and somebody will hunt for: U+FEFF (a byte order mark), U+00AD, U+180E, U+200B,
///   U+2060..U+2065, U+206A..U+206F, U+FFF9..U+FFFB, and the tags U+E0000..U+E007F (as surrogate pairs).
///
/// Joiners (U+200C, U+200D) stay: Persian, Indic scripts and emoji are spelt with them.
std::string escape_controls(std::string_view utf8, Keep keep = Keep::nothing);
void append_escaped_controls(std::string_view utf8, std::string& out, Keep keep = Keep::nothing);

}  // namespace sockdesk::codec
