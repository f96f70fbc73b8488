// What the tests of this room share.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <ostream>
#include <random>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "codec/encoding.hpp"

namespace sockdesk {

inline void PrintTo(const Error& error, std::ostream* out) {
    *out << "\"" << error.message << "\" at " << static_cast<std::ptrdiff_t>(error.position);
}

namespace codec {

inline void PrintTo(const Encoding& encoding, std::ostream* out) { *out << encoding.name(); }

inline Encoding encoding(std::string_view name) { return Encoding::find(name).value(); }

/// "c4 e3" -> two bytes. Not the parser under test.
inline Bytes bytes(std::string_view hex) {
    Bytes result;
    unsigned value = 0;
    int digits = 0;
    for (const char c : hex) {
        if (c == ' ') continue;
        value = value * 16 + static_cast<unsigned>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
        if (++digits % 2 == 0) {
            result.push_back(static_cast<std::uint8_t>(value));
            value = 0;
        }
    }
    return result;
}

inline Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

/// Decodes in chunks of `size` bytes.
inline std::string decode_in_chunks(StreamDecoder& decoder, ByteView stream, std::size_t size) {
    std::string text;
    for (std::size_t i = 0; i < stream.size(); i += size) {
        decoder.decode(stream.subspan(i, std::min(size, stream.size() - i)), text);
    }
    decoder.finish(text);
    return text;
}

/// Streams that resemble traffic and streams that resemble nothing, the same at every run.
class RandomStreams {
public:
    explicit RandomStreams(unsigned seed) : random_(seed) {}

    std::size_t below(std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
    }

    Bytes garbage(std::size_t size) {
        Bytes stream(size);
        for (auto& byte : stream) byte = static_cast<std::uint8_t>(below(256));
        return stream;
    }

    /// Text that `encoding` has, with damage here and there if `damaged`.
    Bytes text(Encoding encoding, std::size_t characters, bool damaged) {
        static constexpr std::u32string_view pool =
            U"abc XYZ 019 "
            U"\r\n\t\\~{}你好网络调试助手中文字符ひらカタ한글ÀéüñЖщя€、。「」，！\U0001F600\U00020000";
        Bytes stream;
        for (std::size_t i = 0; i < characters; ++i) {
            const char32_t c = pool[below(pool.size())];
            if (const auto encoded = codec::encode(encoding, utf8(c))) {
                stream.insert(stream.end(), encoded->begin(), encoded->end());
            }
            if (damaged && below(8) == 0) stream.push_back(static_cast<std::uint8_t>(below(256)));
            if (damaged && below(16) == 0 && !stream.empty()) stream.pop_back();
        }
        return stream;
    }

    static std::string utf8(char32_t c) {
        std::string text;
        const auto put = [&](char32_t value) {
            text += static_cast<char>(static_cast<unsigned char>(value));
        };
        if (c < 0x80) {
            put(c);
        } else if (c < 0x800) {
            put(0xC0 | (c >> 6));
            put(0x80 | (c & 0x3F));
        } else if (c < 0x10000) {
            put(0xE0 | (c >> 12));
            put(0x80 | ((c >> 6) & 0x3F));
            put(0x80 | (c & 0x3F));
        } else {
            put(0xF0 | (c >> 18));
            put(0x80 | ((c >> 12) & 0x3F));
            put(0x80 | ((c >> 6) & 0x3F));
            put(0x80 | (c & 0x3F));
        }
        return text;
    }

private:
    std::mt19937 random_;
};

/// Independent of the code under test: what RFC 3629 and `\xHH` make of any bytes.
inline std::string decode_utf8_by_the_book(ByteView stream) {
    std::string text;
    std::size_t i = 0;
    while (i < stream.size()) {
        std::size_t taken = 0;
        for (std::size_t length = 1; length <= 4 && taken == 0 && i + length <= stream.size(); ++length) {
            char32_t c = stream[i];
            if (length > 1) c = stream[i] & (0x7Fu >> length);
            for (std::size_t k = 1; k < length; ++k) c = (c << 6) | (stream[i + k] & 0x3Fu);
            const bool scalar = c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
            const std::string canonical = scalar ? RandomStreams::utf8(c) : "";
            if (canonical.size() == length && canonical == as_chars(stream.subspan(i, length)))
                taken = length;
        }
        if (taken > 0) {
            text += as_chars(stream.subspan(i, taken));
            i += taken;
        } else {
            char escape[8];
            std::snprintf(escape, sizeof escape, "\\x%02X", stream[i]);
            text += escape;
            ++i;
        }
    }
    return text;
}

}  // namespace codec
}  // namespace sockdesk
