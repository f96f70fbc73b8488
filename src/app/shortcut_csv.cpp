#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "app/hotkey.hpp"
#include "app/shortcut_files.hpp"
#include "app/shortcut_library.hpp"
#include "codec/encoding.hpp"

namespace sockdesk::app {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::array columns = {ShortcutField::name,    ShortcutField::payload,   ShortcutField::mode,
                                ShortcutField::escapes, ShortcutField::templates, ShortcutField::trailer,
                                ShortcutField::target,  ShortcutField::delay,     ShortcutField::hotkey,
                                ShortcutField::group,   ShortcutField::chosen};

// ---- writing

void append_field(std::string_view text, std::string& out) {
    // Blanks at the ends are lost in some readers unless they are quoted.
    const bool plain = text.find_first_of("\",;\t\r\n") == std::string_view::npos && !text.starts_with(' ') &&
                       !text.ends_with(' ');
    if (plain) {
        out += text;
        return;
    }
    out += '"';
    for (const char c : text) {
        out += c;
        if (c == '"') out += c;
    }
    out += '"';
}

std::string value_of(const Shortcut& shortcut, ShortcutField field) {
    const auto flag = [](bool value) { return std::string(value ? "true" : "false"); };
    switch (field) {
        case ShortcutField::name:
            return shortcut.name;
        case ShortcutField::payload:
            return shortcut.payload;
        case ShortcutField::mode:
            return shortcut.hex ? "hex" : "text";
        case ShortcutField::escapes:
            return flag(shortcut.escapes);
        case ShortcutField::templates:
            return flag(shortcut.templates);
        case ShortcutField::trailer:
            return shortcut.trailer;
        case ShortcutField::target:
            return shortcut.target;
        case ShortcutField::delay:
            return shortcut.delay;
        case ShortcutField::hotkey:
            return shortcut.hotkey;
        case ShortcutField::group:
            return shortcut.group;
        case ShortcutField::chosen:
            return flag(shortcut.chosen);
    }
    return {};
}

// ---- reading

struct Record {
    std::size_t line = 0;  ///< where it begins
    std::vector<std::string> fields;
};

/// One record after the other; line ends within quotes are part of their field.
class CsvReader {
public:
    CsvReader(std::string_view text, char separator) : text_(text), separator_(separator) {}

    /// None: the text is over. No record has more than `most` fields.
    Result<std::optional<Record>> next(std::size_t most) {
        if (at_ == text_.size()) return std::optional<Record>();
        Record record{line_, {}};
        for (bool more = true; more;) {
            if (record.fields.size() == most) {
                return fail(ErrorKind::bad_input,
                            trf("line {}: more than {} fields, which is what there are columns for",
                                record.line, most));
            }
            auto field = quoted_next() ? quoted(record) : plain(record);
            if (!field) return tl::unexpected(field.error());
            record.fields.push_back(std::move(*field));
            more = at_ < text_.size() && text_[at_] == separator_;
            if (more) ++at_;
        }
        take_line_end();
        return std::optional<Record>(std::move(record));
    }

private:
    bool quoted_next() const { return at_ < text_.size() && text_[at_] == '"'; }
    bool at_end() const {
        return at_ == text_.size() || text_[at_] == separator_ || text_[at_] == '\n' || text_[at_] == '\r';
    }

    Result<std::string> quoted(const Record& record) {
        std::string field;
        const std::size_t began = line_;
        ++at_;
        while (true) {
            if (at_ == text_.size()) {
                return fail(ErrorKind::bad_input, trf("line {}, field {}: the quote is not closed", began,
                                                      record.fields.size() + 1));
            }
            const char c = text_[at_++];
            if (c == '\n') ++line_;
            if (c != '"') {
                field += c;
            } else if (quoted_next()) {
                field += '"';
                ++at_;
            } else {
                break;
            }
        }
        if (!at_end()) {
            return fail(ErrorKind::bad_input, trf("line {}, field {}: text follows the closing quote; a "
                                                  "quote within a field is written twice",
                                                  line_, record.fields.size() + 1));
        }
        return field;
    }

