// The text around items, where they begin and end, and what all of them share. What each item is stands in template_items.cpp.
#include "codec/template_parser.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "codec/encoder.hpp"
#include "codec/escapes.hpp"
#include "codec/hex.hpp"

namespace sockdesk::codec::detail {

namespace {

constexpr std::string_view opening = "{{";
constexpr std::string_view closing = "}}";
constexpr std::string_view quoted_braces = "{{\"{{\"}}";

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '/' || c == '-';
}

}  // namespace

Result<TemplateProgram> TemplateParser::parse() {
    while (at_ < text_.size()) {
        const std::size_t next = std::min(text_.find(opening, at_), text_.size());
        auto read = next > at_ ? read_text(next) : read_item();
        if (!read) return tl::unexpected(std::move(read.error()));
    }
    auto closed = close_parts();
    if (closed) closed = name_lengths();
    if (closed) closed = finish_program(program_, std::move(measured_));
    if (!closed) return tl::unexpected(std::move(closed.error()));
    return std::move(program_);
}

Result<void> TemplateParser::read_text(std::size_t end) {
    const std::size_t begin = std::exchange(at_, end);
    auto bytes = compile_payload(text_.substr(begin, end - begin), options_.payload);
    if (!bytes) return moved(std::move(bytes.error()), begin);
    return add_bytes(*bytes, begin);
}

Result<void> TemplateParser::read_item() {
    item_ = at_;
    if (++items_ > most_items) {
        return too_large_at(item_, fmt::format("a payload has at most {} items", most_items));
    }
    at_ = skip_blanks(text_, at_ + opening.size());
    if (at_ < text_.size() && text_[at_] == '"') return read_quoted_item();
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_name_character(text_[at_])) ++at_;
    return read_named_item({text_.substr(begin, at_ - begin), begin});
}

tl::unexpected<Error> TemplateParser::not_closed() const {
    return fail_at(item_, fmt::format("this item is not closed: {} is missing; to send {} as it is write {}",
                                      closing, opening, quoted_braces));
}

Result<Slice> TemplateParser::rest_of_item() {
    const std::size_t end = text_.find(closing, at_);
    const std::size_t next = text_.find(opening, at_);
    if (end == std::string_view::npos || next < end) return not_closed();
    const Slice rest{text_.substr(at_, end - at_), at_};
    at_ = end + closing.size();
    return rest;
}

Result<TemplateParser::Arguments> TemplateParser::arguments_of_item() {
    const auto rest = rest_of_item();
    if (!rest) return tl::unexpected(rest.error());
    Arguments arguments;
    const std::string_view text = rest->text;
    const std::size_t first = skip_blanks(text, 0);
    if (first == text.size()) return arguments;
    if (text[first] != ':' && text[first] != ',') {
        return fail_at(rest->position + first,
                       "behind an item's name comes \":\" and its value, \",\" and how it is written, or }}");
    }
    bool is_value = text[first] == ':';
    for (std::size_t begin = first + 1;;) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        const Slice piece = Slice{text.substr(begin, end - begin), rest->position + begin}.trimmed();
        if (piece.text.empty()) {
            return fail_at(rest->position + begin - 1,
                           fmt::format("nothing stands behind this \"{}\"", text[begin - 1]));
        }
        if (is_value) {
            arguments.value = piece;
        } else {
            arguments.more.push_back(piece);
        }
        is_value = false;
        if (end == text.size()) return arguments;
        begin = end + 1;
    }
}

Result<void> TemplateParser::end_item() {
    at_ = skip_blanks(text_, at_);
    if (at_ == text_.size()) return not_closed();
    if (!text_.substr(at_).starts_with(closing)) {
        return fail_at(at_, "here the item should end with }}");
    }
    at_ += closing.size();
    return {};
}

Result<void> TemplateParser::expect(char c, std::string_view what) {
    at_ = skip_blanks(text_, at_);
    if (at_ == text_.size()) return not_closed();
    if (text_[at_] != c) return fail_at(at_, fmt::format("\"{}\" and {} are missing here", c, what));
    ++at_;
    return {};
}

Result<void> TemplateParser::close_parts() {
    if (open_parts_.empty()) return {};
    return fail_at(open_parts_.back().item,
                   fmt::format("this part is not closed: {} is missing", "{{/part}}"));
}

/// A part may be behind the length of it.
Result<void> TemplateParser::name_lengths() {
    for (const LengthOfName& wanted : named_lengths_) {
        Length& length = measured_.lengths[wanted.length];
        if (wanted.name.text == "rest" || wanted.name.text == "all") {
            length.part = measured_.parts.size();
            measured_.parts.push_back(
                {wanted.name.text == "all" ? 0 : length.step + 1, program_.steps.size()});
            continue;
        }
        const auto found = part_names_.find(std::string(wanted.name.text));
        if (found != part_names_.end()) {
            length.part = found->second;
            continue;
        }
        std::vector<std::string> names;
        for (const auto& [name, index] : part_names_) names.push_back(name);
        std::ranges::sort(names);
        names.resize(std::min<std::size_t>(names.size(), 8));
        std::string known;
        for (const std::string& name : names) known += name + ", ";
        return fail_at(wanted.name.position,
                       fmt::format("there is no part \"{}\"; there are {}rest and all; a part is written {}",
                                   escape_controls(wanted.name.text), known, "{{part:NAME}}…{{/part}}"));
    }
    return {};
}

