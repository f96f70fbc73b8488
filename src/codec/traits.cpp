// What can be known of an encoding by asking its converter, once.
#include <algorithm>
#include <stdexcept>

#include "codec/icu.hpp"
#include "codec/utf8.hpp"

namespace sockdesk::codec::detail {

namespace {

// ICU's own STOP callback skips default ignorable characters (zero width space, byte order mark, variation
// selectors) silently. This one touches nothing, so that the error stands and the conversion stops there.
void stop_at_character(const void*, UConverterFromUnicodeArgs*, const UChar*, std::int32_t, UChar32,
                       UConverterCallbackReason, UErrorCode*) {}

/// The text of one byte alone, as code points; empty if it has none.
std::u32string text_of(UConverter* converter, char byte) {
    UChar units[32] = {};
    UChar* to = units;
    const char* from = &byte;
    UErrorCode status = U_ZERO_ERROR;
    ucnv_resetToUnicode(converter);
    ucnv_toUnicode(converter, &to, std::end(units), &from, from + 1, nullptr, true, &status);
    std::u32string text;
    if (U_FAILURE(status)) return text;
    for (const UChar* unit = units; unit < to;) {
        char32_t c = *unit++;
        if (U16_IS_LEAD(c) && unit < to) c = static_cast<char32_t>(U16_GET_SUPPLEMENTARY(c, *unit++));
        text += c;
    }
    return text;
}

Family family_of(UConverterType type) {
    switch (type) {
        case UCNV_UTF8:
            return Family::utf8;
        case UCNV_SBCS:
        case UCNV_LATIN_1:
        case UCNV_US_ASCII:
            return Family::single_byte;
        case UCNV_DBCS:
        case UCNV_MBCS:
            return Family::multibyte;
        case UCNV_UTF16_BigEndian:
        case UCNV_UTF16_LittleEndian:
            return Family::utf16;
        case UCNV_UTF32_BigEndian:
        case UCNV_UTF32_LittleEndian:
            return Family::utf32;
        default:
            return Family::stateful;
    }
}

/// True for encodings that were made for Unicode and so have its private-use characters too. EBCDIC with
/// shifts, ISO-2022, HZ, LMBCS and compound text are switchers between older tables.
bool is_made_for_unicode(UConverterType type, const std::string& converter) {
    switch (type) {
        case UCNV_UTF8:
        case UCNV_UTF16_BigEndian:
        case UCNV_UTF16_LittleEndian:
        case UCNV_UTF32_BigEndian:
        case UCNV_UTF32_LittleEndian:
        case UCNV_UTF7:
        case UCNV_IMAP_MAILBOX:
        case UCNV_SCSU:
        case UCNV_BOCU1:
        case UCNV_CESU8:
            return true;
        default:
            return converter == "gb18030";
    }
}

std::unique_ptr<const Traits> find_traits(const std::string& name) {
    const Converter converter = open_converter(name.c_str());
    if (!converter) return nullptr;

    auto traits = std::make_unique<Traits>();
    const UConverterType type = ucnv_getType(converter.get());
    traits->family = family_of(type);
    // ICU counts GSM 03.38 among the single-byte tables, in spite of the pairs that its escape byte makes.
    if (traits->family == Family::single_byte && ucnv_getMaxCharSize(converter.get()) > 1) {
        traits->family = Family::multibyte;
    }
    traits->big_endian = type == UCNV_UTF16_BigEndian || type == UCNV_UTF32_BigEndian;
    traits->private_use = is_made_for_unicode(type, name);
    if (traits->family == Family::utf8) return traits;
    if (traits->family != Family::single_byte && traits->family != Family::multibyte) {
        traits->ascii = false;
        return traits;
    }

    std::array<std::u32string, 256> texts;
    for (unsigned byte = 0; byte < 256; ++byte)
        texts[byte] = text_of(converter.get(), static_cast<char>(byte));
    traits->rotated = texts[0x1A] == U"\x1C" && texts[0x1C] == U"\x7F" && texts[0x7F] == U"\x1A";
    if (traits->rotated) {
        for (const unsigned byte : {0x1Au, 0x1Cu, 0x7Fu}) texts[byte].assign(1, static_cast<char32_t>(byte));
    }

    int identical_c1 = 0;
    for (unsigned byte = 0; byte < 256; ++byte) {
        const bool identical = texts[byte] == std::u32string(1, static_cast<char32_t>(byte));
        if (byte < 0x80 && !identical) traits->ascii = false;
        if (byte >= 0x80 && byte < 0xA0 && identical) ++identical_c1;
    }
    // ISO 8859 has all 32 of the C1 controls. Where only some bytes of 80..9F give one, these bytes are
    // unassigned.
    traits->c1_holes = traits->ascii && identical_c1 > 0 && identical_c1 < 32;

    if (traits->family != Family::single_byte) return traits;
    for (unsigned byte = 0; byte < 256; ++byte) {
        if (std::ranges::any_of(texts[byte], [&](char32_t c) { return traits->is_filler(c); })) continue;
        std::string text;
        for (const char32_t c : texts[byte]) append_utf8(c, text);
        Traits::Text& entry = traits->bytes[byte];
        if (text.size() > sizeof entry.utf8) {
            traits->family = Family::multibyte;  // the path for anything, should a table ever need it
            return traits;
        }
        entry.size = static_cast<std::uint8_t>(text.size());
        std::ranges::copy(text, entry.utf8);
    }
    return traits;
}

}  // namespace

Converter open_converter(const char* name) {
    UErrorCode status = U_ZERO_ERROR;
    Converter converter(ucnv_open(name, &status));
    if (U_FAILURE(status)) return nullptr;
    ucnv_setFallback(converter.get(), false);
    ucnv_setToUCallBack(converter.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
    ucnv_setFromUCallBack(converter.get(), stop_at_character, nullptr, nullptr, nullptr, &status);
    if (U_FAILURE(status)) return nullptr;
    return converter;
}

bool EncodingInfo::available() const {
    std::call_once(once_, [this] { traits_ = find_traits(converter); });
    return traits_ != nullptr;
}

const Traits& EncodingInfo::traits() const {
    // `Encoding::find` gives out no encoding without data, and ICU has UTF-8 in its code.
    if (!available()) throw std::logic_error("no data for the encoding " + name);
    return *traits_;
}

}  // namespace sockdesk::codec::detail