    Result<std::string> plain(const Record& record) {
        const std::size_t begin = at_;
        while (!at_end()) {
            if (text_[at_] == '"') {
                return fail(ErrorKind::bad_input,
                            trf("line {}, field {}: a quote stands in a field that does not begin with one",
                                line_, record.fields.size() + 1));
            }
            ++at_;
        }
        return std::string(text_.substr(begin, at_ - begin));
    }

    void take_line_end() {
        if (at_ < text_.size() && text_[at_] == '\r') ++at_;
        if (at_ < text_.size() && text_[at_] == '\n') ++at_;
        ++line_;
    }

    std::string_view text_;
    char separator_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
};

std::string trimmed_lower(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c != ' ' && c != '\t') result += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return result;
}

/// In UTF-8, whatever it came in.
Result<std::string> as_utf8(std::string_view csv) {
    if (csv.starts_with(byte_order_mark)) return std::string(csv.substr(byte_order_mark.size()));
    if (codec::encode(codec::Encoding::utf8(), csv)) return std::string(csv);
    if (auto gb = codec::Encoding::find("gb18030")) {
        std::string text = codec::decode_all(*gb, as_bytes(csv));
        // What it could not decode it has spelt out, and that would not be the same bytes again.
        const auto back = codec::encode(*gb, text);
        if (back && std::ranges::equal(*back, as_bytes(csv))) return text;
    }
    return fail(ErrorKind::bad_input, tr("the text is neither UTF-8 nor GB 18030 (GBK)"));
}

char separator_of(std::string_view text) {
    const std::string_view header = text.substr(0, text.find_first_of("\r\n"));
    for (const char c : {',', ';', '\t'}) {
        if (header.find(c) != std::string_view::npos) return c;
    }
    return ',';
}

Result<std::vector<ShortcutField>> read_header(const Record& header) {
    std::vector<ShortcutField> order;
    for (const std::string& each : header.fields) {
        const auto field = find_field(trimmed_lower(each));
        if (!field) {
            std::string known;
            for (const ShortcutField column : columns)
                known += (known.empty() ? "" : ", ") + std::string(field_name(column));
            return fail(ErrorKind::bad_input, trf("line {}: \"{}\" is no field; there are: {}", header.line,
                                                  each.substr(0, 60), known));
        }
        if (std::ranges::find(order, *field) != order.end())
            return fail(ErrorKind::bad_input, trf("line {}: \"{}\" stands there twice", header.line, each));
        order.push_back(*field);
    }
    if (std::ranges::find(order, ShortcutField::payload) == order.end())
        return fail(ErrorKind::bad_input, trf("line {}: the field \"payload\" is missing", header.line));
    return order;
}

/// What is wrong with the value; empty: nothing.
std::string put(Shortcut& shortcut, ShortcutField field, std::string value) {
    const auto flag = [&](bool& into) -> std::string {
        const std::string word = trimmed_lower(value);
        const bool yes = word == "true" || word == "1" || word == "yes" || word == "是";
        const bool no = word.empty() || word == "false" || word == "0" || word == "no" || word == "否";
        into = yes;
        return yes || no ? std::string() : tr("this is neither true nor false");
    };
    if (value.find('\0') != std::string::npos)
        return tr("no text can hold the character U+0000; with \"escapes\" it is written as \\0");
    switch (field) {
        case ShortcutField::name:
            shortcut.name = std::move(value);
            break;
        case ShortcutField::payload:
            shortcut.payload = std::move(value);
            break;
        case ShortcutField::mode: {
            const std::string mode = trimmed_lower(value);
            shortcut.hex = mode == "hex";
            if (mode != "hex" && mode != "text" && !mode.empty())
                return tr("this is neither \"text\" nor \"hex\"");
            break;
        }
        case ShortcutField::escapes:
            return flag(shortcut.escapes);
        case ShortcutField::templates:
            return flag(shortcut.templates);
        case ShortcutField::trailer:
            shortcut.trailer = std::move(value);
            break;
        case ShortcutField::target:
            shortcut.target = std::move(value);
            break;
        case ShortcutField::delay:
            shortcut.delay = std::move(value);
            break;
        case ShortcutField::hotkey:
            shortcut.hotkey = std::move(value);
            break;
        case ShortcutField::group:
            shortcut.group = std::move(value);
            break;
        case ShortcutField::chosen:
            return flag(shortcut.chosen);
    }
    return {};
}

