// What a person wrote into a send box, or after `--send`, as the bytes to send. One function, so that the
// window, the terminal and the tests mean the same.
// Threads: free of state.
#pragma once

#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/encoding.hpp"

namespace sockdesk::codec {

enum class PayloadMode { text, hex };

/// How a payload is written. `encoding` and `escapes` concern text alone.
struct PayloadOptions {
    PayloadMode mode = PayloadMode::text;
    Encoding encoding;
    bool escapes = false;

    friend bool operator==(const PayloadOptions&, const PayloadOptions&) = default;
};

/// The bytes that `text` stands for. Fails as `parse_hex`, `encode` and `encode_with_escapes` do: the error's
/// `position` is a byte offset in `text`, for the box to mark.
Result<Bytes> compile_payload(std::string_view text, const PayloadOptions& options);

}  // namespace sockdesk::codec
