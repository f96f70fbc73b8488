// A versioned schema, strict about names and types.
#include <algorithm>
#include <array>
#include <bitset>
#include <charconv>
#include <iterator>
#include <optional>
#include <set>
#include <unordered_set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/embedded_shortcuts.hpp"
#include "app/hotkey.hpp"
#include "app/shortcut_files.hpp"
#include "app/shortcut_library.hpp"
#include "app/text_place.hpp"
#include "codec/escapes.hpp"

namespace sockdesk::app {
namespace {

// Members stay in the order they are written in: a file is for people, too.
using json = nlohmann::ordered_json;

constexpr int version = 1;
// Several windows that were full when they were joined are no damage.
constexpr std::size_t max_kept = 4 * ShortcutLibrary::max_shortcuts;

void append_json(const Shortcut& shortcut, ShortcutId id, std::string& out) {
    json object = json::object();
    if (id.value != 0) object["id"] = fmt::format("{:016x}", id.value);
    object["name"] = shortcut.name;
    object["payload"] = shortcut.payload;
    if (shortcut.hex) object["mode"] = "hex";
    const auto flag = [&](ShortcutField field, bool value) {
        if (value) object[std::string(field_name(field))] = true;
    };
    const auto text = [&](ShortcutField field, const std::string& value) {
        if (!value.empty()) object[std::string(field_name(field))] = value;
    };
    flag(ShortcutField::escapes, shortcut.escapes);
    flag(ShortcutField::templates, shortcut.templates);
    text(ShortcutField::trailer, shortcut.trailer);
    text(ShortcutField::target, shortcut.target);
    text(ShortcutField::delay, shortcut.delay);
    text(ShortcutField::hotkey, shortcut.hotkey);
    text(ShortcutField::group, shortcut.group);
    flag(ShortcutField::chosen, shortcut.chosen);
    // What a clipboard gave may be no UTF-8: those bytes become U+FFFD rather than an exception.
    out += object.dump(-1, ' ', false, json::error_handler_t::replace);
}

template <typename Each>
std::string write_all(std::size_t count, const Each& append_each) {
    std::string out = fmt::format("{{\"sockdesk_shortcuts\": {}, \"shortcuts\": [", version);
    for (std::size_t i = 0; i < count; ++i) {
        out += i == 0 ? "\n" : ",\n";
        append_each(i, out);
    }
    out += "\n]}\n";
    return out;
}

// ---- reading

/// Says how far the parser has come.
class CountingIterator {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    CountingIterator(const char* at, const char** furthest) : at_(at), furthest_(furthest) {}
    reference operator*() const { return *at_; }
    CountingIterator& operator++() {
        *furthest_ = ++at_;
        return *this;
    }
    CountingIterator operator++(int) {
        CountingIterator before = *this;
        ++*this;
        return before;
    }
    friend bool operator==(const CountingIterator& a, const CountingIterator& b) { return a.at_ == b.at_; }

private:
    const char* at_;
    const char** furthest_;
};

std::string* text_field(Shortcut& shortcut, ShortcutField field) {
    switch (field) {
        case ShortcutField::name:
            return &shortcut.name;
        case ShortcutField::payload:
            return &shortcut.payload;
        case ShortcutField::trailer:
            return &shortcut.trailer;
        case ShortcutField::target:
            return &shortcut.target;
        case ShortcutField::delay:
            return &shortcut.delay;
        case ShortcutField::hotkey:
            return &shortcut.hotkey;
        case ShortcutField::group:
            return &shortcut.group;
        default:
            return nullptr;
    }
}

bool* flag_field(Shortcut& shortcut, ShortcutField field) {
    switch (field) {
        case ShortcutField::escapes:
            return &shortcut.escapes;
        case ShortcutField::templates:
            return &shortcut.templates;
        case ShortcutField::chosen:
            return &shortcut.chosen;
        default:
            return nullptr;
    }
}

/// Takes the file as it is parsed, and nothing of it that is not a shortcut's: whatever it holds, it costs no more memory than its
/// shortcuts do. The functions are those that nlohmann's parser calls; false ends it.
class Reader {
public:
    struct Options {
        ShortcutCheck check;
        Language language;
        bool ids = false;
        std::size_t most = 0;
    };

    Reader(std::string_view text, const Options& options)
        : text_(text), at_(text.data()), end_(text.data()), options_(options) {}

    Result<std::vector<KeptShortcut>> read() {
        const CountingIterator begin(text_.data(), &at_);
        const CountingIterator end(text_.data() + text_.size(), &at_);
        const bool read = json::sax_parse(begin, end, this);
        if (read && !ours_) refuse_at(0, not_ours());
        if (read && ours_ && !has_list_) refuse_at(0, tr("the list \"shortcuts\" is missing"));
        if (error_) return tl::unexpected(std::move(*error_));
        return std::move(shortcuts_);
    }

