#include "codec/payload_text.hpp"

#include "codec/escapes.hpp"
#include "codec/hex.hpp"

namespace sockdesk::codec {

Result<Bytes> compile_payload(std::string_view text, const PayloadOptions& options) {
    if (options.mode == PayloadMode::hex) return parse_hex(text);
    if (options.escapes) return encode_with_escapes(options.encoding, text);
    return encode(options.encoding, text);
}

}  // namespace sockdesk::codec
