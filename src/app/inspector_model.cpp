#include "app/inspector_model.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace sockdesk::app {

InspectorModel::InspectorModel(std::shared_ptr<const capture::Log> log) : reader_(std::move(log)) {}

void InspectorModel::show(std::optional<RecordIndex> record) {
    const capture::Log& log = reader_.log();
    if (record && (*record >= log.published() || *record < log.first_available())) record.reset();
    if (record == record_) return;
    record_ = record;
    bytes_.clear();
    title_.clear();
    time_.clear();
    if (record) {
        const capture::RecordView view = reader_.record(*record);
        if (view.kind == capture::RecordKind::payload) {
            bytes_.assign(view.payload.begin(), view.payload.end());
            title_ =
                fmt::format("{} {}", view.direction == capture::Direction::received ? "RECV FROM" : "SEND TO",
                            view.remote.to_string());
            local_time_.append_log_time(view.time, time_);
        }
    }
    glyphs_.reset();
    selection_.resize(bytes_.size());
    values_of_.reset();
    read_fields();
}

void InspectorModel::set_encoding(codec::Encoding encoding) {
    if (encoding == encoding_) return;
    encoding_ = encoding;
    glyphs_.set_encoding(encoding);
    values_of_.reset();
    read_fields();
}

ByteView InspectorModel::selected_bytes() const {
    const ByteRange range = selection_.range();
    return bytes().subspan(range.begin, range.size());
}

const std::vector<InspectedValue>& InspectorModel::values() {
    if (values_of_ != selection_.range() || values_in_ != current_language()) {
        values_of_ = selection_.range();
        values_in_ = current_language();
        values_ = inspect(bytes_, *values_of_, encoding_);
    }
    return values_;
}

std::string InspectorModel::copied(const InspectedValue& value, codec::ByteOrder order) const {
    if (value.encoding) return whole_text(*value.encoding, selected_bytes());
    return value.has_orders && order == codec::ByteOrder::big ? value.big : value.little;
}

void InspectorModel::set_format(std::string_view text) {
    if (text == format_text_) return;
    format_text_ = text;
    format_.reset();
    format_error_.reset();
    if (!text.empty()) {
        if (auto parsed = codec::StructFormat::parse(text)) {
            format_ = std::move(*parsed);
        } else {
            format_error_ = std::move(parsed.error());
        }
    }
    read_fields();
}

void InspectorModel::read_fields() {
    fields_.clear();
    missing_ = 0;
    rest_ = {};
    if (!format_ || title_.empty()) return;
    const codec::StructReading reading = format_->unpack(bytes_);
    for (const codec::StructField& field : reading.fields) {
        const bool sized = field.code == 's' || field.code == 'p';
        fields_.push_back({sized ? fmt::format("{}{}", field.size, field.code) : std::string(1, field.code),
                           {field.begin, field.begin + field.size},
                           codec::struct_value_text(field, encoding_)});
    }
    missing_ = reading.missing;
    if (missing_ == 0) rest_ = {reading.rest, bytes_.size()};
}

std::optional<std::size_t> InspectorModel::field_at(std::size_t offset) const {
    // They lie one behind the other; those of no bytes hold none.
    const auto behind = std::ranges::upper_bound(
        fields_, offset, {}, [](const InspectedField& field) { return field.range.begin; });
    for (auto field = behind; field != fields_.begin();) {
        --field;
        if (field->range.contains(offset)) return static_cast<std::size_t>(field - fields_.begin());
        if (field->range.size() > 0) break;
    }
    return std::nullopt;
}

}  // namespace sockdesk::app