    bool null() {
        return value([&] { return wrong_type(); });
    }
    bool boolean(bool flag) {
        return value([&] {
            bool* into = in_shortcut() && field_ ? flag_field(current_.shortcut, *field_) : nullptr;
            if (into == nullptr) return wrong_type();
            *into = flag;
            return true;
        });
    }
    bool number_integer(json::number_integer_t number) { return number_value(number); }
    bool number_unsigned(json::number_unsigned_t number) {
        return number_value(number > 1'000'000 ? -1 : static_cast<std::int64_t>(number));
    }
    bool number_float(json::number_float_t, const std::string&) {
        const bool goes_on = value([&] { return wrong_type(); });
        end_ = at_ - 1;
        return goes_on;
    }
    bool string(std::string& text) {
        return value([&] { return in_shortcut() ? take_text(text) : wrong_type(); });
    }
    bool binary(json::binary_t&) { return false; }

    bool start_object(std::size_t) {
        const std::size_t begin = token_begin();
        end_ = at_;
        ++depth_;
        if (skipping_ != 0) return true;
        if (depth_ == 1) return true;
        if (in_list_ && depth_ == 3) {
            if (shortcuts_.size() >= options_.most)
                return refuse_at(begin, trf("more than {} shortcuts", options_.most));
            current_ = {};
            name_zh_.reset();
            group_zh_.reset();
            seen_.reset();
            begin_ = begin;
            return true;
        }
        return nested(begin);
    }
    bool end_object() {
        end_ = at_;
        --depth_;
        if (skipping_ != 0) return end_skipping();
        return depth_ != 2 || !in_list_ || finish_shortcut();
    }
    bool start_array(std::size_t) {
        const std::size_t begin = token_begin();
        end_ = at_;
        ++depth_;
        if (skipping_ != 0) return true;
        if (depth_ == 1) return refuse_at(begin, not_ours());
        if (depth_ == 2 && key_ == "shortcuts") {
            in_list_ = has_list_ = true;
            return true;
        }
        return nested(begin);
    }
    bool end_array() {
        end_ = at_;
        --depth_;
        if (skipping_ != 0) return end_skipping();
        if (depth_ == 1) in_list_ = false;
        return true;
    }
    bool key(std::string& name) {
        const std::size_t begin = token_begin();
        end_ = at_;
        if (skipping_ != 0) return true;
        if (name.size() > 64) name.resize(64);
        key_ = name;
        return !in_shortcut() || find_key(begin);
    }

    bool parse_error(std::size_t position, const std::string& token,
                     const nlohmann::detail::exception& error) {
        const std::string_view what = error.what();
        const auto says = [&](std::string_view words) { return what.find(words) != std::string_view::npos; };
        const std::size_t at = position > 0 ? position - 1 : 0;
        if (says("ill-formed UTF-8")) return refuse_at(at, tr("this byte is no UTF-8"));
        if (at >= text_.size()) return refuse_at(text_.size(), tr("the file ends too early"));
        if (says("control character"))
            return refuse_at(at, tr("a control character stands in a text; it has to be written as \\u00…"));
        if (says("invalid string")) return refuse_at(at, tr("this escape is none that JSON knows"));
        std::string_view shown = token;
        return refuse_at(at, trf("this is no JSON: \"{}\"", one_line_of(shown)));
    }

private:
    static std::string not_ours() {
        return tr("this is no file of shortcuts: \"sockdesk_shortcuts\" with the version is missing");
    }

    static std::string one_line_of(std::string_view token) {
        constexpr std::size_t most = 24;
        if (token.size() > most) token.remove_prefix(token.size() - most);
        while (!token.empty() && (static_cast<unsigned char>(token.front()) & 0xC0U) == 0x80U)
            token.remove_prefix(1);
        return codec::escape_controls(token);
    }

    bool in_shortcut() const { return in_list_ && depth_ == 3; }

    /// Of the token that was just read: the first character that is none between two tokens.
    std::size_t token_begin() const {
        const auto end = static_cast<std::size_t>(end_ - text_.data());
        const std::size_t begin = text_.find_first_not_of(" \t\r\n,:", end);
        return std::min(begin, text_.size());
    }

    bool refuse_at(std::size_t offset, std::string_view why) {
        const TextPlace place = place_of(text_, offset);
        error_ = Error{ErrorKind::bad_input,
                       trf("line {}, character {}: {}", place.line, place.character, why),
                       {},
                       Error::no_position};
        return false;
    }
    bool refuse_field(std::size_t offset, std::string_view field, std::string_view why) {
        return refuse_at(offset, trf("shortcut {}, \"{}\": {}", shortcuts_.size() + 1, field, why));
    }

