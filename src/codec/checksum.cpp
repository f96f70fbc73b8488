#include "codec/checksum.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <boost/crc.hpp>

#include "codec/checksum_spec.hpp"

namespace sockdesk::codec {

namespace {

constexpr std::string_view crc_example = "crc:width=16,poly=0x8005";
constexpr std::string_view check_text = "123456789";

std::uint64_t sum(ByteView bytes, std::size_t) {
    // In pieces whose sum fits 32 bits, of which the processor adds several at a time.
    constexpr std::size_t piece = std::size_t{1} << 20;
    std::uint64_t total = 0;
    for (; !bytes.empty(); bytes = bytes.subspan(std::min(piece, bytes.size()))) {
        std::uint32_t part = 0;
        for (const std::uint8_t byte : bytes.first(std::min(piece, bytes.size()))) part += byte;
        total += part;
    }
    return total;
}

std::uint64_t negated_sum(ByteView bytes, std::size_t size) { return 0 - sum(bytes, size); }

std::uint64_t exclusive_or(ByteView bytes, std::size_t size) {
    std::array<std::uint8_t, 8> lanes{};
    std::size_t done = 0;
    if (8 % size == 0) {
        // Eight bytes at a time, of which each lane has as many.
        std::uint64_t words = 0;
        for (; bytes.size() - done >= 8; done += 8) {
            std::uint64_t word;
            std::memcpy(&word, bytes.data() + done, sizeof word);
            words ^= word;
        }
        std::array<std::uint8_t, 8> in_order;
        std::memcpy(in_order.data(), &words, sizeof words);
        for (std::size_t k = 0; k < 8; ++k) lanes[k % size] ^= in_order[k];
    }
    std::size_t lane = 0;
    for (; done < bytes.size(); ++done) {
        lanes[lane] ^= bytes[done];
        if (++lane == size) lane = 0;
    }
    std::uint64_t value = 0;
    for (std::size_t k = 0; k < size; ++k) value = value << 8 | lanes[k];
    return value;
}

std::uint64_t adler32(ByteView bytes, std::size_t) {
    constexpr std::uint32_t modulus = 65521;
    // The most bytes after which neither sum has run over (RFC 1950, 9).
    constexpr std::size_t piece = 5552;
    std::uint32_t a = 1, b = 0;
    for (; !bytes.empty(); bytes = bytes.subspan(std::min(piece, bytes.size()))) {
        for (const std::uint8_t byte : bytes.first(std::min(piece, bytes.size()))) {
            a += byte;
            b += a;
        }
        a %= modulus;
        b %= modulus;
    }
    return b << 16 | a;
}

template <std::size_t width, std::uint32_t polynomial, std::uint32_t initial, std::uint32_t final_xor,
          bool reflected>
std::uint64_t crc(ByteView bytes, std::size_t) {
    boost::crc_optimal<width, polynomial, initial, final_xor, reflected, reflected> crc;
    crc.process_bytes(bytes.data(), bytes.size());
    return crc.checksum();
}

std::uint64_t low_bytes(std::uint64_t value, std::size_t size) {
    return size == 8 ? value : value & ((std::uint64_t{1} << 8 * size) - 1);
}

bool fits(std::uint64_t value, unsigned width_bits) { return width_bits == 64 || value >> width_bits == 0; }

std::string names_beginning_with(std::string_view beginning) {
    std::string names;
    for (const NamedChecksum& known : Checksum::named()) {
        if (!detail::begins_with_name(known.name, beginning)) continue;
        names += fmt::format("{}{}", names.empty() ? "" : ", ", known.name);
    }
    return names;
}

tl::unexpected<Error> fail_unknown(const detail::Spec& spec) {
    const std::string_view name = spec.name;
    if (name.empty()) {
        return fail_at(spec.name_position,
                       fmt::format("the name of a checksum is missing; known are {}; any other CRC: {}",
                                   names_beginning_with(""), crc_example));
    }
    if (const std::string several = names_beginning_with(name); !several.empty()) {
        return fail_at(spec.name_position,
                       fmt::format("{} is not one checksum but several: {}", detail::quoted(name), several));
    }
    return fail_at(spec.name_position,
                   fmt::format("there is no checksum {}; known are {}; any other CRC: {}",
                               detail::quoted(name), names_beginning_with(""), crc_example));
}

tl::unexpected<Error> fail_option(const detail::SpecItem& item, std::string_view options) {
    return fail_at(item.position, fmt::format("there is no option {} here; there are {}",
                                              detail::quoted(item.key), options));
}

/// A number of as many bits as the CRC has.
Result<std::uint64_t> crc_number(const detail::SpecItem* item, unsigned width_bits) {
    if (item == nullptr) return 0;
    const auto number = detail::unsigned_value(*item, fmt::format("{}=0x1021", item->key));
    if (!number || fits(*number, width_bits)) return number;
    const bool with_top_bit = item->key == "poly" && width_bits < 64 && *number >> width_bits == 1;
    return fail_at(
        item->value_position,
        with_top_bit
            ? fmt::format("{} has a bit more than {}; a polynomial is written without its top bit: 0x{:X}",
                          detail::quoted(*item->value), width_bits,
                          *number & ((std::uint64_t{1} << width_bits) - 1))
            : fmt::format("{} does not fit in {} bits", detail::quoted(*item->value), width_bits));
}

/// What stands in a line of the catalogue. `residue` and `name` say nothing that the others do not.
constexpr auto crc_keys = std::to_array<std::string_view>(
    {"width", "poly", "init", "refin", "refout", "xorout", "check", "residue", "name"});
using CrcItems = std::array<const detail::SpecItem*, crc_keys.size()>;

std::size_t crc_key(std::string_view key) {
    const auto known = std::find_if(crc_keys.begin(), crc_keys.end(),
                                    [&](std::string_view each) { return detail::same_name(each, key); });
    return static_cast<std::size_t>(known - crc_keys.begin());
}

Result<CrcItems> crc_items(const detail::Spec& spec, std::string_view foreign_options) {
    CrcItems items{};
    for (const detail::SpecItem& item : spec.items) {
        const std::size_t key = crc_key(item.key);
        if (key == crc_keys.size()) {
            return fail_option(item, fmt::format("width, poly, init, refin, refout, xorout, check{}{}",
                                                 foreign_options.empty() ? "" : ", ", foreign_options));
        }
        items[key] = &item;
    }
    return items;
}

Result<unsigned> crc_width(const detail::SpecItem& width) {
    const auto bits = detail::unsigned_value(width, "width=16");
    if (!bits) return tl::unexpected(bits.error());
    if (*bits == 0 || *bits > CrcParameters::max_width_bits) {
        return fail_at(width.value_position,
                       fmt::format("a CRC is 1 to {} bits wide", CrcParameters::max_width_bits));
    }
    return static_cast<unsigned>(*bits);
}

/// The parameters make of the digits what `check`, if there is one, says.
Result<void> verify(const CrcParameters& parameters, const detail::SpecItem* check) {
    if (check == nullptr) return {};
    const auto expected = crc_number(check, parameters.width_bits);
    if (!expected) return tl::unexpected(expected.error());
    const std::uint64_t made = Crc(parameters).of(as_bytes(check_text));
    if (made == *expected) return {};
    return fail_at(check->value_position, fmt::format("of \"{}\" these parameters make 0x{:X}, not {}",
                                                      check_text, made, detail::quoted(*check->value)));
}

Result<CrcParameters> crc_parameters(const detail::Spec& spec, std::string_view foreign_options) {
    const auto items = crc_items(spec, foreign_options);
    if (!items) return tl::unexpected(items.error());
    const auto [width, poly, init, refin, refout, xorout, check, residue, name] = *items;
    const auto missing = [&](std::string_view what) {
        return fail_at(
            spec.name_position,
            fmt::format("{} is missing: a CRC by its parameters is written as in {}", what, crc_example));
    };
    if (width == nullptr) return missing("width");
    const auto width_bits = crc_width(*width);
    if (!width_bits) return tl::unexpected(width_bits.error());
    if (poly == nullptr) return missing("poly");
    CrcParameters parameters;
    parameters.width_bits = *width_bits;

    std::uint64_t ignored = 0;
    const std::array<std::pair<const detail::SpecItem*, std::uint64_t*>, 4> numbers = {
        {{poly, &parameters.polynomial},
         {init, &parameters.initial},
         {xorout, &parameters.final_xor},
         {residue, &ignored}}};
    for (const auto& [item, to] : numbers) {
        const auto number = crc_number(item, parameters.width_bits);
        if (!number) return tl::unexpected(number.error());
        *to = *number;
    }
    if (parameters.polynomial == 0) return fail_at(poly->value_position, "a polynomial of 0 checks nothing");

    const std::array<std::pair<const detail::SpecItem*, bool*>, 2> flags = {
        {{refin, &parameters.reflect_input}, {refout, &parameters.reflect_output}}};
    for (const auto& [item, to] : flags) {
        const auto flag = item == nullptr ? Result<bool>(false) : detail::flag_value(*item);
        if (!flag) return tl::unexpected(flag.error());
        *to = *flag;
    }
    if (auto good = verify(parameters, check); !good) return tl::unexpected(std::move(good.error()));
    return parameters;
}

}  // namespace

struct Checksum::Algorithm {
    using Function = std::uint64_t (*)(ByteView bytes, std::size_t size);

