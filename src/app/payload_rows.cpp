#include "app/payload_rows.hpp"

#include <algorithm>

#include "codec/escapes.hpp"
#include "codec/hex.hpp"

namespace sockdesk::app {

namespace {

void append_offset(std::size_t offset, std::string& out) {
    static constexpr char digits[] = "0123456789ABCDEF";
    for (int shift = 12; shift >= 0; shift -= 4) out.push_back(digits[offset >> shift & 0xF]);
    out.append("  ");
}

}  // namespace

void append_payload_rows(ByteView payload, codec::StreamDecoder& decoder, bool complete, std::string& out) {
    std::string text;
    for (std::size_t begin = 0; begin < payload.size(); begin += bytes_per_row) {
        const ByteView row = payload.subspan(begin, std::min(bytes_per_row, payload.size() - begin));
        const bool last = begin + row.size() == payload.size();
        append_offset(begin, out);
        codec::append_hex(row, out);
        out.append((bytes_per_row - row.size()) * 3 + 1, ' ');
        text.clear();
        decoder.decode(row, text);
        if (last && complete) decoder.finish(text);
        codec::append_escaped_controls(text, out);
        if (!last) out.push_back('\n');
    }
}

}  // namespace sockdesk::app
