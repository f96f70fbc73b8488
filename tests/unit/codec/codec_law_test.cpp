// The laws: nothing lost, nothing guessed, no matter which bytes and how they come in pieces.
#include <algorithm>
#include <set>

#include "codec/escapes.hpp"
#include "codec_test.hpp"

namespace sockdesk::codec {
namespace {

/// Every pair of bytes with this first one, a line's end after each.
Bytes all_pairs(unsigned first) {
    Bytes stream;
    for (unsigned second = 0; second < 256; ++second) {
        for (const unsigned byte : {first, second, 0x0Au}) stream.push_back(static_cast<std::uint8_t>(byte));
    }
    return stream;
}

std::vector<Bytes> hostile_streams(Encoding e, unsigned seed) {
    RandomStreams random(seed);
    std::vector<Bytes> streams;
    for (const std::size_t size : {1u, 7u, 64u, 600u, 3000u}) streams.push_back(random.garbage(size));
    for (const std::size_t size : {5u, 80u, 700u}) {
        streams.push_back(random.text(e, size, false));
        streams.push_back(random.text(e, size, true));
    }
    return streams;
}

void expect_reversible(Encoding e, ByteView stream) {
    const std::string escaped = escape_payload(e, stream);
    const auto read = encode_with_escapes(e, escaped);
    ASSERT_TRUE(read) << e.name() << ": " << read.error().message;
    ASSERT_EQ(*read, Bytes(stream.begin(), stream.end())) << e.name() << ": " << escaped;
    ASSERT_EQ(escaped.find_first_of("\r\n\t"), std::string::npos) << e.name();
}

TEST(CodecLaw, every_pair_of_bytes_can_be_written_back_in_every_common_encoding) {
    for (const std::string_view name : common_encodings()) {
        for (unsigned first = 0; first < 256; ++first) expect_reversible(encoding(name), all_pairs(first));
    }
}

TEST(CodecLaw, every_pair_of_bytes_reads_the_same_in_any_pieces) {
    for (const std::string_view name : common_encodings()) {
        StreamDecoder decoder(encoding(name));
        for (unsigned first = 0; first < 256; ++first) {
            const Bytes stream = all_pairs(first);
            const std::string text = decode_all(encoding(name), stream);
            ASSERT_EQ(decode_in_chunks(decoder, stream, 1), text) << name << " " << first;
            ASSERT_EQ(decode_in_chunks(decoder, stream, 2), text) << name << " " << first;
            ASSERT_EQ(decode_utf8_by_the_book(as_bytes(text)), text) << name;  // well-formed UTF-8
        }
    }
}

TEST(CodecLaw, any_stream_can_be_written_back_in_every_encoding_of_all) {
    unsigned seed = 1;
    for (const std::string_view name : all_encodings()) {
        for (const Bytes& stream : hostile_streams(encoding(name), seed++))
            expect_reversible(encoding(name), stream);
    }
}

TEST(CodecLaw, any_stream_reads_the_same_in_any_pieces_in_every_encoding_of_all) {
    unsigned seed = 1000;
    for (const std::string_view name : all_encodings()) {
        StreamDecoder decoder(encoding(name));
        for (const Bytes& stream : hostile_streams(encoding(name), seed++)) {
            const std::string text = decode_all(encoding(name), stream);
            ASSERT_EQ(decode_utf8_by_the_book(as_bytes(text)), text) << name;
            for (const std::size_t size : {1u, 2u, 3u, 5u, 100u}) {
                ASSERT_EQ(decode_in_chunks(decoder, stream, size), text) << name << " by " << size;
            }
        }
    }
}

// Shown text alone tells which bytes came, as long as none of them was a backslash.
TEST(CodecLaw, shown_text_without_backslashes_of_its_own_can_be_written_back) {
    for (const char* name :
         {"utf-8", "gbk", "gb18030", "euc-kr", "ascii", "iso-8859-1", "windows-1252", "utf-16le"}) {
        const Encoding e = encoding(name);
        unsigned seed = 5000;
        for (Bytes stream : hostile_streams(e, seed++)) {
            std::replace(stream.begin(), stream.end(), std::uint8_t{'\\'}, std::uint8_t{'/'});
            const auto read = encode_with_escapes(e, decode_all(e, stream));
            ASSERT_TRUE(read) << name << ": " << read.error().message;
            ASSERT_EQ(*read, stream) << name;
        }
    }
}

TEST(CodecLaw, what_is_encoded_is_read_as_the_same_text) {
    const std::set<std::string_view> exceptions{
        "imap-mailbox-name",  // has no `&` but as the beginning of a shift
    };
    for (const std::string_view name : all_encodings()) {
        const Encoding e = encoding(name);
        const bool common = std::ranges::count(common_encodings(), name) != 0;
        for (char32_t c = 0; c < 0x11000; c += common ? 3 : 37) {
            if (c >= 0xD800 && c < 0xE000) continue;
            const std::string text = RandomStreams::utf8(c);
            const auto encoded = encode(e, text);
            if (!encoded) {
                ASSERT_EQ(encoded.error().position, 0u);
                continue;
            }
            ASSERT_EQ(decode_all(e, *encoded), text) << name << " U+" << std::hex << static_cast<unsigned>(c);
        }
    }
}

TEST(CodecLaw, utf8_is_read_by_the_book) {
    const std::uint8_t edges[] = {0x00, 0x41, 0x5C, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1,
                                  0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF};
    Bytes stream;
    for (const auto a : edges) {
        for (const auto b : edges) {
            for (const auto c : edges) {
                stream.clear();
                for (const auto d : edges) stream.insert(stream.end(), {a, b, c, d, '\n'});
                const std::string text = decode_all({}, stream);
                ASSERT_EQ(text, decode_utf8_by_the_book(stream));
                StreamDecoder decoder;
                ASSERT_EQ(decode_in_chunks(decoder, stream, 1), text);
            }
        }
    }
}

}  // namespace
}  // namespace sockdesk::codec
