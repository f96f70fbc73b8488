// The machine under `encode`, kept where several texts are encoded in a row. Private to this room.
#pragma once

#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "codec/encoding.hpp"
#include "codec/icu.hpp"

namespace sockdesk::codec::detail {

class Encoder {
public:
    explicit Encoder(Encoding encoding) : encoding_(encoding), traits_(&encoding.info().traits()) {}

    /// Appends the bytes of `utf8_text` as a message of its own, from initial state to initial state.
    /// Failures are those of `codec::encode`; `out` is then as it was.
    Result<void> encode(std::string_view utf8_text, Bytes& out);

private:
    Result<void> convert(std::string_view utf8_text, Bytes& out);
    tl::unexpected<Error> refuse(std::size_t position, char32_t c) const;

    Encoding encoding_;
    const Traits* traits_;
    Converter converter_;  // opened when first needed
};

}  // namespace sockdesk::codec::detail
