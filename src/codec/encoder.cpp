#include "codec/encoder.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <stdexcept>

#include "codec/escapes.hpp"
#include "codec/utf8.hpp"

namespace sockdesk::codec {

namespace detail {

namespace {

/// The length of the text that is well-formed UTF-8 from its start on.
std::size_t valid_prefix(std::string_view text) {
    const std::uint8_t* const begin = as_bytes(text).data();
    const std::uint8_t* const end = begin + text.size();
    const std::uint8_t* p = begin;
    while (p < end) {
        if (*p < 0x80) {
            p += ascii_prefix(p, static_cast<std::size_t>(end - p));
            continue;
        }
        const int length = utf8_sequence(p, end);
        if (length <= 0) break;
        p += length;
    }
    return static_cast<std::size_t>(p - begin);
}

/// The character that the converter has just refused.
char32_t refused_character(UConverter* converter) {
    UChar units[U16_MAX_LENGTH];
    auto length = static_cast<std::int8_t>(std::size(units));
    UErrorCode status = U_ZERO_ERROR;
    ucnv_getInvalidUChars(converter, units, &length, &status);
    if (U_FAILURE(status) || length <= 0) return 0xFFFD;
    return length == 2 ? static_cast<char32_t>(U16_GET_SUPPLEMENTARY(units[0], units[1])) : units[0];
}

}  // namespace

tl::unexpected<Error> Encoder::refuse(std::size_t position, char32_t c) const {
    std::string shown;
    append_utf8(c, shown);
    const bool is_gbk = encoding_.info().converter == "windows-936-2000";
    return fail_at(position,
                   fmt::format("U+{:04X} \"{}\" does not exist in {}; choose an encoding that has it, "
                               "such as {}",
                               static_cast<std::uint32_t>(c), escape_controls(shown), encoding_.name(),
                               is_gbk ? "gb18030 or utf-8" : "utf-8"));
}

Result<void> Encoder::encode(std::string_view utf8_text, Bytes& out) {
    const ByteView bytes = as_bytes(utf8_text);
    const bool same_bytes = traits_->ascii && ascii_prefix(bytes.data(), bytes.size()) == bytes.size();
    if (!same_bytes) {
        const std::size_t size_before = out.size();
        const std::size_t valid = valid_prefix(utf8_text);
        if (traits_->family != Family::utf8) {
            if (auto done = convert(utf8_text.substr(0, valid), out); !done) return done;
        }
        if (valid < bytes.size()) {
            out.resize(size_before);
            return fail_at(valid, fmt::format("byte {:02X} is not valid UTF-8 here", bytes[valid]));
        }
        if (traits_->family != Family::utf8) return {};
    }
    out.insert(out.end(), bytes.begin(), bytes.end());
    return {};
}

/// `utf8_text` is well-formed.
Result<void> Encoder::convert(std::string_view utf8_text, Bytes& out) {
    if (!converter_) converter_ = open_converter(encoding_.info().converter.c_str());
    if (!converter_) throw std::runtime_error("ICU cannot open its converter " + encoding_.info().converter);
    ucnv_resetFromUnicode(converter_.get());

    const std::size_t size_before = out.size();
    const auto refuse_here = [&](std::size_t position, char32_t c) {
        out.resize(size_before);
        return refuse(position, c);
    };

    const std::uint8_t* const text = as_bytes(utf8_text).data();
    std::array<char16_t, 1024> units;
    std::array<char, 4096> bytes;
    std::size_t at = 0;
    do {
        const std::size_t begin = at;
        char16_t* end = units.data();
        std::optional<char32_t> filler;
        while (at < utf8_text.size() && units.data() + units.size() - end >= U16_MAX_LENGTH) {
            const int length = utf8_sequence(text + at, text + utf8_text.size());
            char32_t c = utf8_code_point(text + at, length);
            if (traits_->is_filler(c)) {
                filler = c;  // to be refused once those before it have been taken
                break;
            }
            c = traits_->before_writing(c);
            if (c > 0xFFFF) *end++ = U16_LEAD(c);
            *end++ = c > 0xFFFF ? U16_TRAIL(c) : static_cast<char16_t>(c);
            at += static_cast<std::size_t>(length);
        }

        const char16_t* from = units.data();
        UErrorCode status;
        do {
            status = U_ZERO_ERROR;
            char* to = bytes.data();
            ucnv_fromUnicode(converter_.get(), &to, bytes.data() + bytes.size(), &from, end, nullptr,
                             static_cast<UBool>(at == utf8_text.size() || filler), &status);
            const ByteView written = as_bytes({bytes.data(), static_cast<std::size_t>(to - bytes.data())});
            out.insert(out.end(), written.begin(), written.end());
        } while (status == U_BUFFER_OVERFLOW_ERROR);

        if (U_FAILURE(status)) {
            // ICU may have read on before it refused (some tables match several characters at once), so look
            // back from where it stands.
            const char32_t c = refused_character(converter_.get());
            std::size_t read = begin;
            for (const char16_t* unit = units.data(); unit < from; ++unit) {
                if (!U16_IS_TRAIL(*unit)) {
                    read += static_cast<std::size_t>(utf8_sequence(text + read, text + utf8_text.size()));
                }
            }
            std::string character;
            append_utf8(c, character);
            const std::size_t position = utf8_text.substr(0, read).rfind(character);
            return refuse_here(position == std::string_view::npos ? begin : position, c);
        }
        if (filler) return refuse_here(at, *filler);
    } while (at < utf8_text.size());
    return {};
}

}  // namespace detail

Result<Bytes> encode(Encoding encoding, std::string_view utf8_text) {
    Bytes bytes;
    if (auto done = detail::Encoder(encoding).encode(utf8_text, bytes); !done) {
        return tl::unexpected(std::move(done.error()));
    }
    return bytes;
}

}  // namespace sockdesk::codec