    NamedChecksum known{};
    Function function = nullptr;
    bool own_size = true;
    std::optional<Crc> crc = std::nullopt;  ///< in place of `function`: one that has no name
};

struct Checksum::Known {
    static constexpr auto list = std::to_array<NamedChecksum>({
        {"sum", "Sum", 1, false},
        {"sum-negated", "Negated sum", 1, false},
        {"xor", "XOR", 1, false},
        {"lrc", "LRC", 1, false},
        {"crc8", "CRC-8", 1, false},
        {"crc8-maxim", "CRC-8/MAXIM", 1, true},
        {"crc16-modbus", "CRC-16/MODBUS", 2, true},
        {"crc16-arc", "CRC-16/ARC", 2, true},
        {"crc16-ccitt-false", "CRC-16/CCITT-FALSE", 2, false},
        {"crc16-xmodem", "CRC-16/XMODEM", 2, false},
        {"crc16-kermit", "CRC-16/KERMIT", 2, true},
        {"crc16-usb", "CRC-16/USB", 2, true},
        {"crc32", "CRC-32", 4, true},
        {"crc32c", "CRC-32C", 4, true},
        {"adler32", "Adler-32", 4, false},
    });

    static constexpr std::array<std::pair<Algorithm::Function, bool>, list.size()> functions = {{
        {sum, false},
        {negated_sum, false},
        {exclusive_or, false},
        {negated_sum, true},
        {crc<8, 0x07, 0, 0, false>, true},
        {crc<8, 0x31, 0, 0, true>, true},
        {crc<16, 0x8005, 0xFFFF, 0, true>, true},
        {crc<16, 0x8005, 0, 0, true>, true},
        {crc<16, 0x1021, 0xFFFF, 0, false>, true},
        {crc<16, 0x1021, 0, 0, false>, true},
        {crc<16, 0x1021, 0, 0, true>, true},
        {crc<16, 0x8005, 0xFFFF, 0xFFFF, true>, true},
        {crc<32, 0x04C11DB7, 0xFFFFFFFF, 0xFFFFFFFF, true>, true},
        {crc<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true>, true},
        {adler32, true},
    }};

