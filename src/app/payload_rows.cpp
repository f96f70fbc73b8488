#include "app/payload_rows.hpp"

#include <algorithm>
#include <string_view>

#include "codec/escapes.hpp"
#include "codec/hex.hpp"

namespace sockdesk::app {

namespace {

bool is_hex_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); }

bool is_printable_ascii(std::uint8_t byte) { return byte >= 0x20 && byte < 0x7f; }

/// `decoded` is what a decoder gave for one single byte, so "\xHH" in it can only be an undecodable byte: a payload that holds
/// these four characters gives them one at a time.
void append_piece(std::string_view decoded, std::string& scratch, std::string& out) {
    while (decoded.size() >= 4 && decoded[0] == '\\' && decoded[1] == 'x' && is_hex_digit(decoded[2]) &&
           is_hex_digit(decoded[3])) {
        out.push_back('.');
        decoded.remove_prefix(4);
    }
    if (decoded.empty()) return;
    scratch.clear();
    codec::append_escaped_controls(decoded, scratch);
    if (scratch == decoded) {
        out.append(decoded);
    } else {
        out.push_back('.');
    }
}

void append_offset(std::size_t offset, std::string& out) {
    static constexpr char digits[] = "0123456789ABCDEF";
    for (int shift = 12; shift >= 0; shift -= 4) out.push_back(digits[offset >> shift & 0xF]);
    out.append("  ");
}

}  // namespace

void append_payload_rows(ByteView payload, codec::StreamDecoder& decoder, bool complete, std::string& out) {
    const bool ascii_compatible = decoder.encoding().ascii_compatible();
    std::string piece;
    std::string scratch;
    for (std::size_t begin = 0; begin < payload.size(); begin += bytes_per_row) {
        const ByteView row = payload.subspan(begin, std::min(bytes_per_row, payload.size() - begin));
        if (begin != 0) out.push_back('\n');
        append_offset(begin, out);
        codec::append_hex(row, out);
        out.append((bytes_per_row - row.size()) * 3 + 1, ' ');

        if (ascii_compatible && decoder.pending_bytes() == 0 && std::ranges::all_of(row, is_printable_ascii)) {
            out.append(as_chars(row));
            continue;
        }
        for (const std::uint8_t& byte : row) {
            piece.clear();
            decoder.decode(ByteView(&byte, 1), piece);
            append_piece(piece, scratch, out);
        }
    }
    if (!complete) return;
    piece.clear();
    decoder.finish(piece);
    if (!payload.empty()) out.append(piece.size() / 4, '.');  // what is held back comes out as \xHH, byte by byte
}

}  // namespace sockdesk::app
