// Stepping into the middle of a stream.
#include "codec_test.hpp"

namespace sockdesk::codec {
namespace {

TEST(Resync, finds_the_nearest_boundary_that_is_certain) {
    struct Case {
        const char* encoding;
        const char* before;
        std::uint64_t stream_offset;
        std::optional<std::size_t> expected;
    };
    const Case cases[] = {
        {"utf-8", "41 42", 9, 2},
        {"utf-8", "41 e4 bd", 9, 1},
        {"utf-8", "41 f0 9f 98 80", 9, 1},
        {"utf-8", "9f 98 80", 9, std::nullopt},
        {"utf-8", "9f 98 80", 0, 0},
        {"utf-8", "80 9f 98 80", 9, 4},
        {"utf-8", "", 9, std::nullopt},
        {"utf-8", "", 0, 0},
        {"gbk", "c4 0a c4 e3 ba", 9, 2},
        {"gbk", "c4 41 c4 e3 ba", 9, std::nullopt},
        {"gb18030", "20 81 30 81", 9, 1},
        {"gb18030", "81 30 81 30", 9, std::nullopt},
        {"shift_jis", "95 5c", 9, std::nullopt},
        {"iso-8859-1", "ff ff", 9, 2},
        {"utf-16le", "41 00 42 00", 8, 4},
        {"utf-16le", "41 00 42 00", 9, 3},
        {"utf-16le", "41 00 3d d8", 8, 2},
        {"utf-16le", "41 00 ff d7", 8, 4},
        {"utf-16le", "41 00 00 dc", 8, 4},
        {"utf-16be", "00 41 d8 3d", 8, 2},
        {"utf-16le", "3d d8 3d d8", 8, std::nullopt},
        {"utf-16le", "3d d8 3d d8", 0, 0},
        {"utf-16le", "41", 8, std::nullopt},
        {"utf-32le", "41 00 00 00 42", 8, 4},
        {"utf-32le", "41 00 00 00 42", 7, 5},
        {"utf-32le", "41", 9, std::nullopt},
        {"iso-2022-jp", "41 42", 9, std::nullopt},
        {"iso-2022-jp", "41 42", 0, 0},
        {"gsm0338", "1b 20", 9, std::nullopt},
    };
    for (const Case& c : cases) {
        ASSERT_EQ(resync_offset(encoding(c.encoding), bytes(c.before), c.stream_offset), c.expected)
            << c.encoding << " " << c.before << " at " << c.stream_offset;
    }
}

void expect_resync_is_right(Encoding e, ByteView stream, RandomStreams& random) {
    // What the decoder of the whole stream says from each byte on.
    const std::string whole = decode_all(e, stream);
    StreamDecoder decoder(e);
    std::string text;
    std::vector<std::size_t> text_size_at{0};
    for (std::size_t i = 0; i < stream.size(); ++i) {
        decoder.decode(stream.subspan(i, 1), text);
        text_size_at.push_back(text.size());
    }

    for (int round = 0; round < 40; ++round) {
        const std::size_t position = random.below(stream.size() + 1);
        const std::size_t first = position - random.below(std::min<std::size_t>(position, 50) + 1);
        const auto found = resync_offset(e, stream.subspan(first, position - first), first);
        if (!found) {
            ASSERT_NE(first, 0u);
            continue;
        }
        ASSERT_LE(*found, position - first);
        const std::size_t start = first + *found;
        StreamDecoder fresh(e);
        std::string dropped, rest;
        fresh.decode(stream.subspan(start, position - start), dropped);
        fresh.decode(stream.subspan(position), rest);
        fresh.finish(rest);
        ASSERT_EQ(rest, whole.substr(text_size_at[position])) << e.name();
    }
}

TEST(Resync, gives_the_text_of_the_whole_stream_in_every_encoding_of_all) {
    RandomStreams random(42);
    for (const std::string_view name : all_encodings()) {
        const Encoding e = encoding(name);
        for (const std::size_t size : {3u, 40u, 300u}) {
            expect_resync_is_right(e, random.garbage(size), random);
            expect_resync_is_right(e, random.text(e, size, false), random);
            expect_resync_is_right(e, random.text(e, size, true), random);
        }
    }
}

// Bytes chosen so that leads, trails, digits and blanks meet much more often than at random.
TEST(Resync, holds_where_lead_and_trail_bytes_meet) {
    const std::uint8_t choice[] = {0x20, 0x2F, 0x30, 0x39, 0x40, 0x7F, 0x80, 0x81, 0x8E, 0x8F,
                                   0xA1, 0xBF, 0xC4, 0xD8, 0xDC, 0xE3, 0xF0, 0xFE, 0xFF, 0x0A};
    RandomStreams random(43);
    for (const std::string_view name : common_encodings()) {
        for (int round = 0; round < 60; ++round) {
            Bytes stream(200);
            for (auto& byte : stream) byte = choice[random.below(std::size(choice))];
            expect_resync_is_right(encoding(name), stream, random);
        }
    }
}

TEST(Resync, looks_back_a_few_bytes_only_in_utf8) {
    RandomStreams random(44);
    const Bytes stream = random.garbage(5000);
    for (std::size_t position = 4; position <= stream.size(); ++position) {
        EXPECT_TRUE(resync_offset({}, ByteView(stream).subspan(position - 4, 4), position - 4));
    }
}

}  // namespace
}  // namespace sockdesk::codec
