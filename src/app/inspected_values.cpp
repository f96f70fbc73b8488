#include "app/inspected_values.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "app/translation.hpp"
#include "base/endpoint.hpp"
#include "codec/escapes.hpp"

namespace sockdesk::app {
namespace {

using codec::ByteOrder;

constexpr std::size_t widest_number = 8;

/// Reads `bytes` both ways.
template <typename Text>
InspectedValue both_orders(ValueGroup group, std::string name, ByteView bytes, Text&& text) {
    InspectedValue value{.group = group,
                         .name = std::move(name),
                         .little = {},
                         .big = {},
                         .width = bytes.size(),
                         .encoding = {}};
    value.little = text(bytes, ByteOrder::little);
    // A single byte has no order.
    value.has_orders = bytes.size() > 1;
    if (value.has_orders) value.big = text(bytes, ByteOrder::big);
    return value;
}

std::string unsigned_text(ByteView bytes, ByteOrder order) {
    return fmt::format("{}", codec::read_unsigned(bytes, order));
}
std::string signed_text(ByteView bytes, ByteOrder order) {
    return fmt::format("{}", codec::read_signed(bytes, order));
}
std::string octal_text(ByteView bytes, ByteOrder order) {
    return fmt::format("0o{:o}", codec::read_unsigned(bytes, order));
}

/// In groups of four, so that one can count them.
std::string binary_text(ByteView bytes, ByteOrder order) {
    const std::string digits =
        fmt::format("{:0{}b}", codec::read_unsigned(bytes, order), static_cast<int>(bytes.size() * 8));
    std::string text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && i % 4 == 0) text += ' ';
        text += digits[i];
    }
    return text;
}

void append_numbers(ByteView bytes, std::size_t selected, std::vector<InspectedValue>& values) {
    for (std::size_t width = 1; width <= std::min(widest_number, bytes.size()); ++width) {
        // Those of five to seven bytes are rare enough to be shown only to who selects as many.
        if (width > 4 && width < widest_number && width != selected) continue;
        const ByteView number = bytes.first(width);
        const auto bits = width * 8;
        values.push_back(
            both_orders(ValueGroup::integer, fmt::format("uint{}", bits), number, unsigned_text));
        values.push_back(both_orders(ValueGroup::integer, fmt::format("int{}", bits), number, signed_text));
    }
    for (std::size_t width = 1; width <= std::min<std::size_t>(2, bytes.size()); ++width) {
        const auto name = [&](const char* base) { return fmt::format("{} {}", base, width * 8); };
        values.push_back(
            both_orders(ValueGroup::integer, name(tr("Binary")), bytes.first(width), binary_text));
        values.push_back(both_orders(ValueGroup::integer, name(tr("Octal")), bytes.first(width), octal_text));
    }
    const auto real = [&](const char* name, std::size_t width, auto&& text) {
        if (bytes.size() >= width)
            values.push_back(both_orders(ValueGroup::real, name, bytes.first(width), text));
    };
    real("float16", 2,
         [](ByteView b, ByteOrder order) { return codec::half_text(codec::read_half(b, order)); });
    real("float32", 4,
         [](ByteView b, ByteOrder order) { return codec::float_text(codec::read_float(b, order)); });
    real("float64", 8,
         [](ByteView b, ByteOrder order) { return codec::double_text(codec::read_double(b, order)); });
}

void append_addresses(ByteView bytes, std::vector<InspectedValue>& values) {
    if (bytes.size() == 4) {
        values.push_back(both_orders(ValueGroup::address, "IPv4", bytes, [](ByteView b, ByteOrder order) {
            std::array<std::uint8_t, 4> octets{};
            codec::write_number(codec::read_unsigned(b, order), octets.data(), octets.size(), ByteOrder::big);
            return IpAddress::v4(octets).to_string();
        }));
    }
    InspectedValue value{.group = ValueGroup::address,
                         .name = {},
                         .little = {},
                         .big = {},
                         .has_orders = false,
                         .width = bytes.size(),
                         .encoding = {}};
    if (bytes.size() == 6) {
        value.name = "MAC";
        value.little = fmt::format("{:02x}", fmt::join(bytes, ":"));
        values.push_back(std::move(value));
    } else if (bytes.size() == 16) {
        std::array<std::uint8_t, 16> octets{};
        std::ranges::copy(bytes, octets.begin());
        value.name = "IPv6";
        value.little = IpAddress::v6(octets).to_string();
        values.push_back(std::move(value));
    }
}

struct Text {
    std::string shown;
    bool certain = false;
};

Text read_text(codec::Encoding encoding, ByteView bytes) {
    const bool cut = bytes.size() > max_inspected_text;
    const ByteView head = bytes.first(std::min(bytes.size(), max_inspected_text));
    codec::StreamDecoder decoder(encoding);
    std::string decoded;
    decoder.decode(head, decoded);
    std::size_t whole = head.size();
    if (cut) {
        whole -= std::min(whole, decoder.pending_bytes());
    } else {
        decoder.finish(decoded);
    }
    const auto again = codec::encode(encoding, decoded);
    Text text;
    text.certain = again && std::ranges::equal(*again, head.first(whole));
    text.shown = codec::escape_controls(decoded);
    if (cut) text.shown += "…";
    return text;
}

void append_texts(ByteView bytes, codec::Encoding preferred, std::vector<InspectedValue>& values) {
    std::vector<InspectedValue> rows;
    const auto add = [&](codec::Encoding encoding) {
        Text text = read_text(encoding, bytes);
        const auto same = std::ranges::find_if(rows, [&](const InspectedValue& row) {
            return row.little == text.shown && row.certain == text.certain;
        });
        if (same != rows.end()) {
            same->name += fmt::format(", {}", encoding.name());
            return;
        }
        rows.push_back({.group = ValueGroup::text,
                        .name = std::string(encoding.name()),
                        .little = std::move(text.shown),
                        .big = {},
                        .has_orders = false,
                        .width = bytes.size(),
                        .certain = text.certain,
                        .encoding = encoding});
    };
    add(preferred);
    for (const std::string_view name : codec::common_encodings()) {
        const auto encoding = codec::Encoding::find(name);
        if (encoding && *encoding != preferred) add(*encoding);
    }
    // What the bytes can be goes before what they can only partly be; the person's own encoding before all.
    std::stable_partition(rows.begin() + 1, rows.end(),
                          [](const InspectedValue& row) { return row.certain; });
    std::ranges::move(rows, std::back_inserter(values));
}

}  // namespace

std::string whole_text(codec::Encoding encoding, ByteView bytes) {
    return codec::escape_controls(codec::decode_all(encoding, bytes), codec::Keep::line_breaks);
}

std::vector<InspectedValue> inspect(ByteView payload, ByteRange selection, codec::Encoding preferred) {
    std::vector<InspectedValue> values;
    selection.end = std::min(selection.end, payload.size());
    if (selection.begin >= selection.end) return values;
    const ByteView selected = payload.subspan(selection.begin, selection.size());
    const ByteView reach = selected.size() == 1 ? payload.subspan(selection.begin) : selected;
    append_numbers(reach, selected.size(), values);
    append_times(reach, values);
    append_addresses(selected, values);
    append_texts(selected, preferred, values);
    return values;
}

}  // namespace sockdesk::app