tl::unexpected<Error> refuse(std::size_t line, ShortcutField field, std::string_view why) {
    return fail(ErrorKind::bad_input, trf("line {}, \"{}\": {}", line, field_name(field), why));
}

Result<Shortcut> read_record(Record& record, const std::vector<ShortcutField>& order) {
    Shortcut shortcut;
    for (std::size_t i = 0; i < record.fields.size(); ++i) {
        const std::string why = put(shortcut, order[i], std::move(record.fields[i]));
        if (!why.empty()) return refuse(record.line, order[i], why);
    }
    const auto payload =
        static_cast<std::size_t>(std::ranges::find(order, ShortcutField::payload) - order.begin());
    if (record.fields.size() <= payload)
        return refuse(record.line, ShortcutField::payload, tr("it is missing"));
    if (shortcut.name.empty()) shortcut.name = suggested_name(shortcut.payload);
    if (const auto problem = check_shortcut(shortcut))
        return refuse(record.line, problem->field, problem->message);
    return shortcut;
}

}  // namespace

std::string to_csv(std::span<const Shortcut> shortcuts) {
    std::string out(byte_order_mark);
    const auto separator = [&](ShortcutField field) { out += field == columns.back() ? "\r\n" : ","; };
    for (const ShortcutField field : columns) {
        out += field_name(field);
        separator(field);
    }
    for (const Shortcut& shortcut : shortcuts) {
        for (const ShortcutField field : columns) {
            append_field(value_of(shortcut, field), out);
            separator(field);
        }
    }
    return out;
}

Result<std::vector<Shortcut>> shortcuts_from_csv(std::string_view csv) {
    if (csv.size() > max_shortcut_file)
        return fail(ErrorKind::too_large, trf("it is larger than {} MiB", max_shortcut_file >> 20));
    auto text = as_utf8(csv);
    if (!text) return tl::unexpected(text.error());
    CsvReader reader(*text, separator_of(*text));
    auto header = reader.next(columns.size());
    if (!header) return tl::unexpected(header.error());
    if (!*header) return fail(ErrorKind::bad_input, tr("the file is empty"));
    auto order = read_header(**header);
    if (!order) return tl::unexpected(order.error());
    std::vector<Shortcut> shortcuts;
    std::set<std::string> keys;
    while (true) {
        auto record = reader.next(order->size());
        if (!record) return tl::unexpected(record.error());
        if (!*record) return shortcuts;
        const bool blank =
            std::ranges::all_of((*record)->fields, [](const std::string& field) { return field.empty(); });
        if (blank) continue;
        auto shortcut = read_record(**record, *order);
        if (!shortcut) return tl::unexpected(shortcut.error());
        if (const auto hotkey = parse_hotkey(shortcut->hotkey);
            hotkey && !keys.insert(hotkey->to_string()).second) {
            return refuse((*record)->line, ShortcutField::hotkey,
                          trf("{} is taken by another one", hotkey->to_string()));
        }
        if (shortcuts.size() == ShortcutLibrary::max_shortcuts)
            return fail(ErrorKind::too_large, trf("more than {} shortcuts", ShortcutLibrary::max_shortcuts));
        shortcuts.push_back(std::move(*shortcut));
    }
}

}  // namespace sockdesk::app
