#include "app/trailer_fields.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "app/translation.hpp"
#include "app/trimmed.hpp"
#include "codec/hex.hpp"

namespace sockdesk::app {
namespace {

// Decimal, or hexadecimal behind 0x.
std::optional<std::uint64_t> number(std::string_view text) {
    text = trimmed(text);
    int base = 10;
    if (text.starts_with("0x") || text.starts_with("0X")) {
        text.remove_prefix(2);
        base = 16;
    }
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc() || end != text.data() + text.size() || text.empty()) return {};
    return value;
}

std::optional<std::int64_t> offset(std::string_view text) {
    text = trimmed(text);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || text.empty()) return {};
    return value;
}

bool has_flag(std::string_view value) { return value.empty() || value != "0"; }

}  // namespace

bool TrailerFields::has_choice_of_size() const {
    return kind == "sum" || kind == "sum-negated" || kind == "xor";
}

TrailerFields TrailerFields::from_text(std::string_view text) {
    TrailerFields fields;
    const auto parsed = codec::Trailer::parse(text);
    if (!parsed) return fields;
    std::string_view rest = text;
    bool first = true;
    while (first || !rest.empty()) {
        const auto comma = rest.find(',');
        std::string_view part = trimmed(rest.substr(0, comma));
        rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
        if (first && part.starts_with("fixed=")) {
            fields.kind = fixed_kind;
            // Hex may have commas in it.
            fields.fixed_hex = std::string(trimmed(text.substr(text.find('=') + 1)));
            return fields;
        }
        if (first && part.starts_with("crc:")) {
            fields.kind = crc_kind;
            fields.width = "16";
            fields.polynomial = fields.initial = fields.final_xor = "0";
            fields.reflect_input = fields.reflect_output = false;
            part = trimmed(part.substr(4));
        } else if (first) {
            // By whatever spelling: what is listed has the same value and the same name.
            const auto checksum = codec::Checksum::parse(part);
            if (checksum) fields.kind = checksum->to_string();
        }
        first = false;
        const auto equals = part.find('=');
        const std::string_view name = trimmed(part.substr(0, equals));
        const std::string value(equals == std::string_view::npos ? std::string_view()
                                                                 : trimmed(part.substr(equals + 1)));
        if (name == "le") fields.order = Order::little;
        if (name == "be") fields.order = Order::big;
        if (name == "bytes") fields.size_bytes = static_cast<std::size_t>(number(value).value_or(1));
        if (name == "from") fields.from = value;
        if (name == "to") fields.to = value;
        if (name == "width") fields.width = value;
        if (name == "poly") fields.polynomial = value;
        if (name == "init") fields.initial = value;
        if (name == "xorout") fields.final_xor = value;
        if (name == "refin") fields.reflect_input = has_flag(value);
        if (name == "refout") fields.reflect_output = has_flag(value);
    }
    return fields;
}

std::string TrailerFields::to_text() const {
    if (is_fixed()) return "fixed=" + std::string(trimmed(fixed_hex));
    std::string text = kind;
    if (is_crc()) {
        text = fmt::format("crc:width={},poly={},init={}", trimmed(width), trimmed(polynomial),
                           trimmed(initial));
        if (reflect_input) text += ",refin";
        if (reflect_output) text += ",refout";
        text += fmt::format(",xorout={}", trimmed(final_xor));
    }
    if (has_choice_of_size()) text += fmt::format(",bytes={}", size_bytes);
    if (order != Order::usual) text += order == Order::little ? ",le" : ",be";
    if (!trimmed(from).empty()) text += fmt::format(",from={}", trimmed(from));
    if (!trimmed(to).empty()) text += fmt::format(",to={}", trimmed(to));
    return text;
}

std::vector<TrailerFields::Fault> TrailerFields::faults() const {
    std::vector<Fault> faults;
    const auto fault = [&](const std::string TrailerFields::*field, std::string message,
                           std::size_t position = Error::no_position) {
        faults.push_back({field, Error{ErrorKind::bad_input, std::move(message), {}, position}});
    };
    if (is_fixed()) {
        if (const auto bytes = codec::parse_hex(fixed_hex); !bytes) {
            faults.push_back({&TrailerFields::fixed_hex, bytes.error()});
        } else if (bytes->empty()) {
            fault(&TrailerFields::fixed_hex, tr("Type the bytes in hex, such as 0D 0A."));
        }
    } else {
        for (const auto field : {&TrailerFields::from, &TrailerFields::to}) {
            if (!trimmed(this->*field).empty() && !offset(this->*field))
                fault(field, tr("Type a whole number, such as 1 or -2, or leave it empty."));
        }
    }
    if (is_crc()) {
        const auto bits = number(width);
        if (!bits || *bits < 1 || *bits > 64) fault(&TrailerFields::width, tr("Type a number from 1 to 64."));
        const std::uint64_t most =
            !bits || *bits >= 64 || *bits < 1 ? ~std::uint64_t{0} : (std::uint64_t{1} << *bits) - 1;
        for (const auto field :
             {&TrailerFields::polynomial, &TrailerFields::initial, &TrailerFields::final_xor}) {
            const auto value = number(this->*field);
            if (!value || *value > most)
                fault(field, trf("Type a number from 0 to 0x{:X}, decimal or with 0x.", most));
        }
    }
    if (faults.empty()) {
        if (const auto parsed = codec::Trailer::parse(to_text()); !parsed) {
            faults.push_back(
                {nullptr, Error{parsed.error().kind, parsed.error().message, {}, Error::no_position}});
        }
    }
    return faults;
}

}  // namespace sockdesk::app
