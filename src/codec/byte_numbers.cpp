#include "codec/byte_numbers.hpp"

#include <cmath>
#include <cstdlib>
#include <limits>

#include <fmt/format.h>

namespace sockdesk::codec {
namespace {

// binary16: 1 bit of sign, 5 of exponent (bias 15), 10 of significand.
constexpr unsigned significand_bits = 10;
constexpr unsigned exponent_all_ones = 0x1F;
constexpr std::uint16_t half_infinity = 0x7C00;
constexpr std::uint16_t half_nan = 0x7E00;
constexpr double smallest_normal = 0x1p-14;
// From here on the nearest half would be 65536, which there is not.
constexpr double first_beyond_half = 65520.0;

std::string with_point(std::string digits) {
    if (digits.find_first_not_of("-0123456789") == std::string::npos) digits += ".0";
    return digits;
}

}  // namespace

double half_to_double(std::uint16_t bits) {
    const double sign = (bits & 0x8000U) != 0 ? -1.0 : 1.0;
    const unsigned exponent = bits >> significand_bits & exponent_all_ones;
    const unsigned significand = bits & 0x3FFU;
    if (exponent == exponent_all_ones) {
        return std::copysign(significand == 0 ? std::numeric_limits<double>::infinity()
                                              : std::numeric_limits<double>::quiet_NaN(),
                             sign);
    }
    if (exponent == 0) return sign * std::ldexp(significand, -24);
    return sign * std::ldexp(0x400U + significand, static_cast<int>(exponent) - 25);
}

std::optional<std::uint16_t> double_to_half(double value) {
    const std::uint16_t sign = std::signbit(value) ? 0x8000 : 0;
    const double size = std::abs(value);
    const auto with_sign = [&](unsigned bits) { return static_cast<std::uint16_t>(sign | bits); };
    if (std::isnan(value)) return with_sign(half_nan);
    if (std::isinf(value)) return with_sign(half_infinity);
    if (size >= first_beyond_half) return std::nullopt;
    // Rounded up to the next power of two, a significand overflows into the exponent, which is then right as well.
    if (size < smallest_normal) return with_sign(static_cast<unsigned>(std::nearbyint(size * 0x1p24)));
    int exponent = 0;
    const double fraction = std::frexp(size, &exponent);  // in [0.5, 1)
    const auto significand = static_cast<unsigned>(std::nearbyint(std::ldexp(fraction, 11)));
    return with_sign((static_cast<unsigned>(exponent + 14) << significand_bits) + (significand - 0x400U));
}

std::optional<float> double_to_float(double value) {
    constexpr double largest = std::numeric_limits<float>::max();
    // What rounds to infinity; converting it would be undefined.
    constexpr double first_beyond = 0x1.ffffffp127;
    if (std::isfinite(value) && std::abs(value) >= first_beyond) return std::nullopt;
    if (std::isfinite(value) && std::abs(value) > largest)
        return std::copysign(std::numeric_limits<float>::max(),
                             static_cast<float>(std::copysign(1.0, value)));
    return static_cast<float>(value);
}

std::string half_text(double half) {
    for (int digits = 1; digits < 5; ++digits) {
        std::string text = fmt::format("{:.{}g}", half, digits);
        const auto read_back = double_to_half(std::strtod(text.c_str(), nullptr));
        // A number is its own text; a NaN equals nothing, so it ends below.
        if (read_back && half_to_double(*read_back) == half) return with_point(std::move(text));
    }
    return with_point(fmt::format("{:.5g}", half));
}

std::string float_text(float value) { return with_point(fmt::format("{}", value)); }
std::string double_text(double value) { return with_point(fmt::format("{}", value)); }

}  // namespace sockdesk::codec
