#include "codec/decoder.hpp"

#include <algorithm>
#include <stdexcept>

#include "codec/utf8.hpp"

namespace sockdesk::codec {

namespace detail {

namespace {

// Bytes given to ICU at once. One byte gives at most 19 UTF-16 units (the longest result of ICU's extension
// tables), so that a buffer of this size times 20 never overflows and every call's text belongs to exactly
// that call's bytes.
constexpr std::size_t piece_size = 512;
using UnitBuffer = std::array<char16_t, piece_size * 20>;

// As few bytes of a new chunk as surely complete any character held back.
constexpr std::size_t join_size = 64;

bool is_undecodable(UErrorCode status) {
    return status == U_INVALID_CHAR_FOUND || status == U_ILLEGAL_CHAR_FOUND ||
           status == U_TRUNCATED_CHAR_FOUND || status == U_ILLEGAL_ESCAPE_SEQUENCE ||
           status == U_UNSUPPORTED_ESCAPE_SEQUENCE;
}

/// The bytes at which the converter has just stopped.
class InvalidBytes {
public:
    explicit InvalidBytes(UConverter* converter) {
        auto length = static_cast<std::int8_t>(sizeof bytes_);
        UErrorCode status = U_ZERO_ERROR;
        ucnv_getInvalidChars(converter, bytes_, &length, &status);
        size_ = U_SUCCESS(status) ? static_cast<std::size_t>(length) : 0;
    }
    ByteView view() const { return as_bytes({bytes_, size_}); }

private:
    char bytes_[32];
    std::size_t size_;
};

Converter required_converter(Encoding encoding) {
    Converter converter = open_converter(encoding.info().converter.c_str());
    if (!converter) throw std::runtime_error("ICU cannot open its converter " + encoding.info().converter);
    return converter;
}

}  // namespace

void TextSink::text(std::string_view utf8) {
    if (style_ == Style::plain) {
        out_.append(utf8);
    } else {
        append_reversible_text(utf8, out_);
    }
}

void TextSink::undecodable(ByteView bytes) { append_byte_escapes(bytes, out_); }

Decoder::Decoder(Encoding encoding) : encoding_(encoding), traits_(&encoding.info().traits()) {}

void Decoder::decode(ByteView bytes, TextSink sink) {
    if (traits_->ascii && held_size_ == 0) {
        const std::size_t ascii = ascii_prefix(bytes.data(), bytes.size());
        sink.text(bytes.first(ascii));
        bytes = bytes.subspan(ascii);
    }
    if (bytes.empty()) return;
    switch (traits_->family) {
        case Family::utf8:
            return decode_utf8(bytes, sink);
        case Family::single_byte:
            return decode_single_bytes(bytes, sink);
        case Family::multibyte:
        case Family::utf16:
        case Family::utf32:
            return decode_multibyte(bytes, sink);
        case Family::stateful:
            return decode_stateful(bytes, false, sink);
    }
}

void Decoder::finish(TextSink sink) {
    if (traits_->family == Family::stateful) {
        if (converter_) decode_stateful({}, true, sink);
    } else {
        sink.undecodable({held_.data(), held_size_});
    }
    reset();
}

void Decoder::reset() {
    if (converter_) ucnv_resetToUnicode(converter_.get());
    held_size_ = 0;
    lead_ = 0;
}

std::size_t Decoder::pending_bytes() const {
    if (traits_->family != Family::stateful) return held_size_;
    if (!converter_) return 0;
    UErrorCode status = U_ZERO_ERROR;
    const std::int32_t count = ucnv_toUCountPending(converter_.get(), &status);
    const std::size_t half = lead_ != 0 ? 2 : 0;
    return half + (U_SUCCESS(status) && count > 0 ? static_cast<std::size_t>(count) : 0);
}

void Decoder::hold(ByteView bytes) {
    std::ranges::copy(bytes, held_.begin());
    held_size_ = bytes.size();
}

void Decoder::decode_utf8(ByteView bytes, TextSink sink) {
    const std::uint8_t* p = bytes.data();
    const std::uint8_t* const end = p + bytes.size();

    while (held_size_ > 0 && p < end) {
        held_[held_size_] = *p;
        const int length = utf8_sequence(held_.data(), held_.data() + held_size_ + 1);
        if (length == 0) {
            // The new byte does not continue what is held, and may begin something itself.
            sink.undecodable({held_.data(), held_size_});
            held_size_ = 0;
            break;
        }
        ++held_size_;
        ++p;
        if (length > 0) {
            sink.text(ByteView(held_.data(), held_size_));
            held_size_ = 0;
        }
    }

    const std::uint8_t* good = p;  // from here to p all is well-formed
    while (p < end) {
        if (*p < 0x80) {
            p += ascii_prefix(p, static_cast<std::size_t>(end - p));
            continue;
        }
        const int length = utf8_sequence(p, end);
        if (length > 0) {
            p += length;
            continue;
        }
        sink.text(ByteView(good, p));
        if (length < 0) return hold({p, end});
        sink.undecodable({p, 1});
        good = ++p;
    }
    sink.text(ByteView(good, p));
}

void Decoder::decode_single_bytes(ByteView bytes, TextSink sink) {
    std::array<char, 4096> buffer;
    char* to = buffer.data();
    const auto flush = [&] {
        sink.text(std::string_view(buffer.data(), to));
        to = buffer.data();
    };
    for (const std::uint8_t& byte : bytes) {
        const Traits::Text& text = traits_->bytes[byte];
        if (text.size == 0) {
            flush();
            sink.undecodable({&byte, 1});
            continue;
        }
        if (buffer.data() + buffer.size() - to < static_cast<std::ptrdiff_t>(sizeof text.utf8)) flush();
        std::memcpy(to, text.utf8, sizeof text.utf8);
        to += text.size;
    }
    flush();
}

// ICU is always given characters from their first byte on: what is held back is given again, with what
// follows, to a converter in its initial state. So the text cannot depend on how the bytes came in pieces.
void Decoder::decode_multibyte(ByteView bytes, TextSink sink) {
    if (held_size_ > 0) {
        std::array<std::uint8_t, 32 + join_size> joined;
        const std::size_t taken = std::min(bytes.size(), join_size);
        std::copy_n(held_.begin(), held_size_, joined.begin());
        std::ranges::copy(bytes.first(taken), joined.begin() + static_cast<std::ptrdiff_t>(held_size_));
        const ByteView piece(joined.data(), held_size_ + taken);
        const std::size_t left = convert_piece(piece, sink);
        held_size_ = 0;
        if (taken == bytes.size()) return hold(piece.last(left));
        bytes = bytes.subspan(taken - left);
    }
    while (!bytes.empty()) {
        if (traits_->ascii) {
            const std::size_t ascii = ascii_prefix(bytes.data(), bytes.size());
            sink.text(bytes.first(ascii));
            bytes = bytes.subspan(ascii);
        }
        const ByteView piece = bytes.first(std::min(bytes.size(), piece_size));
        const std::size_t left = convert_piece(piece, sink);
        if (piece.size() == bytes.size()) return hold(piece.last(left));
        bytes = bytes.subspan(piece.size() - left);
    }
}

/// Decodes `piece`, which begins with a character, and returns how many bytes at its end begin one but do not
/// end it.
std::size_t Decoder::convert_piece(ByteView piece, TextSink sink) {
    if (piece.empty()) return 0;
    if (!converter_) converter_ = required_converter(encoding_);
    UConverter* const converter = converter_.get();
    ucnv_resetToUnicode(converter);

    UnitBuffer units;
    const char* from = as_chars(piece).data();
    const char* const end = from + piece.size();
    while (true) {
        const char* const begin = from;
        char16_t* to = units.data();
        UErrorCode status = U_ZERO_ERROR;
        ucnv_toUnicode(converter, &to, units.data() + units.size(), &from, end, nullptr, false, &status);
        const auto consumed = static_cast<std::size_t>(from - begin);
        const ByteView source = as_bytes({begin, consumed});
        if (is_undecodable(status)) {
            const InvalidBytes invalid(converter);
            const std::size_t good = consumed - std::min(consumed, invalid.view().size());
            emit_converted(source.first(good), units.data(), to, sink);
            sink.undecodable(invalid.view());
            continue;
        }
        if (U_FAILURE(status)) throw std::runtime_error(std::string("ICU: ") + u_errorName(status));
        const std::int32_t pending = ucnv_toUCountPending(converter, &status);
        const std::size_t left = pending > 0 ? static_cast<std::size_t>(pending) : 0;
        emit_converted(source.first(consumed - left), units.data(), to, sink);
        return left;
    }
}

/// Writes the text in UTF-16 of the bytes `source`.
void Decoder::emit_converted(ByteView source, const char16_t* units, const char16_t* end, TextSink sink) {
    std::array<char, 2048> buffer;
    char* to = buffer.data();
    if (!traits_->private_use || traits_->c1_holes) {
        for (const char16_t* unit = units; unit < end;) {
            char32_t c = *unit++;
            if (U16_IS_LEAD(c) && unit < end) c = static_cast<char32_t>(U16_GET_SUPPLEMENTARY(c, *unit++));
            if (traits_->is_filler(c)) return emit_with_fillers(source, sink);
        }
    }
    while (units < end) {
        char32_t c = *units++;
        if (U16_IS_LEAD(c) && units < end) c = static_cast<char32_t>(U16_GET_SUPPLEMENTARY(c, *units++));
        to = write_utf8(traits_->after_reading(c), to);
        if (buffer.data() + buffer.size() - to < 4) {
            sink.text(std::string_view(buffer.data(), to));
            to = buffer.data();
        }
    }
    sink.text(std::string_view(buffer.data(), to));
}

/// The same for bytes of which some are unassigned, although ICU's table has something for each: one by one.
void Decoder::emit_with_fillers(ByteView source, TextSink sink) {
    if (!filler_probe_) filler_probe_ = required_converter(encoding_);
    ucnv_resetToUnicode(filler_probe_.get());
    const char* from = as_chars(source).data();
    const char* const end = from + source.size();
    while (true) {
        const char* const begin = from;
        UErrorCode status = U_ZERO_ERROR;
        const auto c = static_cast<char32_t>(ucnv_getNextUChar(filler_probe_.get(), &from, end, &status));
        if (U_FAILURE(status))
            return;  // the end: the bytes were decoded once already, none of them is ill-formed
        if (traits_->is_filler(c)) {
            sink.undecodable(as_bytes({begin, static_cast<std::size_t>(from - begin)}));
        } else {
            char text[4];
            sink.text(std::string_view(text, write_utf8(traits_->after_reading(c), text)));
        }
    }
}

// The converter keeps its state from call to call. Some of these encodings can spell half a surrogate pair,
// which no UTF-8 can: it is shown as `\uD83D`, or in CESU-8, where it has bytes of its own, by these.
void Decoder::decode_stateful(ByteView bytes, bool flush, TextSink sink) {
    if (!converter_) converter_ = required_converter(encoding_);
    const bool has_surrogate_bytes = ucnv_getType(converter_.get()) == UCNV_CESU8;
    const auto lone_surrogate = [&](char16_t unit) {
        char spelt[4];
        std::string escape;
        if (has_surrogate_bytes) {
            append_byte_escapes(as_bytes({spelt, write_utf8(unit, spelt)}), escape);
        } else {
            append_unicode_escape(unit, escape);
        }
        sink.escape(escape);
    };

    std::array<char16_t, 1024> units;
    const char* from = as_chars(bytes).data();
    const char* const end = from + bytes.size();
    while (true) {
        char16_t* to = units.data();
        UErrorCode status = U_ZERO_ERROR;
        ucnv_toUnicode(converter_.get(), &to, units.data() + units.size(), &from, end, nullptr,
                       static_cast<UBool>(flush), &status);
        for (const char16_t* unit = units.data(); unit < to; ++unit) {
            char text[4];
            if (lead_ != 0 && U16_IS_TRAIL(*unit)) {
                const auto c = static_cast<char32_t>(U16_GET_SUPPLEMENTARY(lead_, *unit));
                sink.text(std::string_view(text, write_utf8(c, text)));
                lead_ = 0;
                continue;
            }
            if (lead_ != 0) lone_surrogate(lead_);
            lead_ = 0;
            if (U16_IS_LEAD(*unit)) {
                lead_ = *unit;
            } else if (U16_IS_TRAIL(*unit)) {
                lone_surrogate(*unit);
            } else {
                sink.text(std::string_view(text, write_utf8(*unit, text)));
            }
        }
        const bool undecodable = is_undecodable(status);
        if (lead_ != 0 && (undecodable || flush)) {
            lone_surrogate(lead_);
            lead_ = 0;
        }
        if (undecodable) {
            sink.undecodable(InvalidBytes(converter_.get()).view());
        } else if (status != U_BUFFER_OVERFLOW_ERROR) {
            if (U_FAILURE(status)) throw std::runtime_error(std::string("ICU: ") + u_errorName(status));
            return;
        }
    }
}

}  // namespace detail

struct StreamDecoder::Impl {
    detail::Decoder decoder;
};

StreamDecoder::StreamDecoder(Encoding encoding) : impl_(new Impl{detail::Decoder(encoding)}) {}
StreamDecoder::~StreamDecoder() = default;
StreamDecoder::StreamDecoder(StreamDecoder&&) noexcept = default;
StreamDecoder& StreamDecoder::operator=(StreamDecoder&&) noexcept = default;

void StreamDecoder::decode(ByteView bytes, std::string& utf8_out) {
    impl_->decoder.decode(bytes, {utf8_out, detail::TextSink::Style::plain});
}

void StreamDecoder::finish(std::string& utf8_out) {
    impl_->decoder.finish({utf8_out, detail::TextSink::Style::plain});
}

void StreamDecoder::reset() { impl_->decoder.reset(); }

std::size_t StreamDecoder::pending_bytes() const { return impl_->decoder.pending_bytes(); }

Encoding StreamDecoder::encoding() const { return impl_->decoder.encoding(); }

std::string decode_all(Encoding encoding, ByteView bytes) {
    std::string text;
    detail::Decoder decoder(encoding);
    decoder.decode(bytes, {text, detail::TextSink::Style::plain});
    decoder.finish({text, detail::TextSink::Style::plain});
    return text;
}

}  // namespace sockdesk::codec
