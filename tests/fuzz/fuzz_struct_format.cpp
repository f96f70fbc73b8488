// A `struct` format of a person's making, against any record: format up to the first line's end, record behind it.
#include <algorithm>
#include <cstdlib>

#include "codec/struct_format.hpp"

using namespace sockdesk;
using namespace sockdesk::codec;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView all(data, size);
    const auto cut = static_cast<std::size_t>(std::find(all.begin(), all.end(), '\n') - all.begin());
    const std::string_view text = as_chars(all.first(cut));
    const ByteView record = all.subspan(std::min(cut + 1, size));

    const auto format = StructFormat::parse(text);
    if (!format) {
        require(format.error().position < text.size() && !format.error().message.empty());
        return 0;
    }
    require(format->size() <= StructFormat::max_size);
    const StructReading reading = format->unpack(record);
    require(reading.rest <= record.size());
    require((reading.missing == 0) == (record.size() >= format->size()));
    require(reading.fields.size() <= format->value_count());
    std::size_t end = 0;
    for (const StructField& field : reading.fields) {
        require(field.begin >= end && field.begin + field.size <= record.size());
        require(field.format_position < text.size());
        end = field.begin + field.size;
        require(!struct_value_text(field).empty());
    }
    if (reading.missing > 0) return 0;
    // Every field is there: written again and read again it is the same. (A NaN or a pascal string has several spellings, so
    // the bytes may differ the first time.)
    require(reading.fields.size() == format->value_count());
    std::vector<StructValue> values;
    for (const StructField& field : reading.fields) values.push_back(field.value);
    const auto packed = format->pack(values);
    require(packed && packed->size() == format->size());
    values.clear();
    for (StructField& field : format->unpack(*packed).fields) values.push_back(std::move(field.value));
    require(format->pack(values).value() == *packed);
    return 0;
}
