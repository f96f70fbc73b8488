// A payload as rows of 16 bytes, hex and text side by side:
//
//   0000  C4 E3 BA C3 2C 20 77 6F 72 6C 64 0A              你好, world\x0A
//
// The offset is that of the row's first byte in the payload. A character stands in the row of its last byte.
// Controls and undecodable bytes are `\xHH`, as they are wherever the log shows text.
#pragma once

#include <string>

#include "base/bytes.hpp"
#include "codec/encoding.hpp"

namespace sockdesk::app {

inline constexpr std::size_t bytes_per_row = 16;

/// Appends the rows, with a line end between them and none after the last; an empty payload has no rows.
/// `decoder` stands where the payload begins, and afterwards where it ends. `complete`: nothing follows, so
/// the decoder is finished.
void append_payload_rows(ByteView payload, codec::StreamDecoder& decoder, bool complete, std::string& out);

}  // namespace sockdesk::app
