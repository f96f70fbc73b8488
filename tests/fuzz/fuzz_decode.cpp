// Bytes -> text. The first byte picks the encoding, the second how the stream is cut.
#include <algorithm>
#include <cstdlib>

#include "codec/encoding.hpp"
#include "codec/escapes.hpp"

using namespace sockdesk;
using namespace sockdesk::codec;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

std::string decode_in_chunks(StreamDecoder& decoder, ByteView stream, std::size_t size) {
    std::string text;
    for (std::size_t i = 0; i < stream.size(); i += size) {
        decoder.decode(stream.subspan(i, std::min(size, stream.size() - i)), text);
    }
    decoder.finish(text);
    return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const auto names = all_encodings();
    const Encoding encoding = Encoding::find(names[data[0] % names.size()]).value();
    const ByteView stream(data + 2, size - 2);
    const std::size_t cut = 1 + data[1] % 31u;

    // The text does not depend on how the bytes came, and is UTF-8.
    const std::string text = decode_all(encoding, stream);
    StreamDecoder decoder(encoding);
    require(decode_in_chunks(decoder, stream, cut) == text);
    require(decode_in_chunks(decoder, stream, 1) == text);
    require(encode(Encoding::utf8(), text).has_value());
    require(decoder.pending_bytes() == 0);

    // No byte is lost.
    const auto read = encode_with_escapes(encoding, escape_payload(encoding, stream));
    require(read.has_value() && std::ranges::equal(*read, stream));

    // A decoder that steps in says from there on what the one from the start says.
    const std::size_t position = stream.size() * data[1] / 255;
    const std::size_t first = position / 2;
    if (const auto found = resync_offset(encoding, stream.subspan(first, position - first), first)) {
        require(*found <= position - first);
        std::string before, whole, fresh;
        decoder.decode(stream.first(position), before);
        decoder.decode(stream.subspan(position), whole);
        decoder.reset();
        decoder.decode(stream.subspan(first + *found, position - first - *found), before);
        decoder.decode(stream.subspan(position), fresh);
        require(whole == fresh);
    } else {
        require(first > 0);
    }

    // What can be encoded is read as the same.
    if (const auto encoded = encode(encoding, text)) require(decode_all(encoding, *encoded) == text);
    return 0;
}
