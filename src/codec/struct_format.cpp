#include "codec/struct_format.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "codec/escapes.hpp"
#include "codec/text_scan.hpp"
#include "codec/utf8.hpp"

namespace sockdesk::codec {
namespace {

struct Code {
    char letter;
    std::uint8_t native_size;    ///< x86-64 Linux
    std::uint8_t standard_size;  ///< 0: only native formats have it
    bool aligned;                ///< in `@`, to its size
};

constexpr Code codes[] = {
    {'x', 1, 1, false}, {'c', 1, 1, false}, {'b', 1, 1, false}, {'B', 1, 1, false}, {'?', 1, 1, false},
    {'s', 1, 1, false}, {'p', 1, 1, false}, {'h', 2, 2, true},  {'H', 2, 2, true},  {'e', 2, 2, true},
    {'i', 4, 4, true},  {'I', 4, 4, true},  {'f', 4, 4, true},  {'l', 8, 4, true},  {'L', 8, 4, true},
    {'q', 8, 8, true},  {'Q', 8, 8, true},  {'d', 8, 8, true},  {'n', 8, 0, true},  {'N', 8, 0, true},
    {'P', 8, 0, true},
};

const Code* find_code(char letter) {
    const auto* found = std::ranges::find(codes, letter, &Code::letter);
    return found == std::end(codes) ? nullptr : found;
}

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr std::string_view orders = "@=<>!";

// Whole where it takes several bytes, and visible.
std::string name_of(std::string_view text, std::size_t position) {
    const ByteView rest = as_bytes(text.substr(position));
    const int length = detail::utf8_sequence(rest.data(), rest.data() + rest.size());
    if (length <= 0) return fmt::format("byte {:02X}", rest[0]);
    return fmt::format("\"{}\"", escape_controls(text.substr(position, static_cast<std::size_t>(length))));
}

tl::unexpected<Error> unknown_code(std::string_view text, std::size_t at, bool after_count) {
    const std::string name = name_of(text, at);
    if (orders.find(text[at]) != std::string_view::npos)
        return fail_at(at, fmt::format("the byte order {} may only stand at the very beginning", name));
    if (is_space(text[at]) && after_count)
        return fail_at(at, "no blank may stand between a count and its code");
    if (find_code(text[at]) != nullptr) {
        return fail_at(
            at, fmt::format("{} has a size of its own on each machine; it can only follow \"@\" or no byte "
                            "order",
                            name));
    }
    return fail_at(
        at, fmt::format("{} is no format code; there are x c b B ? h H i I l L q Q n N e f d s p P", name));
}

tl::unexpected<Error> too_large(std::size_t position) {
    return detail::too_large_at(
        position, fmt::format("the format describes more than {} MiB, and no record is that large",
                              StructFormat::max_size >> 20));
}

bool is_one_value(char code) { return code == 's' || code == 'p'; }

// A pascal string: a byte that says how many of those behind it count.
Bytes read_pascal(ByteView bytes) {
    if (bytes.empty()) return {};
    const auto behind = bytes.subspan(1, std::min<std::size_t>(bytes[0], bytes.size() - 1));
    return {behind.begin(), behind.end()};
}

StructValue read_value(char code, ByteView bytes, ByteOrder order) {
    switch (code) {
        case '?':
            return bytes[0] != 0;
        case 'b':
        case 'h':
        case 'i':
        case 'l':
        case 'q':
        case 'n':
            return read_signed(bytes, order);
        case 'e':
            return read_half(bytes, order);
        case 'f':
            return static_cast<double>(read_float(bytes, order));
        case 'd':
            return read_double(bytes, order);
        case 'p':
            return read_pascal(bytes);
        case 'c':
        case 's':
            return Bytes(bytes.begin(), bytes.end());
        default:
            return read_unsigned(bytes, order);
    }
}

}  // namespace

std::size_t StructFormat::Run::values() const {
    if (code == 'x') return 0;
    return is_one_value(code) ? 1 : count;
}

Result<StructFormat> StructFormat::parse(std::string_view text) {
    StructFormat format;
    bool standard = false;
    bool aligned = true;
    std::size_t at = 0;
    if (!text.empty() && orders.find(text[0]) != std::string_view::npos) {
        standard = text[0] != '@';
        aligned = !standard;
        if (text[0] == '>' || text[0] == '!') format.order_ = ByteOrder::big;
        at = 1;
    }
    while (at < text.size()) {
        if (is_space(text[at])) {
            ++at;
            continue;
        }
        Run run;
        run.format_position = at;
        run.count = 1;
        const bool counted = is_digit(text[at]);
        if (counted) {
            run.count = 0;
            for (; at < text.size() && is_digit(text[at]); ++at) {
                // Stops growing once it is hopeless, so no number of digits overflows it.
                if (run.count <= max_size)
                    run.count = run.count * 10 + static_cast<std::size_t>(text[at] - '0');
            }
            if (at == text.size()) return fail_at(run.format_position, "the count has no code after it");
        }
        const Code* code = find_code(text[at]);
        if (code == nullptr || (standard && code->standard_size == 0)) return unknown_code(text, at, counted);
        run.code = code->letter;
        run.item_size = standard ? code->standard_size : code->native_size;
        if (aligned && code->aligned) {
            format.size_ = (format.size_ + run.item_size - 1) / run.item_size * run.item_size;
        }
        run.begin = format.size_;
        if (run.begin > max_size || run.count > (max_size - run.begin) / run.item_size)
            return too_large(run.format_position);
        format.size_ += run.count * run.item_size;
        format.value_count_ += run.values();
        format.runs_.push_back(run);
        ++at;
    }
    return format;
}

StructReading StructFormat::unpack(ByteView record) const {
    StructReading reading;
    reading.missing = size_ > record.size() ? size_ - record.size() : 0;
    for (const Run& run : runs_) {
        const std::size_t size = is_one_value(run.code) ? run.count : run.item_size;
        for (std::size_t i = 0; i < run.values(); ++i) {
            const std::size_t begin = run.begin + i * size;
            // Those behind begin further on; but of no bytes at the end there may be many, which all fit.
            if (begin > record.size() || size > record.size() - begin) break;
            reading.fields.push_back({run.code, run.format_position, begin, size,
                                      read_value(run.code, record.subspan(begin, size), order_)});
            reading.rest = begin + size;
        }
    }
    if (reading.missing == 0) reading.rest = size_;
    return reading;
}

std::string struct_value_text(const StructField& field, Encoding encoding) {
    struct Writer {
        char code;
        Encoding encoding;
        std::string operator()(bool value) const { return value ? "True" : "False"; }
        std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
        std::string operator()(std::uint64_t value) const {
            return code == 'P' ? fmt::format("0x{:x}", value) : fmt::format("{}", value);
        }
        std::string operator()(double value) const {
            if (code == 'e') return half_text(value);
            return code == 'f' ? float_text(static_cast<float>(value)) : double_text(value);
        }
        std::string operator()(const Bytes& bytes) const {
            return '"' + escape_controls(decode_all(encoding, bytes)) + '"';
        }
    };
    return std::visit(Writer{field.code, encoding}, field.value);
}

}  // namespace sockdesk::codec
