// Bytes -> text, with the cases that people meet.
#include "codec_test.hpp"

namespace sockdesk::codec {
namespace {

struct Case {
    const char* encoding;
    const char* hex;
    std::string text;
};

void expect_in_any_pieces(const Case& c) {
    const Bytes stream = bytes(c.hex);
    EXPECT_EQ(decode_all(encoding(c.encoding), stream), c.text) << c.encoding << " " << c.hex;
    StreamDecoder decoder(encoding(c.encoding));
    for (std::size_t size = 1; size <= stream.size(); ++size) {
        EXPECT_EQ(decode_in_chunks(decoder, stream, size), c.text)
            << c.encoding << " " << c.hex << " by " << size;
    }
}

// The expectations are those of Python's codecs where these decode (cp932, cp949 and cp950 for the Windows
// pages).
TEST(Decoder, reads_the_encodings_of_the_documents) {
    const Case cases[] = {
        {"utf-8", "e4 bd a0 e5 a5 bd", "你好"},
        {"gbk", "c4 e3 ba c3", "你好"},
        {"gb2312", "c4 e3 ba c3", "你好"},
        {"gb18030", "c4 e3 ba c3", "你好"},
        {"gbk", "48 69 20 c4 e3 ba c3 21 0d 0a", "Hi 你好!\r\n"},
        {"gbk", "cd f8 c2 e7 b5 f7 ca d4 d6 fa ca d6", "网络调试助手"},
        {"gbk", "80 e9 46", "€镕"},
        {"gb2312", "e9 46", "镕"},  // not in GB 2312, but in what is sent under its name
        {"gb18030", "81 30 81 30 95 32 82 36 a2 e3", "\u0080\U00020000€"},
        {"big5", "a7 41 a6 6e", "你好"},
        {"big5", "b3 5c a5 5c bb 5c", "許功蓋"},  // second bytes that are backslashes
        {"shift_jis", "82 b1 82 f1 82 c9 82 bf 82 cd ca df 95 5c", "こんにちはﾊﾟ表"},
        {"shift_jis", "81 60 81 5c 87 40 fa 40", "～―①ⅰ"},
        {"euc-jp", "a4 b3 a4 f3 8e b1 8f b0 a1", "こんｱ丂"},
        {"euc-kr", "be c8 b3 e7", "안녕"},
        {"euc-kr", "81 41", "갂"},  // UHC only
        {"utf-16le", "60 4f 7d 59 3d d8 00 de", "你好😀"},
        {"utf-16be", "4f 60 59 7d d8 3d de 00", "你好😀"},
        {"utf-32le", "60 4f 00 00 00 f6 01 00", "你😀"},
        {"iso-8859-1", "63 61 66 e9 85 ff", "café\u0085ÿ"},
        {"windows-1252", "80 93 68 69 94 e9", "€“hi”é"},
        {"windows-1251", "cf f0 e8 e2 e5 f2", "Привет"},
        {"koi8-r", "f0 d2 c9 d7 c5 d4", "Привет"},
        {"iso-2022-jp", "1b 24 42 24 33 24 73 1b 28 42 21", "こん!"},
        {"hz", "7e 7b 3c 3a 4b 79 7e 7d 41", "己所A"},
        {"ascii", "68 69 7f 00 1a 1c", std::string("hi\x7F\0\x1A\x1C", 6)},
        {"shift_jis", "7f 00 1a 1c", std::string("\x7F\0\x1A\x1C", 4)},
        {"gsm0338", "00 1b 65 41", "@€A"},
        {"ibm437", "1a 1c 7f 81", "\x1A\x1C\x7Fü"},
        {"", "", ""},
    };
    for (const Case& c : cases) {
        if (*c.encoding != '\0') expect_in_any_pieces(c);
    }
}

TEST(Decoder, shows_what_is_undecodable_byte_by_byte_and_reads_on_where_the_encoding_says) {
    const Case cases[] = {
        {"utf-8", "80 41 ff", "\\x80A\\xFF"},
        {"utf-8", "c0 80 c1 bf", "\\xC0\\x80\\xC1\\xBF"},                          // overlong
        {"utf-8", "e0 9f bf f0 8f bf bf", "\\xE0\\x9F\\xBF\\xF0\\x8F\\xBF\\xBF"},  // overlong
        {"utf-8", "ed a0 bd ed b8 80", "\\xED\\xA0\\xBD\\xED\\xB8\\x80"},          // CESU-8's surrogates
        {"utf-8", "f4 90 80 80 f5 80", "\\xF4\\x90\\x80\\x80\\xF5\\x80"},          // above U+10FFFF
        {"utf-8", "e4 bd e5 a5 bd", "\\xE4\\xBD好"},
        {"utf-8", "e4 bd 41",
         "\\xE4\\xBD"
         "A"},
        {"utf-8", "e4 bd", "\\xE4\\xBD"},
        {"utf-8", "f0 9f 98", "\\xF0\\x9F\\x98"},
        {"utf-8", "5c 78 46 46", "\\xFF"},  // the payload's own backslash
        {"gbk", "c4 20 c4 e3", "\\xC4 你"},
        {"gbk", "c4 0a", "\\xC4\n"},
        {"gbk", "c4 39",
         "\\xC4"
         "9"},
        {"gbk", "c4", "\\xC4"},
        {"gbk", "c4 ff 41",
         "\\xC4\\xFF"
         "A"},
        {"gbk", "aa a1 a1 40 fe 50", "\\xAA\\xA1\\xA1\\x40\\xFE\\x50"},  // user-defined areas
        {"gb18030", "aa a1", "\uE000"},                                  // which GB 18030 defines
        {"gb18030", "81 30 20",
         "\\x81"
         "0 "},
        {"gb18030", "81 30 81 20 81 30",
         "\\x81"
         "0\\x81 \\x81\\x30"},
        {"gb18030", "fe 39 fe 39", "\\xFE\\x39\\xFE\\x39"},  // well-formed, not assigned
        {"big5", "80 ff 41 f9 20",
         "\\x80\\xFF"
         "A\\xF9 "},
        {"shift_jis", "80 a0 fd 81 20 f0 40", "\\x80\\xA0\\xFD\\x81 \\xF0\\x40"},
        {"euc-jp", "80 a4 20 8f a1", "\\x80\\xA4 \\x8F\\xA1"},
        {"utf-16le", "3d d8 41 00",
         "\\x3D\\xD8"
         "A"},
        {"utf-16le", "00 de 41 00 42",
         "\\x00\\xDE"
         "A\\x42"},
        {"utf-16le", "3d d8 3d d8 00 de", "\\x3D\\xD8😀"},
        {"utf-16be", "d8 3d", "\\xD8\\x3D"},
        {"utf-32be", "00 11 00 00 00 00 d8 00 00 00 00 41 00",
         "\\x00\\x11\\x00\\x00\\x00\\x00\\xD8\\x00"
         "A\\x00"},
        {"ascii", "e9 41 80",
         "\\xE9"
         "A\\x80"},
        {"windows-1252", "81 8d 8f 90 9d", "\\x81\\x8D\\x8F\\x90\\x9D"},
        {"macintosh", "f0 41",
         "\\xF0"
         "A"},  // Apple's logo is Apple's alone
    };
    for (const Case& c : cases) expect_in_any_pieces(c);
}

TEST(Decoder, keeps_a_byte_order_mark_as_a_character) {
    expect_in_any_pieces({"utf-8", "ef bb bf 41 ef bb bf", "\uFEFFA\uFEFF"});
    expect_in_any_pieces({"utf-16le", "ff fe 41 00", "\uFEFFA"});
    expect_in_any_pieces({"utf-16be", "fe ff 00 41", "\uFEFFA"});
    expect_in_any_pieces({"utf-16", "ff fe 41 00", "\uFEFFA"});
    expect_in_any_pieces({"utf-16", "fe ff", "\uFFFE"});
    expect_in_any_pieces({"UnicodeLittle", "ff fe 41 00", "\uFEFFA"});
    expect_in_any_pieces({"utf-32le", "ff fe 00 00", "\uFEFF"});
    expect_in_any_pieces({"gb18030", "84 31 95 33", "\uFEFF"});
}

TEST(StreamDecoder, gives_a_split_character_whole_to_the_read_that_completes_it) {
    StreamDecoder decoder(encoding("gbk"));
    std::string text;
    decoder.decode(bytes("41 c4"), text);
    EXPECT_EQ(text, "A");
    EXPECT_EQ(decoder.pending_bytes(), 1u);
    text.clear();
    decoder.decode(bytes("e3 ba"), text);
    EXPECT_EQ(text, "你");
    EXPECT_EQ(decoder.pending_bytes(), 1u);
    text.clear();
    decoder.decode({}, text);
    EXPECT_EQ(text, "");
    EXPECT_EQ(decoder.pending_bytes(), 1u);
    decoder.decode(bytes("c3"), text);
    EXPECT_EQ(text, "好");
    EXPECT_EQ(decoder.pending_bytes(), 0u);
    text.clear();
    decoder.finish(text);
    EXPECT_EQ(text, "");
}

TEST(StreamDecoder, appends) {
    std::string text = "> ";
    StreamDecoder decoder;
    decoder.decode(as_bytes("abc"), text);
    decoder.decode(as_bytes("你"), text);
    EXPECT_EQ(text, "> abc你");
}

TEST(StreamDecoder, finish_gives_what_is_held_back_and_starts_anew) {
    for (const auto& [name, begun, escapes, whole, text_of_whole] :
         {std::tuple{"utf-8", "f0 9f 98", "\\xF0\\x9F\\x98", "e4 bd a0", "你"},
          std::tuple{"gbk", "c4", "\\xC4", "c4 e3", "你"},
          std::tuple{"gb18030", "81 30 81", "\\x81\\x30\\x81", "c4 e3", "你"},
          std::tuple{"euc-jp", "8f b0", "\\x8F\\xB0", "a4 b3", "こ"},
          std::tuple{"utf-16le", "3d d8 00", "\\x3D\\xD8\\x00", "60 4f", "你"},
          std::tuple{"utf-32le", "3d d8 00", "\\x3D\\xD8\\x00", "60 4f 00 00", "你"},
          std::tuple{"iso-2022-jp", "1b 24", "\\x1B\\x24", "41", "A"}}) {
        StreamDecoder decoder(encoding(name));
        std::string text;
        decoder.decode(bytes(begun), text);
        EXPECT_EQ(text, "") << name;
        EXPECT_EQ(decoder.pending_bytes(), bytes(begun).size()) << name;
        decoder.finish(text);
        EXPECT_EQ(text, escapes) << name;
        EXPECT_EQ(decoder.pending_bytes(), 0u) << name;
        text.clear();
        decoder.decode(bytes(whole), text);
        EXPECT_EQ(text, text_of_whole) << name;
    }
}

TEST(StreamDecoder, reset_forgets_what_is_held_back) {
    for (const auto& [name, begun] : {std::pair{"utf-8", "e4 bd"}, std::pair{"gbk", "c4"},
                                      std::pair{"utf-16be", "4f"}, std::pair{"iso-2022-jp", "1b 24 42 24"}}) {
        StreamDecoder decoder(encoding(name));
        std::string text;
        decoder.decode(bytes(begun), text);
        decoder.reset();
        EXPECT_EQ(decoder.pending_bytes(), 0u) << name;
        decoder.finish(text);
        EXPECT_EQ(text, "") << name;
        EXPECT_EQ(decode_in_chunks(decoder, *encode(encoding(name), "ab"), 8), "ab") << name;
    }
}

TEST(StreamDecoder, moves_with_what_it_holds) {
    StreamDecoder first(encoding("gbk"));
    std::string text;
    first.decode(bytes("c4"), text);
    StreamDecoder second = std::move(first);
    second.decode(bytes("e3"), text);
    EXPECT_EQ(text, "你");
    EXPECT_EQ(second.encoding(), encoding("gbk"));
    second = StreamDecoder(encoding("big5"));
    second.decode(bytes("a7 41"), text);
    EXPECT_EQ(text, "你你");
}

TEST(Decoder, handles_runs_longer_than_any_buffer) {
    for (const char* name : {"utf-8", "gbk", "gb18030", "big5-hkscs", "shift_jis", "euc-jp", "utf-16le",
                             "windows-1251", "iso-2022-jp", "utf-7"}) {
        const Encoding e = encoding(name);
        const std::string unit = name == std::string("windows-1251") ? "Привет, мир. " : "Hello 中文 ";
        std::string text;
        while (text.size() < 100000) text += unit;
        const Bytes stream = encode(e, text).value();
        EXPECT_EQ(decode_all(e, stream), text) << name;
        StreamDecoder decoder(e);
        for (const std::size_t size : {1u, 511u, 512u, 513u, 4096u, 65537u}) {
            EXPECT_EQ(decode_in_chunks(decoder, stream, size), text) << name << " by " << size;
        }
    }
}

}  // namespace
}  // namespace sockdesk::codec