Result<void> TemplateParser::count_room(std::size_t bytes, std::size_t position) {
    if (bytes > PayloadTemplate::max_size - room_) {
        return too_large_at(position,
                            fmt::format("with this the payload is larger than {} MiB, and none may be",
                                        PayloadTemplate::max_size >> 20));
    }
    room_ += bytes;
    return {};
}

Result<void> TemplateParser::add_bytes(const Bytes& bytes, std::size_t position) {
    if (auto counted = count_room(bytes.size(), position); !counted) return counted;
    program_.steps.push_back(Step{.a = program_.constants.size(), .b = bytes.size()});
    program_.constants.insert(program_.constants.end(), bytes.begin(), bytes.end());
    return {};
}

Result<void> TemplateParser::add(Step step) {
    const bool is_bytes = step.kind == StepKind::random_bytes || step.kind == StepKind::group;
    if (!is_bytes && step.form.packed_size == 0) {
        if (auto learned = learn_ascii(); !learned) return learned;
    }
    if (step.letters != Case::as_is) learn_case();
    if (auto counted = count_room(room_of(step, program_.ascii), item_); !counted) return counted;
    program_.steps.push_back(step);
    return {};
}

Result<void> TemplateParser::learn_ascii() {
    const Encoding encoding = options_.payload.encoding;
    if (std::exchange(knows_ascii_, true)) return {};
    AsciiBytes& ascii = program_.ascii;
    // In a stateful encoding ASCII may need more than its own bytes: + in UTF-7.
    ascii.same = encoding.ascii_compatible() && encoding.info().traits().family != Family::stateful;
    if (ascii.same) return {};
    Encoder encoder(encoding);
    ascii.longest_used = 0;
    for (const char c : std::string_view("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefT-+:.%")) {
        Bytes bytes;
        const auto done = encoder.encode({&c, 1}, bytes);
        if (!done || bytes.empty() || bytes.size() > AsciiBytes::longest) {
            return fail_at(item_, fmt::format("this is written with \"{}\", which {} does not have", c,
                                              encoding.name()));
        }
        const auto index = static_cast<std::size_t>(c);
        std::ranges::copy(bytes, ascii.bytes[index].begin());
        ascii.sizes[index] = static_cast<std::uint8_t>(bytes.size());
        if (c == '0') ascii.digit_size = bytes.size();
        ascii.has_one_size = ascii.has_one_size && bytes.size() == ascii.digit_size;
        ascii.longest_used = std::max(ascii.longest_used, bytes.size());
    }
    return {};
}

void TemplateParser::learn_case() {
    if (std::exchange(knows_case_, true)) return;
    CaseRule& rule = program_.letters;
    const Encoding encoding = options_.payload.encoding;
    for (std::size_t i = 0; i < 256; ++i) rule.upper[i] = rule.lower[i] = static_cast<std::uint8_t>(i);
    Encoder encoder(encoding);
    for (char c = 'a'; c <= 'z'; ++c) {
        const char large = static_cast<char>(c - 'a' + 'A');
        Bytes lower_bytes, upper_bytes;
        if (!encoder.encode({&c, 1}, lower_bytes) || !encoder.encode({&large, 1}, upper_bytes)) continue;
        if (lower_bytes.empty() || lower_bytes.size() != upper_bytes.size()) continue;
        rule.unit = lower_bytes.size();
        rule.letter_at =
            lower_bytes.front() == 0 ? rule.unit - 1 : 0;  // of UTF-16 and UTF-32, by their order
        const std::uint8_t small = lower_bytes[rule.letter_at];
        const std::uint8_t capital = upper_bytes[rule.letter_at];
        rule.upper[small] = capital;
        rule.lower[capital] = small;
    }
    if (encoding.info().traits().family != Family::multibyte) return;
    // A byte that, alone or with a highest one behind it, is not a character yet begins one of several bytes. Those of four bytes whose
    // second one is a digit (GB 18030) are two such pairs.
    StreamDecoder decoder(encoding);
    std::string ignored;
    for (std::size_t i = 0x80; i < 256; ++i) {
        const auto byte = static_cast<std::uint8_t>(i);
        constexpr std::uint8_t high = 0xA1;
        decoder.decode({&byte, 1}, ignored);
        while (decoder.pending_bytes() > 0 && rule.followers[i] < 3) {
            ++rule.followers[i];
            decoder.decode({&high, 1}, ignored);
        }
        decoder.reset();
    }
}

}  // namespace sockdesk::codec::detail