    static std::shared_ptr<const Algorithm> algorithm(std::size_t index) {
        const auto& [function, own_size] = functions[index];
        return std::make_shared<const Algorithm>(Algorithm{list[index], function, own_size});
    }
};

std::span<const NamedChecksum> Checksum::named() { return Known::list; }

Checksum::Checksum(std::shared_ptr<const Algorithm> algorithm)
    : algorithm_(std::move(algorithm)), size_bytes_(algorithm_->known.size_bytes) {}

Result<Checksum> Checksum::parse(std::string_view text) {
    const auto spec = detail::split_spec(text);
    if (!spec) return tl::unexpected(spec.error());
    return from_spec(*spec, "");
}

Result<Checksum> Checksum::from_spec(const detail::Spec& spec, std::string_view foreign_options) {
    const bool is_line = spec.is_bare && !spec.items.empty() && crc_key(spec.items[0].key) < crc_keys.size();
    if (is_line || (spec.colon && detail::same_name(spec.name, "crc"))) {
        const auto parameters = crc_parameters(spec, foreign_options);
        if (!parameters) return tl::unexpected(parameters.error());
        Algorithm algorithm;
        algorithm.known = {"crc", "CRC", (parameters->width_bits + 7) / 8, parameters->reflect_output};
        algorithm.crc.emplace(*parameters);
        return Checksum(std::make_shared<const Algorithm>(std::move(algorithm)));
    }
    const auto known = std::find_if(Known::list.begin(), Known::list.end(), [&](const NamedChecksum& one) {
        return detail::same_name(one.name, spec.name) || detail::same_name(one.title, spec.name);
    });
    if (known == Known::list.end()) return fail_unknown(spec);
    if (spec.colon) {
        return fail_at(*spec.colon,
                       fmt::format("{} has no parameters; options follow behind a comma", known->name));
    }
    if (!spec.items.empty()) {
        if (foreign_options.empty())
            return fail_at(spec.items[0].position, fmt::format("{} has no options", known->name));
        return fail_option(spec.items[0], foreign_options);
    }
    return Checksum(Known::algorithm(static_cast<std::size_t>(known - Known::list.begin())));
}

std::string Checksum::to_string() const {
    if (!algorithm_->crc) return std::string(algorithm_->known.name);
    const CrcParameters& parameters = algorithm_->crc->parameters();
    std::string text = fmt::format("crc:width={},poly=0x{:X}", parameters.width_bits, parameters.polynomial);
    if (parameters.initial != 0) text += fmt::format(",init=0x{:X}", parameters.initial);
    if (parameters.reflect_input) text += ",refin";
    if (parameters.reflect_output) text += ",refout";
    if (parameters.final_xor != 0) text += fmt::format(",xorout=0x{:X}", parameters.final_xor);
    return text;
}

std::string Checksum::title() const {
    if (!algorithm_->crc) return std::string(algorithm_->known.title);
    return fmt::format("CRC-{}", algorithm_->crc->parameters().width_bits);
}

std::size_t Checksum::size_bytes() const { return size_bytes_; }

bool Checksum::set_size_bytes(std::size_t size) {
    if (algorithm_->own_size || size == 0 || size > sizeof(std::uint64_t)) return false;
    size_bytes_ = size;
    return true;
}

bool Checksum::has_own_size() const { return algorithm_->own_size; }

bool Checksum::is_usually_little_endian() const { return algorithm_->known.little_endian; }

std::uint64_t Checksum::of(ByteView bytes) const {
    if (algorithm_->crc) return algorithm_->crc->of(bytes);
    return low_bytes(algorithm_->function(bytes, size_bytes_), size_bytes_);
}

}  // namespace sockdesk::codec
