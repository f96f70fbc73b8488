// Where a decoder can step into the middle of a stream.
#include <algorithm>

#include "codec/encoding.hpp"
#include "codec/icu.hpp"

namespace sockdesk::codec {

namespace {

using detail::Family;

// A byte that is no continuation byte begins something new, be it that it breaks a character off. Of a run of
// continuation bytes only the first three can belong to a character, so that the end of a run of four is a
// boundary.
std::optional<std::size_t> resync_utf8(ByteView before) {
    const std::size_t reach = std::min<std::size_t>(before.size(), 4);
    for (std::size_t back = 1; back <= reach; ++back) {
        const std::uint8_t byte = before[before.size() - back];
        if (byte < 0x80) return before.size() - back + 1;
        if ((byte & 0xC0) != 0x80) return before.size() - back;
    }
    if (reach == 4) return before.size();
    return std::nullopt;
}

// In all of ICU's multibyte tables that contain ASCII, the bytes below 30 stand for themselves alone: trail
// bytes begin at 40 (GBK, Big5, Shift_JIS), 41 (UHC) or A1 (EUC), and at 30 in the four-byte forms of GB
// 18030. After such a byte nothing is held back, be it that it broke a character off.
std::optional<std::size_t> resync_multibyte(ByteView before) {
    for (std::size_t i = before.size(); i > 0; --i) {
        if (before[i - 1] < 0x30) return i;
    }
    return std::nullopt;
}

// Code units begin at multiples of their size from the stream's start. After any but a lead surrogate all is
// decoded.
std::optional<std::size_t> resync_utf16(ByteView before, std::uint64_t stream_offset, bool big_endian) {
    const std::uint64_t stream_end = stream_offset + before.size();
    const auto misaligned = static_cast<std::size_t>(stream_end % 2);
    if (before.size() < misaligned) return std::nullopt;
    for (std::size_t i = before.size() - misaligned; i >= 2; i -= 2) {
        const std::uint8_t high_byte = before[big_endian ? i - 2 : i - 1];
        if (high_byte < 0xD8 || high_byte > 0xDB) return i;
    }
    return std::nullopt;
}

std::optional<std::size_t> resync_utf32(ByteView before, std::uint64_t stream_offset) {
    const std::uint64_t stream_end = stream_offset + before.size();
    const auto misaligned = static_cast<std::size_t>(stream_end % 4);
    if (before.size() < misaligned) return std::nullopt;
    return before.size() - misaligned;
}

std::optional<std::size_t> resync_within(Encoding encoding, ByteView before, std::uint64_t stream_offset) {
    const detail::Traits& traits = encoding.info().traits();
    switch (traits.family) {
        case Family::utf8:
            return resync_utf8(before);
        case Family::single_byte:
            return before.size();
        case Family::multibyte:
            return traits.ascii ? resync_multibyte(before) : std::nullopt;
        case Family::utf16:
            return resync_utf16(before, stream_offset, traits.big_endian);
        case Family::utf32:
            return resync_utf32(before, stream_offset);
        case Family::stateful:
            break;
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::size_t> resync_offset(Encoding encoding, ByteView before, std::uint64_t stream_offset) {
    const std::optional<std::size_t> found = resync_within(encoding, before, stream_offset);
    if (!found && stream_offset == 0) return 0;  // the stream's start
    return found;
}

}  // namespace sockdesk::codec
