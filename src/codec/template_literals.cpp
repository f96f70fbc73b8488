// Items that are bytes once and for all: quoted text, packed records, files, text in another encoding, hex.
#include <fmt/format.h>

#include "codec/encoding.hpp"
#include "codec/escapes.hpp"
#include "codec/hex.hpp"
#include "codec/template_parser.hpp"

namespace sockdesk::codec::detail {

/// `{{"…"}}`: up to the first quote behind which the item ends.
Result<void> TemplateParser::read_quoted_item() {
    const std::size_t begin = at_ + 1;
    for (std::size_t quote = text_.find('"', begin); quote != std::string_view::npos;
         quote = text_.find('"', quote + 1)) {
        const std::size_t behind = skip_blanks(text_, quote + 1);
        if (!text_.substr(behind).starts_with("}}")) continue;
        at_ = behind + 2;
        auto bytes = encode(options_.payload.encoding, text_.substr(begin, quote - begin));
        if (!bytes) return moved(std::move(bytes.error()), begin);
        return add_bytes(*bytes, begin);
    }
    return fail_at(begin - 1, "this quote is not closed: \"}} is missing");
}

Result<void> TemplateParser::read_hex() {
    if (auto colon = expect(':', "bytes in hex"); !colon) return colon;
    const auto rest = rest_of_item();
    if (!rest) return tl::unexpected(rest.error());
    auto bytes = parse_hex(rest->text);
    if (!bytes) return moved(std::move(bytes.error()), rest->position);
    return add_bytes(*bytes, rest->position);
}

Result<void> TemplateParser::read_encoded_text() {
    if (auto colon = expect(':', "the name of an encoding"); !colon) return colon;
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '}' && text_[at_] != '{') ++at_;
    const Slice name = Slice{text_.substr(begin, at_ - begin), begin}.trimmed();
    if (name.text.empty() && at_ < text_.size())
        return fail_at(begin, "the name of an encoding is missing here");
    if (auto comma = expect(',', "the text"); !comma) return comma;
    const auto encoding = Encoding::find(name.text);
    if (!encoding) {
        Error error = encoding.error();
        error.kind = ErrorKind::bad_input;
        error.position = name.position;
        return tl::unexpected(std::move(error));
    }
    at_ = skip_blanks(text_, at_);
    if (at_ < text_.size() && text_[at_] == '"') {
        const auto end = end_of_quoted(text_, at_);
        if (!end) return fail_at(at_, "this quote is not closed");
        const Slice quoted{text_.substr(at_, *end - at_), at_};
        at_ = *end;
        if (auto ended = end_item(); !ended) return ended;
        auto bytes = quoted_bytes(*encoding, quoted);
        if (!bytes) return tl::unexpected(std::move(bytes.error()));
        return add_bytes(*bytes, quoted.position);
    }
    const auto rest = rest_of_item();
    if (!rest) return tl::unexpected(rest.error());
    PayloadOptions options = options_.payload;
    options.escapes = options.escapes && options.mode == PayloadMode::text;
    options.mode = PayloadMode::text;
    options.encoding = *encoding;
    auto bytes = compile_payload(rest->text, options);
    if (!bytes) return moved(std::move(bytes.error()), rest->position);
    return add_bytes(*bytes, rest->position);
}