    template <typename Take>
    bool value(const Take& take) {
        token_ = token_begin();
        end_ = at_;
        if (skipping_ != 0) return true;
        if (depth_ == 0) return refuse_at(token_, not_ours());
        if (depth_ == 1 && key_ != "sockdesk_shortcuts" && key_ != "shortcuts") return true;
        return take();
    }
    bool number_value(std::int64_t number) {
        const bool goes_on = value([&] {
            if (depth_ != 1 || key_ != "sockdesk_shortcuts") return wrong_type();
            ours_ = number == version;
            return ours_ || refuse_at(token_, trf("version {} of the file is not one that this program knows",
                                                  number_text()));
        });
        // The parser has looked at the character behind it.
        end_ = at_ - 1;
        return goes_on;
    }
    std::string number_text() const {
        const std::size_t end = text_.find_first_not_of("+-.0123456789eE", token_);
        return std::string(text_.substr(token_, std::min<std::size_t>(end - token_, 24)));
    }

    bool wrong_type() {
        if (depth_ == 1)
            return refuse_at(token_, key_ == "shortcuts"
                                         ? std::string(tr("the list \"shortcuts\" is missing"))
                                         : not_ours());
        if (!in_shortcut())
            return refuse_at(token_, trf("shortcut {} is not an object", shortcuts_.size() + 1));
        const bool flag = field_ && flag_field(current_.shortcut, *field_) != nullptr;
        return refuse_field(token_, key_,
                            flag ? tr("this is neither true nor false") : tr("this is not a text"));
    }

    /// An object or a list where none is expected: of the file's own members that are unknown it is passed over.
    bool nested(std::size_t begin) {
        if (depth_ == 2 && key_ != "shortcuts" && key_ != "sockdesk_shortcuts") {
            skipping_ = depth_;
            return true;
        }
        token_ = begin;
        --depth_;
        return wrong_type();
    }
    bool end_skipping() {
        if (depth_ < skipping_) skipping_ = 0;
        return true;
    }

    bool find_key(std::size_t begin) {
        std::string_view name = key_;
        // A file that the window kept has ids, and may be imported as any other.
        is_id_ = name == "id";
        field_.reset();
        if (is_id_) return true;
        chinese_ = name.ends_with("_zh");
        if (chinese_) name.remove_suffix(3);
        field_ = find_field(name);
        const bool known =
            field_ && (!chinese_ || *field_ == ShortcutField::name || *field_ == ShortcutField::group);
        if (!known) return refuse_field(begin, key_, tr("no field has this name"));
        const std::size_t bit = static_cast<std::size_t>(*field_) * 2 + (chinese_ ? 1 : 0);
        if (seen_[bit]) return refuse_field(begin, key_, tr("it stands there twice"));
        seen_[bit] = true;
        return true;
    }

    bool take_text(std::string& text) {
        if (is_id_) {
            if (!options_.ids) return true;
            const auto [end, failed] =
                std::from_chars(text.data(), text.data() + text.size(), current_.id.value, 16);
            if (failed != std::errc() || end != text.data() + text.size()) current_.id = {};
            return true;
        }
        if (options_.check == ShortcutCheck::everything && text.find('\0') != std::string::npos)
            return refuse_field(
                token_, key_,
                tr("no text can hold the character U+0000; with \"escapes\" it is written as \\0"));
        places_[static_cast<std::size_t>(*field_)] = token_;
        if (chinese_) {
            (*field_ == ShortcutField::name ? name_zh_ : group_zh_) = std::move(text);
            return true;
        }
        if (*field_ == ShortcutField::mode) {
            if (text != "text" && text != "hex")
                return refuse_field(token_, key_, tr("this is neither \"text\" nor \"hex\""));
            current_.shortcut.hex = text == "hex";
            return true;
        }
        std::string* into = text_field(current_.shortcut, *field_);
        if (into == nullptr) return wrong_type();
        *into = std::move(text);
        return true;
    }

    bool finish_shortcut() {
        Shortcut& shortcut = current_.shortcut;
        if (!seen_[static_cast<std::size_t>(ShortcutField::payload) * 2])
            return refuse_field(begin_, "payload", tr("it is missing"));
        if (options_.language == Language::chinese) {
            if (name_zh_) shortcut.name = std::move(*name_zh_);
            if (group_zh_) shortcut.group = std::move(*group_zh_);
        }
        if (shortcut.name.empty()) shortcut.name = suggested_name(shortcut.payload);
        if (options_.check == ShortcutCheck::everything) {
            if (const auto problem = check_shortcut(shortcut)) {
                const auto field = static_cast<std::size_t>(problem->field);
                return refuse_field(seen_[field * 2] ? places_[field] : begin_, field_name(problem->field),
                                    problem->message);
            }
            if (const auto hotkey = parse_hotkey(shortcut.hotkey);
                hotkey && !keys_.insert(hotkey->to_string()).second)
                return refuse_field(places_[static_cast<std::size_t>(ShortcutField::hotkey)], "hotkey",
                                    trf("{} is taken by another one", hotkey->to_string()));
        }
        shortcuts_.push_back(std::move(current_));
        return true;
    }

