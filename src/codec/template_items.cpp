// The items of the payload language, one by one.
#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "codec/encoding.hpp"
#include "codec/escapes.hpp"
#include "codec/hex.hpp"
#include "codec/icu.hpp"
#include "codec/template_parser.hpp"

namespace sockdesk::codec::detail {

namespace {

bool is_part_name(std::string_view name) {
    return std::ranges::all_of(
        name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; });
}

struct TimeUnit {
    std::string_view name;
    std::uint64_t nanoseconds;
};
/// µs with the sign for a millionth, or with the Greek letter that some keyboards give.
constexpr std::array<TimeUnit, 6> time_units = {{{"unix", 1'000'000'000},
                                                 {"ms", 1'000'000},
                                                 {"us", 1'000},
                                                 {"\u00B5s", 1'000},
                                                 {"\u03BCs", 1'000},
                                                 {"ns", 1}}};

/// `width=3` where it stands, and its value.
struct Option {
    Slice argument;
    Slice value;
};

/// None where it is not that option.
std::optional<Option> as_option(Slice argument, std::string_view name) {
    const std::size_t equals = argument.text.find('=');
    if (equals == std::string_view::npos || equals == 0) return std::nullopt;
    if (Slice{argument.text.substr(0, equals)}.trimmed().text != name) return std::nullopt;
    return Option{argument,
                  Slice{argument.text.substr(equals + 1), argument.position + equals + 1}.trimmed()};
}

tl::unexpected<Error> said_twice(Slice argument) {
    return fail_at(argument.position,
                   fmt::format("\"{}\" says again what was said before", escape_controls(argument.text)));
}

/// Into `option`, if it is that one; false if not.
Result<bool> take_option(Slice argument, std::string_view name, std::optional<Option>& option) {
    const auto given = as_option(argument, name);
    if (!given) return false;
    if (option) return said_twice(argument);
    option = given;
    return true;
}

/// How a number is written as text.
Result<void> read_digits(const std::optional<Option>& width, const std::optional<Option>& base,
                         NumberForm& form) {
    if (form.packed_size > 0 && (width || base)) {
        return fail_at((width ? *width : *base).argument.position,
                       "a packed number has no digits: neither width nor base");
    }
    if (width) {
        const auto characters = parse_count(width->value, 255);
        if (!characters) return tl::unexpected(characters.error());
        form.width = static_cast<std::uint16_t>(*characters);
    }
    if (base) {
        const auto number = parse_count(base->value, 36);
        if (!number) return tl::unexpected(number.error());
        if (*number < 2) return fail_at(base->value.position, "a base is 2 to 36");
        form.base = static_cast<std::uint8_t>(*number);
    }
    return {};
}

}  // namespace

/// All there are, in the order in which a message names them.
const std::array<TemplateParser::Item, 18> TemplateParser::items = {{
    {"counter", nullptr, &TemplateParser::read_counter},
    {"time", nullptr, &TemplateParser::read_time},
    {"random", nullptr, &TemplateParser::read_random},
    {"uuid", nullptr, &TemplateParser::read_uuid},
    {"pack", &TemplateParser::read_pack, nullptr},
    {"file", &TemplateParser::read_file, nullptr},
    {"part", nullptr, &TemplateParser::read_part},
    {"/part", nullptr, &TemplateParser::end_part},
    {"len", nullptr, &TemplateParser::read_length},
    {"hex", &TemplateParser::read_hex, nullptr},
    {"text", &TemplateParser::read_encoded_text, nullptr},
    {"session.local_port", nullptr, &TemplateParser::read_port},
    {"session.local_address", nullptr, &TemplateParser::read_address},
    {"session.remote_port", nullptr, &TemplateParser::read_port},
    {"session.remote_address", nullptr, &TemplateParser::read_address},
    {"match", nullptr, &TemplateParser::read_match},
    {"upper", nullptr, &TemplateParser::read_case},
    {"lower", nullptr, &TemplateParser::read_case},
}};

Result<void> TemplateParser::read_named_item(Slice name) {
    const auto* const item = std::ranges::find(items, name.text, &Item::name);
    if (name.text.empty() || item == items.end()) return unknown_item(name);
    if (item->read_whole != nullptr) return (this->*item->read_whole)();
    const auto arguments = arguments_of_item();
    if (!arguments) return tl::unexpected(arguments.error());
    return (this->*item->read)(name, *arguments);
}

tl::unexpected<Error> TemplateParser::unknown_item(Slice name) const {
    if (name.position >= text_.size()) return not_closed();
    std::string known;
    for (const Item& item : items) {
        const bool is_last = &item == &items.back();
        known += fmt::format("{}{}", known.empty() ? "" : is_last ? " and " : ", ", item.name);
    }
    std::string what;
    if (name.text.empty() && text_.substr(name.position).starts_with("}}")) {
        what = "the item is empty";
    } else if (name.text.empty()) {
        what = "no item's name begins like this";
    } else {
        what = fmt::format("there is no item \"{}\"", escape_controls(name.text));
    }
    return fail_at(name.position, fmt::format("{}; there are {}; to send {} as it is write {}", what, known,
                                              "{{", "{{\"{{\"}}"));
}

Result<void> TemplateParser::without_value(std::string_view item, const Arguments& arguments) const {
    if (!arguments.value) return {};
    return fail_at(arguments.value->position, fmt::format("{} takes no value", item));
}

Result<void> TemplateParser::without_arguments(std::string_view item, const Arguments& arguments) const {
    if (auto none = without_value(item, arguments); !none) return none;
    if (arguments.more.empty()) return {};
    return fail_at(arguments.more.front().position,
                   fmt::format("{} takes nothing behind a comma here", item));
}

Result<void> TemplateParser::struct_code(Slice code, NumberForm& form) const {
    const auto format = StructFormat::parse(code.text);
    if (!format) return moved(format.error(), code.position);
    const char letter = code.text.back();
    const bool has_order = std::string_view("@=<>!").find(code.text.front()) != std::string_view::npos;
    const bool is_number = std::string_view("bBhHiIlLqQnNPfd").find(letter) != std::string_view::npos;
    if (!is_number || code.text.size() != (has_order ? 2u : 1u)) {
        return fail_at(code.position,
                       fmt::format("\"{}\" is not the code of one number; there are b B h H i I l L q Q f d, "
                                   "with the byte order before it: !H is big-endian, <H little-endian",
                                   escape_controls(code.text)));
    }
    const std::array<StructValue, 1> one = {std::int64_t{1}};
    const Bytes packed = format->pack(one).value();
    form.packed_size = static_cast<std::uint8_t>(packed.size());
    form.is_float = letter == 'f' || letter == 'd';
    form.order = code.text.front() == '!' || code.text.front() == '>' ? ByteOrder::big : ByteOrder::little;
    return {};
}

Result<NumberForm> TemplateParser::number_form(const std::vector<Slice>& more,
                                               std::optional<Integer>* step) const {
    NumberForm form;
    std::optional<Option> width, base, by;
    for (const Slice& argument : more) {
        auto known = take_option(argument, "width", width);
        if (known && !*known) known = take_option(argument, "base", base);
        if (known && !*known && step != nullptr) known = take_option(argument, "step", by);
        if (!known) return tl::unexpected(std::move(known.error()));
        if (*known) continue;
        if (argument.text.find('=') != std::string_view::npos && argument.text.find('=') != 0) {
            return fail_at(
                argument.position,
                fmt::format(
                    "\"{}\" is not known here; there are {}width=N, base=16 and struct codes such as !H",
                    escape_controls(argument.text), step != nullptr ? "step=N, " : ""));
        }
        if (form.packed_size > 0) return said_twice(argument);
        if (auto read = struct_code(argument, form); !read) return tl::unexpected(std::move(read.error()));
    }
    if (auto read = read_digits(width, base, form); !read) return tl::unexpected(std::move(read.error()));
    if (!by) return form;
    auto number = parse_integer(by->value);
    if (!number) return tl::unexpected(std::move(number.error()));
    *step = *number;
    return form;
}

Result<void> TemplateParser::read_counter(Slice, const Arguments& arguments) {
    Integer start;
    if (arguments.value) {
        auto number = parse_integer(*arguments.value);
        if (!number) return tl::unexpected(std::move(number.error()));
        start = *number;
    }
    std::optional<Integer> step;
    const auto form = number_form(arguments.more, &step);
    if (!form) return tl::unexpected(form.error());
    const Integer by = step.value_or(Integer{false, 1});
    // One that counts down from above what is signed gets there in no lifetime.
    constexpr std::uint64_t most_signed = (std::uint64_t{1} << 63) - 1;
    return add({.kind = StepKind::counter,
                .is_signed = start.negative || (by.negative && start.magnitude <= most_signed),
                .form = *form,
                .a = start.bits() + by.bits() * options_.sent_before,
                .b = by.bits()});
}

Result<void> TemplateParser::read_time(Slice, const Arguments& arguments) {
    const bool is_iso = !arguments.value || arguments.value->text == "iso";
    if (is_iso) {
        if (!arguments.more.empty()) {
            return fail_at(
                arguments.more.front().position,
                fmt::format("this is for a time that is a number, such as {}", "{{time:unix,!I}}"));
        }
        return add({.kind = StepKind::time_iso});
    }
    const auto* unit = std::ranges::find(time_units, arguments.value->text, &TimeUnit::name);
    if (unit == time_units.end()) {
        return fail_at(arguments.value->position,
                       fmt::format("there is no time \"{}\"; there are unix, ms, us, ns and iso",
                                   escape_controls(arguments.value->text)));
    }
    const auto form = number_form(arguments.more);
    if (!form) return tl::unexpected(form.error());
    return add({.kind = StepKind::time, .is_signed = true, .form = *form, .a = unit->nanoseconds});
}

Result<void> TemplateParser::read_uuid(Slice item, const Arguments& arguments) {
    if (auto none = without_arguments(item.text, arguments); !none) return none;
    return add({.kind = StepKind::uuid});
}

Result<void> TemplateParser::read_random(Slice, const Arguments& arguments) {
    if (!arguments.value) {
        return fail_at(item_, fmt::format("random of what? {} is 16 bytes, {} a number", "{{random:16}}",
                                          "{{random:1..6}}"));
    }
    const Slice value = *arguments.value;
    const std::size_t dots = value.text.find("..");
    if (dots == std::string_view::npos) {
        const auto count = parse_count(value, PayloadTemplate::max_size);
        if (!count) return tl::unexpected(count.error());
        if (!arguments.more.empty()) {
            return fail_at(arguments.more.front().position,
                           fmt::format("random bytes are no number; a number is {}", "{{random:1..6,!H}}"));
        }
        return add({.kind = StepKind::random_bytes, .a = *count});
    }
    const auto low = parse_integer(Slice{value.text.substr(0, dots), value.position}.trimmed());
    if (!low) return tl::unexpected(low.error());
    const auto high = parse_integer(Slice{value.text.substr(dots + 2), value.position + dots + 2}.trimmed());
    if (!high) return tl::unexpected(high.error());
    constexpr std::uint64_t most_signed = (std::uint64_t{1} << 63) - 1;
    if (low->negative && !high->negative && high->magnitude > most_signed) {
        return fail_at(value.position, "a range that begins below 0 ends at 9223372036854775807 or before");
    }
    const bool upside_down = low->negative ? (high->negative && high->magnitude > low->magnitude)
                                           : (high->negative ? low->magnitude + high->magnitude > 0
                                                             : high->magnitude < low->magnitude);
    if (upside_down) {
        return fail_at(value.position, fmt::format("the range is upside down: {} is above {}",
                                                   Slice{value.text.substr(0, dots)}.trimmed().text,
                                                   Slice{value.text.substr(dots + 2)}.trimmed().text));
    }
    const auto form = number_form(arguments.more);
    if (!form) return tl::unexpected(form.error());
    return add({.kind = StepKind::random_number,
                .is_signed = low->negative,
                .form = *form,
                .a = low->bits(),
                .b = high->bits() - low->bits()});
}

Result<void> TemplateParser::read_part(Slice, const Arguments& arguments) {
    if (!arguments.value)
        return fail_at(item_, fmt::format("a part needs a name: {}", "{{part:body}}…{{/part}}"));
    const Slice name = *arguments.value;
    if (!arguments.more.empty() || !is_part_name(name.text)) {
        return fail_at(name.position, "a part's name is made of letters, digits and _");
    }
    if (name.text == "rest" || name.text == "all") {
        return fail_at(
            name.position,
            fmt::format("\"{}\" is a length of its own already; call the part something else", name.text));
    }
    if (!part_names_.try_emplace(std::string(name.text), measured_.parts.size()).second) {
        return fail_at(name.position, fmt::format("there is a part \"{}\" already", name.text));
    }
    open_parts_.push_back({measured_.parts.size(), item_});
    measured_.parts.push_back({program_.steps.size(), program_.steps.size()});
    return {};
}

Result<void> TemplateParser::end_part(Slice item, const Arguments& arguments) {
    if (auto none = without_arguments(item.text, arguments); !none) return none;
    if (open_parts_.empty())
        return fail_at(item_, fmt::format("no part is open here: {} is missing before it", "{{part:NAME}}"));
    measured_.parts[open_parts_.back().index].end_step = program_.steps.size();
    open_parts_.pop_back();
    return {};
}

Result<void> TemplateParser::read_length(Slice, const Arguments& arguments) {
    if (!arguments.value)
        return fail_at(item_, fmt::format("the length of what? {}, {} or {} of a part", "{{len:all}}",
                                          "{{len:rest}}", "{{len:NAME}}"));
    if (measured_.lengths.size() == most_lengths) {
        return too_large_at(item_, fmt::format("a payload has at most {} lengths", most_lengths));
    }
    Slice name = *arguments.value;
    Length length{.position = item_, .step = program_.steps.size()};
    const std::size_t sign = name.text.find_first_of("+-");
    if (sign != std::string_view::npos) {
        const Slice number = Slice{name.text.substr(sign + 1), name.position + sign + 1}.trimmed();
        const auto addend = parse_count(number, PayloadTemplate::max_size);
        if (!addend) return tl::unexpected(addend.error());
        length.addend = static_cast<std::int64_t>(*addend);
        if (name.text[sign] == '-') length.addend = -length.addend;
        name = Slice{name.text.substr(0, sign), name.position}.trimmed();
    }
    const auto form = number_form(arguments.more);
    if (!form) return tl::unexpected(form.error());
    length.form = *form;
    length.form.exact_width = length.form.width > 0;
    named_lengths_.push_back({measured_.lengths.size(), name});
    measured_.lengths.push_back(length);
    return add({.kind = StepKind::length, .form = length.form});
}

Result<void> TemplateParser::read_address(Slice item, const Arguments& arguments) {
    if (auto none = without_arguments(item.text, arguments); !none) return none;
    const bool is_local = item.text == "session.local_address";
    return add({.kind = is_local ? StepKind::local_address : StepKind::remote_address});
}

Result<void> TemplateParser::read_port(Slice item, const Arguments& arguments) {
    if (auto none = without_value(item.text, arguments); !none) return none;
    const auto form = number_form(arguments.more);
    if (!form) return tl::unexpected(form.error());
    const bool is_local = item.text == "session.local_port";
    return add({.kind = is_local ? StepKind::local_port : StepKind::remote_port, .form = *form});
}

Result<void> TemplateParser::read_match(Slice, const Arguments& arguments) {
    return read_group(Case::as_is, arguments.value, arguments);
}

/// `upper:match`, `lower:match:1`.
Result<void> TemplateParser::read_case(Slice item, const Arguments& arguments) {
    const Slice whole = arguments.value.value_or(Slice{{}, item_});
    const std::size_t colon = std::min(whole.text.find(':'), whole.text.size());
    if (Slice{whole.text.substr(0, colon)}.trimmed().text != "match") {
        return fail_at(whole.position, fmt::format("upper and lower are for what a rule matched: {}, {}",
                                                   "{{upper:match}}", "{{upper:match:1}}"));
    }
    if (options_.payload.encoding.info().traits().family == Family::stateful) {
        return fail_at(
            item.position,
            fmt::format("in {} one does not see from a byte which character it is; upper and lower "
                        "cannot be had there",
                        options_.payload.encoding.name()));
    }
    std::optional<Slice> group;
    if (colon < whole.text.size())
        group = Slice{whole.text.substr(colon + 1), whole.position + colon + 1}.trimmed();
    return read_group(item.text == "upper" ? Case::upper : Case::lower, group, arguments);
}

Result<void> TemplateParser::read_group(Case letters, const std::optional<Slice>& group,
                                        const Arguments& arguments) {
    if (!arguments.more.empty())
        return fail_at(arguments.more.front().position, "match takes nothing behind a comma");
    if (!options_.in_reply) {
        return fail_at(item_,
                       "there is no match here: it is what a rule matched, and only its reply can have it");
    }
    const auto number = group ? group_number(*group) : Result<std::uint64_t>(0);
    if (!number) return tl::unexpected(number.error());
    return add({.kind = StepKind::group, .letters = letters, .a = *number});
}

Result<std::uint64_t> TemplateParser::group_number(Slice group) const {
    const std::vector<std::string>& names = options_.group_names;
    const auto named = std::ranges::find(names, group.text);
    if (!group.text.empty() && named != names.end())
        return static_cast<std::uint64_t>(named - names.begin()) + 1;
    const bool is_number =
        !group.text.empty() && std::ranges::all_of(group.text, [](char c) { return c >= '0' && c <= '9'; });
    const auto number = is_number ? parse_integer(group) : Result<Integer>(Integer{});
    if (is_number && number && number->magnitude <= names.size()) return number->magnitude;
    std::string known;
    for (const std::string& name : names) {
        if (!name.empty()) known += fmt::format(", \"{}\"", escape_controls(name));
    }
    return fail_at(group.position,
                   fmt::format("the rule has no group \"{}\"; it has {} beside 0, all of it{}",
                               escape_controls(group.text), names.size(), known));
}

}  // namespace sockdesk::codec::detail
