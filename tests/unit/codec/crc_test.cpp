#include "codec/crc.hpp"

#include "codec_test.hpp"

namespace sockdesk::codec {
namespace {

struct Catalogued {
    std::string_view name;
    CrcParameters parameters;
    std::uint64_t check;  ///< of "123456789"
};

constexpr std::uint64_t all_ones = ~std::uint64_t{0};

constexpr Catalogued catalogue[] = {
    {"CRC-3/GSM", {3, 0x3, 0, false, false, 0x7}, 0x4},
    {"CRC-3/ROHC", {3, 0x3, 0x7, true, true, 0}, 0x6},
    {"CRC-4/G-704", {4, 0x3, 0, true, true, 0}, 0x7},
    {"CRC-5/USB", {5, 0x05, 0x1F, true, true, 0x1F}, 0x19},
    {"CRC-5/EPC-C1G2", {5, 0x09, 0x09, false, false, 0}, 0x00},
    {"CRC-6/CDMA2000-A", {6, 0x27, 0x3F, false, false, 0}, 0x0D},
    {"CRC-7/MMC", {7, 0x09, 0, false, false, 0}, 0x75},
    {"CRC-8/SMBUS", {8, 0x07, 0, false, false, 0}, 0xF4},
    {"CRC-8/AUTOSAR", {8, 0x2F, 0xFF, false, false, 0xFF}, 0xDF},
    {"CRC-10/ATM", {10, 0x233, 0, false, false, 0}, 0x199},
    {"CRC-11/FLEXRAY", {11, 0x385, 0x01A, false, false, 0}, 0x5A3},
    {"CRC-12/DECT", {12, 0x80F, 0, false, false, 0}, 0xF5B},
    {"CRC-12/UMTS", {12, 0x80F, 0, false, true, 0}, 0xDAF},
    {"CRC-13/BBC", {13, 0x1CF5, 0, false, false, 0}, 0x04FA},
    {"CRC-14/DARC", {14, 0x0805, 0, true, true, 0}, 0x082D},
    {"CRC-15/CAN", {15, 0x4599, 0, false, false, 0}, 0x059E},
    {"CRC-16/DNP", {16, 0x3D65, 0, true, true, 0xFFFF}, 0xEA82},
    {"CRC-17/CAN-FD", {17, 0x1685B, 0, false, false, 0}, 0x04F03},
    {"CRC-21/CAN-FD", {21, 0x102899, 0, false, false, 0}, 0x0ED841},
    {"CRC-24/OPENPGP", {24, 0x864CFB, 0xB704CE, false, false, 0}, 0x21CF02},
    {"CRC-24/BLE", {24, 0x00065B, 0x555555, true, true, 0}, 0xC25A56},
    {"CRC-30/CDMA", {30, 0x2030B9C7, 0x3FFFFFFF, false, false, 0x3FFFFFFF}, 0x04C34ABF},
    {"CRC-31/PHILIPS", {31, 0x04C11DB7, 0x7FFFFFFF, false, false, 0x7FFFFFFF}, 0x0CE9E46C},
    {"CRC-32/BZIP2", {32, 0x04C11DB7, 0xFFFFFFFF, false, false, 0xFFFFFFFF}, 0xFC891918},
    {"CRC-40/GSM", {40, 0x0004820009, 0, false, false, 0xFFFFFFFFFF}, 0xD4164FC646},
    {"CRC-64/ECMA-182", {64, 0x42F0E1EBA9EA3693, 0, false, false, 0}, 0x6C40DF5F0B497347},
    {"CRC-64/GO-ISO", {64, 0x1B, all_ones, true, true, all_ones}, 0xB90956C775A41001},
    {"CRC-64/WE", {64, 0x42F0E1EBA9EA3693, all_ones, false, false, all_ones}, 0x62EC59E3F1A4F00A},
    {"CRC-64/XZ", {64, 0x42F0E1EBA9EA3693, all_ones, true, true, all_ones}, 0x995DC9BBDF1939FA},
};

TEST(Crc, has_the_check_values_of_the_catalogue) {
    for (const auto& [name, parameters, check] : catalogue) {
        EXPECT_EQ(Crc(parameters).of(bytes_of("123456789")), check) << name;
    }
}

/// As the model is defined: bits go one by one into a register of `width` bits.
std::uint64_t bit_by_bit(const CrcParameters& p, ByteView stream) {
    const std::uint64_t top = std::uint64_t{1} << (p.width_bits - 1);
    const std::uint64_t mask = top | (top - 1);
    std::uint64_t state = p.initial;
    for (const std::uint8_t byte : stream) {
        for (int k = 0; k < 8; ++k) {
            const bool bit = (byte >> (p.reflect_input ? k : 7 - k) & 1) != 0;
            const bool out = (state & top) != 0;
            state = state << 1 & mask;
            if (bit != out) state ^= p.polynomial;
        }
    }
    if (!p.reflect_output) return state ^ p.final_xor;
    std::uint64_t turned = 0;
    for (unsigned k = 0; k < p.width_bits; ++k) {
        if ((state >> k & 1) != 0) turned |= top >> k;
    }
    return turned ^ p.final_xor;
}

TEST(Crc, of_every_width_is_what_the_model_says_whole_and_in_pieces) {
    RandomStreams random(20261121);
    std::mt19937_64 numbers(1);
    for (unsigned width = 1; width <= CrcParameters::max_width_bits; ++width) {
        const std::uint64_t mask = all_ones >> (CrcParameters::max_width_bits - width);
        for (unsigned reflections = 0; reflections < 4; ++reflections) {
            const CrcParameters parameters{width,
                                           (numbers() & mask) | 1,
                                           numbers() & mask,
                                           (reflections & 1) != 0,
                                           (reflections & 2) != 0,
                                           numbers() & mask};
            const Crc crc(parameters);
            const Bytes stream = random.garbage(random.below(300));
            const std::uint64_t whole = crc.of(stream);
            EXPECT_EQ(whole, bit_by_bit(parameters, stream)) << width << " bits, reflections " << reflections;
            EXPECT_EQ(whole & ~mask, 0U);
            std::uint64_t state = crc.start();
            for (ByteView rest = stream; !rest.empty();) {
                const std::size_t piece = std::min(rest.size(), random.below(20));
                state = crc.update(state, rest.first(piece));
                rest = rest.subspan(piece);
            }
            EXPECT_EQ(crc.result(state), whole) << width << " bits, reflections " << reflections;
        }
    }
}

TEST(Crc, of_nothing_is_its_initial_value) {
    EXPECT_EQ(Crc({16, 0x1021, 0xFFFF, false, false, 0}).of({}), 0xFFFFU);
    EXPECT_EQ(Crc({5, 0x05, 0x13, true, true, 0x1F}).of({}), 0x19U ^ 0x1FU) << "reflected: 10011 is 11001";
    EXPECT_EQ(Crc({12, 0x80F, 0x001, false, true, 0}).of({}), 0x800U);
}

}  // namespace
}  // namespace sockdesk::codec
