// Text in the encodings of the world <-> bytes on the wire. ICU's tables and converters do the work, behind this
// header; UTF-8 and the single-byte encodings have paths of their own, since most traffic is one of them.
//
// The law of this file: nothing is lost and nothing is guessed. Every byte that goes into a decoder comes out as a
// part of a character or as `\xHH`; every character that goes into an encoder comes out as its bytes or is refused.
//
// Sources: RFC 3629 (UTF-8), RFC 2781 (UTF-16), GB 18030-2005, the WHATWG Encoding Standard (what the labels gb2312
// and euc-kr mean in practice), ICU 72's converter tables for the rest.
//
// Threads: everything here may be called from any thread; tables are built once and never change. A `StreamDecoder`
// or `Encoder` belongs to one thread at a time.
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
/// Where a name is wider in practice than its standard, the wider meaning is taken, both ways, as the WHATWG does,
/// because no character that the standard assigns changes by it:
///   gb2312     is GBK (Windows code page 936); the strict one is `euc-cn`
///   euc-kr     is Windows code page 949 (UHC);  the strict one is `ibm-970`
///   shift_jis  is Windows-31J, big5 is Windows code page 950 (with the HKSCS additions: `big5-hkscs`)
/// `ascii` and `iso-8859-1` are exactly what they say, though: a byte from 80 upwards is not ASCII, and 80..9F are
/// control characters in ISO 8859-1.
/// `utf-16` and `utf-32`, which do not tell their byte order, are `utf-16le` and `utf-32le` (so the WHATWG; a byte
/// order mark is kept as a character, it decides nothing), and `ucs-2` is `utf-16le`.
class Encoding {
  public:
    Encoding();

    /// Any name or alias that ICU knows, without regard to case, `-`, `_` and blanks ("UTF8", "cp936", "latin1").
    /// Fails with `not_found` and a message that offers the nearest names.
    static Result<Encoding> find(std::string_view name);

    static Encoding utf8() { return Encoding(); }

    /// The short name to show and to save, lowercase: `find(name())` gives the same encoding back. Lives for ever.
    std::string_view name() const;

    /// True where bytes 00..7F stand for ASCII and for nothing else as long as no character is half read.
    bool ascii_compatible() const;

    /// By name: `gb2312` and `gbk` differ, although they read and write the same.
    friend bool operator==(Encoding, Encoding) = default;

    const detail::EncodingInfo& info() const { return *info_; }

  private:
    explicit Encoding(const detail::EncodingInfo* info) : info_(info) {}

    const detail::EncodingInfo* info_;
};

/// Names for a menu, most used first; `Encoding::find` knows each.
std::span<const std::string_view> common_encodings();

/// Turns the bytes of one stream into text, in whatever pieces they come: the pieces' texts joined are the text of
/// the pieces joined. A character whose bytes have not all come yet is held back and appears, whole, in the text of
/// the piece that completes it.
///
/// What is undecodable comes out as `\xHH`, uppercase, every byte of it:
///   - ill-formed input: the bytes that begin no character, up to the next byte that can begin one (in GBK `C4 20` is
///     `\xC4` and a blank; overlong UTF-8, surrogates in UTF-8 and anything above U+10FFFF are ill-formed; so is a
///     lone surrogate in UTF-16);
///   - well-formed sequences that the encoding assigns no character: the whole sequence;
///   - in encodings older than Unicode also what ICU maps to private-use characters (areas of GBK, Big5, Shift_JIS
///     that each maker fills differently) and the holes of Windows code pages that ICU maps to C1 controls: no one
///     but the sender knows what was meant. In UTF-8, UTF-16, UTF-32 and GB 18030, which define those characters,
///     they are kept.
/// A backslash in the payload stays a backslash; `escape_payload` (escapes.hpp) is the form that tells them apart.
/// A byte order mark is a character like others, U+FEFF, also at the start (`escape_controls` makes it visible).
/// Stateful encodings (ISO-2022, HZ, UTF-7, SCSU, BOCU-1, EBCDIC with shifts): the bytes that only switch tables
/// give no text. That is the one exception to the law above.
class StreamDecoder {
  public:
    explicit StreamDecoder(Encoding encoding = {});
    ~StreamDecoder();
    StreamDecoder(StreamDecoder&&) noexcept;
    StreamDecoder& operator=(StreamDecoder&&) noexcept;

    /// Appends the text of `bytes` to `utf8_out`. The text is always valid UTF-8.
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

/// Where to begin in order to read the middle of a stream. `before` are the bytes of the stream that end where the
/// reader's interest begins; the first of them is at `stream_offset` (bytes from the stream's start).
/// The result is an offset r into `before`, as late as can be told, at which a decoder of the whole stream holds
/// nothing back: a fresh decoder fed from r on gives the same text as that one does from r on. Feed it `before[r..]`,
/// drop that text, then feed it what is of interest.
/// `nullopt`: these bytes do not tell; come back with more of them, up to the stream's start, which always will do.
/// How far back one has to look: UTF-8 and UTF-16 a few bytes, single-byte encodings none; GBK, GB 18030, Big5,
/// Shift_JIS, EUC to a byte below 30 (a blank, a line's end, most punctuation); stateful ones to the start.
std::optional<std::size_t> resync_offset(Encoding encoding, ByteView before, std::uint64_t stream_offset);

/// Turns text into bytes, in whatever pieces it comes. No byte order mark is written unless it stands in the text.
/// Refused, with the byte offset in the piece where it stands: a character that the encoding does not have (no
/// look-alike and no `?` takes its place; nor are invisible characters dropped, as ICU's own callbacks do), and
/// ill-formed UTF-8. A piece must not end within a character. What `Encoder` writes, `StreamDecoder` reads as the same text.
class Encoder {
  public:
    explicit Encoder(Encoding encoding = {});
    ~Encoder();
    Encoder(Encoder&&) noexcept;
    Encoder& operator=(Encoder&&) noexcept;

    /// Appends to `out`; after a failure `out` is as it was before and the encoder has started anew.
    Result<void> encode(std::string_view utf8_text, Bytes& out);

    /// Ends the message: stateful encodings append the bytes that switch back. Nothing for the others.
    void finish(Bytes& out);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// The bytes of a complete message: `Encoder::encode`, then `finish`.
Result<Bytes> encode(Encoding encoding, std::string_view utf8_text);

}  // namespace sockdesk::codec
