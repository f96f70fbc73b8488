// The way back: values into the bytes of a record.
#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "codec/struct_format.hpp"

namespace sockdesk::codec {
namespace {

/// What an integer code can hold.
struct Range {
    std::int64_t lowest;
    std::uint64_t highest;
};

Range range_of(char code, std::size_t size) {
    const unsigned unused = 64 - 8 * static_cast<unsigned>(size);
    const std::uint64_t all_ones = std::numeric_limits<std::uint64_t>::max() >> unused;
    switch (code) {
        case 'b':
        case 'h':
        case 'i':
        case 'l':
        case 'q':
        case 'n':
            return {std::numeric_limits<std::int64_t>::min() >> unused, all_ones >> 1};
        case 'P':  // an address may be written as a negative number, too
            return {std::numeric_limits<std::int64_t>::min(), all_ones};
        default:
            return {0, all_ones};
    }
}

class ValueWriter {
public:
    ValueWriter(char code, ByteOrder order, std::span<std::uint8_t> to, std::size_t number,
                std::size_t position)
        : code_(code), order_(order), to_(to), number_(number), position_(position) {}

    Result<void> write(const StructValue& value) const {
        switch (code_) {
            case '?':
                to_[0] = std::visit(Truth{}, value) ? 1 : 0;
                return {};
            case 'e':
            case 'f':
            case 'd':
                return write_float(value);
            case 'c':
            case 's':
            case 'p':
                return write_bytes(value);
            default:
                return write_integer(value);
        }
    }

private:
    struct Truth {
        bool operator()(const Bytes& bytes) const { return !bytes.empty(); }
        template <typename Number>
        bool operator()(Number number) const {
            return number != 0;
        }
    };

    tl::unexpected<Error> refuse(const std::string& why) const {
        return fail_at(position_, fmt::format("value {} for \"{}\": {}", number_, code_, why));
    }
    void put(std::uint64_t bits) const { write_number(bits, to_.data(), to_.size(), order_); }

    Result<void> write_integer(const StructValue& value) const {
        const Range range = range_of(code_, to_.size());
        std::int64_t small = 0;
        if (const auto* truth = std::get_if<bool>(&value)) {
            small = *truth ? 1 : 0;
        } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
            small = *number;
        } else if (const auto* large = std::get_if<std::uint64_t>(&value)) {
            if (*large > range.highest) return out_of_range(*large, range);
            put(*large);
            return {};
        } else {
            return refuse("an integer is needed");
        }
        if (small < range.lowest || (small > 0 && static_cast<std::uint64_t>(small) > range.highest))
            return out_of_range(small, range);
        put(static_cast<std::uint64_t>(small));
        return {};
    }

    template <typename Number>
    Result<void> out_of_range(Number number, Range range) const {
        return refuse(fmt::format("{} is out of its range, {} to {}", number, range.lowest, range.highest));
    }

    Result<void> write_float(const StructValue& value) const {
        double number = 0;
        if (const auto* exact = std::get_if<double>(&value)) {
            number = *exact;
        } else if (const auto* truth = std::get_if<bool>(&value)) {
            number = *truth ? 1 : 0;
        } else if (const auto* integer = std::get_if<std::int64_t>(&value)) {
            number = static_cast<double>(*integer);
        } else if (const auto* large = std::get_if<std::uint64_t>(&value)) {
            number = static_cast<double>(*large);
        } else {
            return refuse("a number is needed");
        }
        if (code_ == 'd') {
            put(std::bit_cast<std::uint64_t>(number));
            return {};
        }
        if (code_ == 'e') {
            const auto half = double_to_half(number);
            if (!half) return refuse(fmt::format("{} is larger than its largest number, 65504", number));
            put(*half);
            return {};
        }
        const auto single = double_to_float(number);
        if (!single)
            return refuse(fmt::format("{} is larger than its largest number, {}", number,
                                      std::numeric_limits<float>::max()));
        put(std::bit_cast<std::uint32_t>(*single));
        return {};
    }

    Result<void> write_bytes(const StructValue& value) const {
        const auto* bytes = std::get_if<Bytes>(&value);
        if (bytes == nullptr) return refuse("bytes are needed");
        if (code_ == 'c' && bytes->size() != 1)
            return refuse(fmt::format("one byte is needed, and there are {}", bytes->size()));
        if (code_ != 'p') {
            std::copy_n(bytes->begin(), std::min(bytes->size(), to_.size()), to_.begin());
            return {};
        }
        if (to_.empty()) return {};
        const std::size_t kept = std::min(bytes->size(), to_.size() - 1);
        std::copy_n(bytes->begin(), kept, to_.begin() + 1);
        // One byte tells the length, so of a longer string the reader sees the beginning; all of it is written, as in Python.
        to_[0] = static_cast<std::uint8_t>(std::min<std::size_t>(kept, 255));
        return {};
    }

    char code_;
    ByteOrder order_;
    std::span<std::uint8_t> to_;
    std::size_t number_;
    std::size_t position_;
};

}  // namespace

Result<Bytes> StructFormat::pack(std::span<const StructValue> values, std::size_t* refused) const {
    if (values.size() != value_count_) {
        return fail(ErrorKind::bad_input,
                    fmt::format("the format takes {} values, and there are {}", value_count_, values.size()));
    }
    Bytes record(size_);
    std::size_t next = 0;
    for (const Run& run : runs_) {
        const std::size_t size = run.code == 's' || run.code == 'p' ? run.count : run.item_size;
        for (std::size_t i = 0; i < run.values(); ++i, ++next) {
            const auto to = std::span(record).subspan(run.begin + i * size, size);
            const ValueWriter writer(run.code, order_, to, next + 1, run.format_position);
            if (auto written = writer.write(values[next]); !written) {
                if (refused != nullptr) *refused = next;
                return tl::unexpected(std::move(written.error()));
            }
        }
    }
    return record;
}

}  // namespace sockdesk::codec
