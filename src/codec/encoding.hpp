// Text in the encodings of the world <-> bytes on the wire. ICU's tables and converters do the work, behind
// this header; UTF-8 and the single-byte encodings have paths of their own, as most traffic is one of them.
//
// The law of this file: nothing is lost and nothing is guessed. Every byte that goes into a decoder comes out
// in a character or as `\xHH`; every character that goes into an encoder comes out as its bytes or is
// refused.
//
// Sources: RFC 3629 (UTF-8), RFC 2781 (UTF-16), GB 18030-2005, the WHATWG Encoding Standard (what the labels
// gb2312 and euc-kr mean in practice), ICU 72's converter tables for the rest.
//
// Threads: everything here may be called from any thread; tables are built once and never change.
// A `StreamDecoder` belongs to one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace sockdesk::codec {

namespace detail {
struct EncodingInfo;
}

/// The name of an encoding: a pointer's worth, compared and copied as cheaply. UTF-8 unless told otherwise.
///
/// Where a name is wider in practice than its standard, the wider meaning is taken, for reading and writing,
/// as the WHATWG does; no character that the standard assigns changes by it:
/// - gb2312 is GBK (Windows code page 936); the strict one is called euc-cn.
/// - euc-kr is UHC (Windows code page 949); the strict one is called ibm-970.
/// - shift_jis is Windows-31J, big5 is Windows code page 950; Hong Kong's additions are in big5-hkscs.
///
/// ascii and iso-8859-1, though, are what they say: bytes from 80 up are not ASCII, and in ISO 8859-1 80..9F
/// are control characters. utf-16 and utf-32 do not tell their byte order: they are utf-16le and utf-32le, as
/// the WHATWG has it, whatever byte order mark comes (it is a character like others), and so is ucs-2.
/// BOCU-1, LMBCS and X11's compound text are missing: ICU's converters for them lose bytes.
class Encoding {
public:
    Encoding();

    /// Any name or alias that ICU knows, whatever its case, `-`, `_` and blanks (UTF8, cp936, latin1).
    /// Fails with `not_found` and a message that offers the nearest names.
    static Result<Encoding> find(std::string_view name);

    static Encoding utf8() { return Encoding(); }

    /// The short name to show and to save, lowercase; `find(name())` gives the same encoding. Lives for ever.
    std::string_view name() const;

    /// True where the bytes 00..7F are ASCII as long as no character is half read.
    bool ascii_compatible() const;

    /// By name: gb2312 and gbk differ, although they read and write the same.
    friend bool operator==(Encoding, Encoding) = default;

    /// For this room.
    const detail::EncodingInfo& info() const { return *info_; }

private:
    explicit Encoding(const detail::EncodingInfo* info) : info_(info) {}

    const detail::EncodingInfo* info_;
};

/// Names for a menu, most used first; `Encoding::find` knows each.
std::span<const std::string_view> common_encodings();

/// The name of every encoding there is, each once: `common_encodings` first, then what else ICU has. Some
/// 230; the first call takes a few milliseconds.
std::span<const std::string_view> all_encodings();

/// Turns the bytes of one stream into text, in whatever pieces they come: the texts of the pieces, joined,
/// are the text of the pieces joined. A character whose bytes have not all come yet is held back and appears,
/// whole, in the text of the piece that completes it.
///
/// What is undecodable comes out as `\xHH`, uppercase, every byte of it:
/// - Ill-formed input, up to the next byte that can begin a character: in GBK `C4 20` is `\xC4` and a blank.
///   Overlong UTF-8, surrogates in UTF-8, what is above U+10FFFF and lone surrogates in UTF-16 are
///   ill-formed.
/// - Well-formed sequences to which the encoding assigns no character: the whole sequence.
/// - In encodings older than Unicode, what ICU maps to private-use characters (areas of GBK, Big5, Shift_JIS
///   that each maker fills differently) and the holes of Windows code pages that it maps to C1 controls: only
///   the sender knows what was meant. The Unicode encodings and GB 18030 define these characters: they stay.
///
/// A backslash in the payload stays one backslash; `escape_payload` in escapes.hpp tells it from an escape.
/// A byte order mark is the character U+FEFF, at the start too; `escape_controls` makes it visible.
///
/// The exceptions to the law are the stateful encodings (ISO-2022, HZ, UTF-7, SCSU, ISCII, EBCDIC
/// with shifts): bytes that only switch tables give no text, and a lone surrogate, which UTF-7 and its like
/// can spell, is shown as `\uHHHH`.
class StreamDecoder {
public:
    explicit StreamDecoder(Encoding encoding = {});
    ~StreamDecoder();
    StreamDecoder(StreamDecoder&&) noexcept;
    StreamDecoder& operator=(StreamDecoder&&) noexcept;

    /// Appends the text of `bytes` to `utf8_out`. The text is always well-formed UTF-8.
    void decode(ByteView bytes, std::string& utf8_out);

    /// The stream has ended: appends what is held back, each byte as `\xHH`, and starts anew.
    void finish(std::string& utf8_out);

    /// Starts anew; what is held back is forgotten.
    void reset();

    /// How many bytes are held back, waiting for the rest of their character.
    std::size_t pending_bytes() const;

    Encoding encoding() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// The text of a complete message: `decode`, then `finish`.
std::string decode_all(Encoding encoding, ByteView bytes);

/// Where to begin in order to read the middle of a stream. `before` are the bytes of the stream that end
/// where the reader's interest begins; the first of them is at `stream_offset`, counted from the stream's
/// start.
///
/// The result is an offset r into `before` so that a fresh decoder fed `before[r..]` is in the state that a
/// decoder of the whole stream is in by then. So feed it that, drop the text, and what it says from there on
/// is what the other one says. `nullopt`: these bytes do not tell; come back with more of them. From the
/// stream's start on
/// (`stream_offset` 0) there is always an answer.
///
/// How far back one has to look: 3 bytes in UTF-8, 2 or 4 in UTF-16, none in single-byte encodings; in GBK,
/// GB 18030, Big5, Shift_JIS and EUC to a byte below 30 (a blank, a line's end, most ASCII punctuation); in
/// stateful encodings to the start.
std::optional<std::size_t> resync_offset(Encoding encoding, ByteView before, std::uint64_t stream_offset);

/// The bytes of `utf8_text`. No byte order mark is written unless it stands in the text; stateful encodings
/// end in their initial state. Refused, at the byte offset in the text: a character that the encoding does
/// not have (no look-alike and no `?` takes its place, nor are invisible ones dropped), and ill-formed UTF-8.
/// `decode_all` reads what is written so as the same text (but for ISCII, which spells some characters
/// alike).
Result<Bytes> encode(Encoding encoding, std::string_view utf8_text);

}  // namespace sockdesk::codec