Result<void> TemplateParser::read_file() {
    if (auto colon = expect(':', "the name of a file"); !colon) return colon;
    at_ = skip_blanks(text_, at_);
    Slice path{{}, at_};
    std::string name;
    if (at_ < text_.size() && text_[at_] == '"') {
        const auto end = end_of_quoted(text_, at_);
        if (!end) return fail_at(at_, "this quote is not closed");
        path.text = text_.substr(at_, *end - at_);
        at_ = *end;
        if (auto ended = end_item(); !ended) return ended;
        auto bytes = quoted_bytes(Encoding::utf8(), path);
        if (!bytes) return tl::unexpected(std::move(bytes.error()));
        name = as_chars(*bytes);
    } else {
        const auto rest = rest_of_item();
        if (!rest) return tl::unexpected(rest.error());
        path = rest->trimmed();
        name = path.text;
    }
    if (name.empty()) return fail_at(path.position, "the name of a file is missing here");
    if (name.find('\0') != std::string::npos) return fail_at(path.position, "no file has a NUL in its name");
    if (!options_.read_file) return fail_at(item_, "files cannot be read here");
    auto bytes = options_.read_file(name);
    if (!bytes) {
        Error error = std::move(bytes.error());
        error.position = path.position;
        return tl::unexpected(std::move(error));
    }
    const std::size_t size = (*bytes)->size();
    if (auto counted = count_room(size, path.position); !counted) return counted;
    program_.steps.push_back(Step{.kind = StepKind::file, .a = program_.files.size(), .b = size});
    program_.files.push_back(std::move(*bytes));
    return {};
}

Result<StructFormat> TemplateParser::pack_format() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '}' && text_[at_] != '{') ++at_;
    const Slice written = Slice{text_.substr(begin, at_ - begin), begin}.trimmed();
    auto format = StructFormat::parse(written.text);
    if (!format) return moved(std::move(format.error()), written.position);
    if (written.text.empty() && at_ < text_.size())
        return fail_at(begin, "a format of Python's struct is missing here, such as !H8sb");
    if (auto counted = count_room(format->size(), written.position); !counted)
        return tl::unexpected(std::move(counted.error()));
    room_ -= format->size();
    return format;
}

/// The one that begins at `at_`, which is then behind it.
Result<StructValue> TemplateParser::pack_value() {
    const std::size_t begin = at_;
    const bool has_prefix = begin < text_.size() && (text_[begin] == 'b' || text_[begin] == 'B');
    const std::size_t quote = begin + (has_prefix ? 1 : 0);
    if (quote < text_.size() && (text_[quote] == '"' || text_[quote] == '\'')) {
        const auto end = end_of_quoted(text_, quote);
        if (!end) return fail_at(quote, "this quote is not closed");
        at_ = *end;
    } else {
        while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '}' && text_[at_] != '{') ++at_;
    }
    auto value = parse_struct_value(options_.payload.encoding,
                                    Slice{text_.substr(begin, at_ - begin), begin}.trimmed());
    if (!value && at_ == text_.size()) return not_closed();
    at_ = skip_blanks(text_, at_);
    return value;
}

Result<void> TemplateParser::read_pack() {
    if (auto colon = expect(':', "a format of Python's struct, such as !H8sb,"); !colon) return colon;
    const std::size_t format_begin = skip_blanks(text_, at_);
    auto format = pack_format();
    if (!format) return tl::unexpected(std::move(format.error()));

    std::vector<StructValue> values;
    std::vector<std::size_t> positions;
    while (at_ < text_.size() && text_[at_] == ',') {
        at_ = skip_blanks(text_, at_ + 1);
        const std::size_t begin = at_;
        auto value = pack_value();
        if (!value) return tl::unexpected(std::move(value.error()));
        if (values.size() == format->value_count()) {
            return fail_at(begin,
                           fmt::format("the format takes {} values, and this is one more", values.size()));
        }
        values.push_back(std::move(*value));
        positions.push_back(begin);
    }
    const std::size_t behind = at_;
    if (auto ended = end_item(); !ended) return ended;
    if (values.size() < format->value_count()) {
        return fail_at(behind, fmt::format("the format takes {} values, and there are {}",
                                           format->value_count(), values.size()));
    }
    std::size_t refused = 0;
    auto record = format->pack(values, &refused);
    if (!record) {
        Error error = std::move(record.error());
        error.position = positions[refused];
        return tl::unexpected(std::move(error));
    }
    return add_bytes(*record, format_begin);
}

}  // namespace sockdesk::codec::detail
