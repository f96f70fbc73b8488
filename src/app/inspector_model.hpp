// The record in front, byte by byte: what is selected in it, what the selection means, and what a `struct` format makes of the
// whole. Knows no toolkit. A payload is at most 64 KiB, so it is copied; the log may then move on.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/byte_glyphs.hpp"
#include "app/byte_selection.hpp"
#include "app/inspected_values.hpp"
#include "app/local_time.hpp"
#include "app/translation.hpp"
#include "capture/log.hpp"
#include "codec/struct_format.hpp"

namespace sockdesk::app {

/// A field of the record by the format, ready to show.
struct InspectedField {
    std::string code;  ///< "H", "8s"
    ByteRange range;
    std::string value;
};

class InspectorModel {
public:
    explicit InspectorModel(std::shared_ptr<const capture::Log> log);

    /// Once a frame; costs something when it is another record than before. What is no payload is shown as nothing.
    void show(std::optional<RecordIndex> record);
    std::optional<RecordIndex> record() const { return record_; }
    ByteView bytes() const { return bytes_; }
    /// "RECV FROM 127.0.0.1:4000", "SEND TO 127.0.0.1:4000"; empty where nothing is shown.
    const std::string& title() const { return title_; }
    /// When it came or went, as the log says it.
    const std::string& time() const { return time_; }

    void set_encoding(codec::Encoding encoding);
    ByteGlyph glyph(std::size_t offset) { return glyphs_.at(bytes_, offset); }

    ByteSelection& selection() { return selection_; }
    const ByteSelection& selection() const { return selection_; }
    ByteView selected_bytes() const;

    /// Of the selection as it is now.
    const std::vector<InspectedValue>& values();
    /// A reading as it goes to the clipboard: text in full, line ends and all.
    std::string copied(const InspectedValue& value, codec::ByteOrder order) const;

    void set_format(std::string_view text);
    bool has_format() const { return !format_text_.empty(); }
    const std::optional<Error>& format_error() const { return format_error_; }
    /// Those that fit into the record, in the order of the format.
    const std::vector<InspectedField>& fields() const { return fields_; }
    /// The position in `fields` of the one that the byte belongs to.
    std::optional<std::size_t> field_at(std::size_t offset) const;
    /// How many bytes the record is shorter than the format.
    std::size_t missing_bytes() const { return missing_; }
    /// What lies beyond the format; empty without one.
    ByteRange rest() const { return rest_; }

private:
    void read_fields();

    capture::LogReader reader_;
    std::optional<RecordIndex> record_;
    Bytes bytes_;
    std::string title_;
    std::string time_;
    LocalTime local_time_;
    codec::Encoding encoding_;
    ByteGlyphs glyphs_;
    ByteSelection selection_;

    std::string format_text_;
    std::optional<codec::StructFormat> format_;
    std::optional<Error> format_error_;
    std::vector<InspectedField> fields_;
    std::size_t missing_ = 0;
    ByteRange rest_;

    std::vector<InspectedValue> values_;
    std::optional<ByteRange> values_of_;  ///< nothing: to be read anew
    Language values_in_ = Language::english;
};

}  // namespace sockdesk::app