    std::string_view text_;
    const char* at_;   ///< what the parser has taken
    const char* end_;  ///< of the token before
    Options options_;
    std::optional<Error> error_;

    std::size_t depth_ = 0;
    std::size_t skipping_ = 0;  ///< the depth of what is passed over; 0: nothing is
    std::size_t token_ = 0;     ///< where the value begins
    std::string key_;
    bool ours_ = false;
    bool in_list_ = false;
    bool has_list_ = false;

    KeptShortcut current_;
    std::size_t begin_ = 0;
    std::optional<ShortcutField> field_;
    bool chinese_ = false;
    bool is_id_ = false;
    std::bitset<22> seen_;
    std::array<std::size_t, 11> places_{};
    std::optional<std::string> name_zh_;
    std::optional<std::string> group_zh_;
    std::set<std::string> keys_;
    std::vector<KeptShortcut> shortcuts_;
};

std::string_view without_mark(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    return text;
}

// FNV-1a: the same in every window and every version.
std::uint64_t hash_of(const Shortcut& shortcut, std::uint64_t salt) {
    std::uint64_t hash = 14695981039346656037ULL ^ salt;
    for (const std::string_view part :
         {std::string_view(shortcut.name), std::string_view(shortcut.payload)}) {
        for (const char c : part) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
        hash = (hash ^ 0xFFU) * 1099511628211ULL;
    }
    return hash;
}

void give_ids(std::vector<KeptShortcut>& shortcuts) {
    std::unordered_set<ShortcutId> taken;
    for (KeptShortcut& each : shortcuts) {
        if (each.id.value != 0 && !taken.insert(each.id).second) each.id = {};
    }
    for (KeptShortcut& each : shortcuts) {
        for (std::uint64_t salt = 0; each.id.value == 0; ++salt) {
            const ShortcutId id{hash_of(each.shortcut, salt)};
            if (id.value != 0 && taken.insert(id).second) each.id = id;
        }
    }
}

}  // namespace

std::string to_json(std::span<const Shortcut> shortcuts) {
    return write_all(shortcuts.size(),
                     [&](std::size_t i, std::string& out) { append_json(shortcuts[i], {}, out); });
}

std::string to_kept_json(std::span<const KeptShortcut> shortcuts) {
    return write_all(shortcuts.size(), [&](std::size_t i, std::string& out) {
        append_json(shortcuts[i].shortcut, shortcuts[i].id, out);
    });
}

Result<std::vector<Shortcut>> shortcuts_from_json(std::string_view text, ShortcutCheck check,
                                                  Language language) {
    if (text.size() > max_shortcut_file)
        return fail(ErrorKind::too_large, trf("it is larger than {} MiB", max_shortcut_file >> 20));
    auto read = Reader(without_mark(text), {check, language, false, ShortcutLibrary::max_shortcuts}).read();
    if (!read) return tl::unexpected(read.error());
    std::vector<Shortcut> shortcuts;
    shortcuts.reserve(read->size());
    for (KeptShortcut& each : *read) shortcuts.push_back(std::move(each.shortcut));
    return shortcuts;
}

Result<std::vector<KeptShortcut>> shortcuts_from_kept_json(std::string_view text) {
    auto read =
        Reader(without_mark(text), {ShortcutCheck::structure, Language::english, true, max_kept}).read();
    if (read) give_ids(*read);
    return read;
}

Result<std::vector<Shortcut>> shortcuts_from_text(std::string_view text, Language language) {
    // The names of a table's columns begin with neither.
    const std::string_view content = without_mark(text);
    const std::size_t begin = content.find_first_not_of(" \t\r\n");
    const bool is_json = begin != std::string_view::npos && (content[begin] == '{' || content[begin] == '[');
    return is_json ? shortcuts_from_json(text, ShortcutCheck::everything, language)
                   : shortcuts_from_csv(text);
}

std::vector<Shortcut> starter_shortcuts(Language language) {
    std::vector<Shortcut> all;
    for (const EmbeddedFile& file : embedded_shortcuts()) {
        // Checked by tests; a file that is broken nevertheless takes nothing else with it.
        auto shortcuts = shortcuts_from_json(file.content, ShortcutCheck::structure, language);
        if (shortcuts) std::ranges::move(*shortcuts, std::back_inserter(all));
    }
    return all;
}

}  // namespace sockdesk::app
