// What the parts of this room share about ICU's converters. Private to this room: no header for others
// includes it.
#pragma once

#include <unicode/ucnv.h>

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace sockdesk::codec::detail {

struct ConverterCloser {
    void operator()(UConverter* converter) const { ucnv_close(converter); }
};
using Converter = std::unique_ptr<UConverter, ConverterCloser>;

/// Opens ICU's converter of that name, set so that it stops at whatever it cannot convert, in either
/// direction, and never makes do with a look-alike. Null where ICU has no such converter or no data for it.
Converter open_converter(const char* name);

enum class Family {
    utf8,
    single_byte,  ///< a table of 256 texts
    multibyte,    ///< stateless, 1 to 4 bytes a character, table driven; gb18030 too
    utf16,
    utf32,
    stateful,  ///< what a byte means depends on all that came before
};

/// What one has to know of an encoding, found by asking its converter.
struct Traits {
    Family family = Family::utf8;
    bool ascii = true;        ///< 00..7F are ASCII
    bool big_endian = false;  ///< of utf16 and utf32
    bool private_use = true;  ///< private-use characters are the encoding's own, not a filler of ICU's table
    bool c1_holes = false;    ///< ICU fills some unassigned bytes with C1 controls
    bool rotated = false;     ///< ICU reads 1A as U+001C, 1C as U+007F and 7F as U+001A

    /// single_byte only: the text of each byte, empty where it has none.
    struct Text {
        std::uint8_t size;
        char utf8[7];
    };
    std::array<Text, 256> bytes{};

    /// True for what ICU's tables map although the encoding has no such character.
    bool is_filler(char32_t c) const {
        if (c1_holes && c >= 0x80 && c < 0xA0) return true;
        return !private_use && ((c >= 0xE000 && c <= 0xF8FF) || c >= 0xF0000);
    }

    // IBM's tables (Shift_JIS and the PC code pages among them) give three control bytes the meaning that
    // they had on its terminals. For everybody else, and for a log that shows bytes, a 1A is U+001A.

    /// What ICU read -> what it is.
    char32_t after_reading(char32_t c) const {
        if (!rotated) return c;
        return c == 0x1C ? 0x1A : c == 0x7F ? 0x1C : c == 0x1A ? 0x7F : c;
    }
    /// What it is -> what ICU is to write.
    char32_t before_writing(char32_t c) const {
        if (!rotated) return c;
        return c == 0x1A ? 0x1C : c == 0x1C ? 0x7F : c == 0x7F ? 0x1A : c;
    }
};

struct EncodingInfo {
    EncodingInfo(std::string shown_name, std::string converter_name)
        : name(std::move(shown_name)), converter(std::move(converter_name)) {}

    std::string name;       ///< as shown
    std::string converter;  ///< ICU's name

    /// False where ICU was installed without this converter's data.
    bool available() const;

    /// Found at the first call, then kept. Only if `available`.
    const Traits& traits() const;

private:
    mutable std::once_flag once_;
    mutable std::unique_ptr<const Traits> traits_;
};

}  // namespace sockdesk::codec::detail
