// A versioned schema, strict about names and types.
#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/embedded_shortcuts.hpp"
#include "app/hotkey.hpp"
#include "app/shortcut_files.hpp"
#include "app/shortcut_library.hpp"

namespace sockdesk::app {
namespace {

// Members stay in the order they are written in: a file is for people, too.
using json = nlohmann::ordered_json;

constexpr int version = 1;

/// A failure on the way down; nlohmann's own come the same way.
struct Refusal {
    std::string message;
};

json shortcut_to_json(const Shortcut& shortcut) {
    json object = {{"name", shortcut.name}, {"payload", shortcut.payload}};
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
    return object;
}

std::string text_of(const json& value) {
    if (!value.is_string()) throw Refusal{tr("this is not a text")};
    return value.get<std::string>();
}

bool flag_of(const json& value) {
    if (!value.is_boolean()) throw Refusal{tr("this is neither true nor false")};
    return value.get<bool>();
}

void read_field(Shortcut& shortcut, ShortcutField field, const json& value) {
    switch (field) {
        case ShortcutField::name:
            shortcut.name = text_of(value);
            return;
        case ShortcutField::payload:
            shortcut.payload = text_of(value);
            return;
        case ShortcutField::mode: {
            const std::string mode = text_of(value);
            if (mode != "text" && mode != "hex") throw Refusal{tr("this is neither \"text\" nor \"hex\"")};
            shortcut.hex = mode == "hex";
            return;
        }
        case ShortcutField::escapes:
            shortcut.escapes = flag_of(value);
            return;
        case ShortcutField::templates:
            shortcut.templates = flag_of(value);
            return;
        case ShortcutField::trailer:
            shortcut.trailer = text_of(value);
            return;
        case ShortcutField::target:
            shortcut.target = text_of(value);
            return;
        case ShortcutField::delay:
            shortcut.delay = text_of(value);
            return;
        case ShortcutField::hotkey:
            shortcut.hotkey = text_of(value);
            return;
        case ShortcutField::group:
            shortcut.group = text_of(value);
            return;
        case ShortcutField::chosen:
            shortcut.chosen = flag_of(value);
            return;
    }
}

std::string place(std::size_t number, std::string_view field, std::string_view why) {
    return trf("shortcut {}, \"{}\": {}", number, field, why);
}

Shortcut read_shortcut(const json& object, std::size_t number, Language language) {
    if (!object.is_object()) throw Refusal{trf("shortcut {} is not an object", number)};
    if (!object.contains("payload")) throw Refusal{place(number, "payload", tr("it is missing"))};
    Shortcut shortcut;
    for (const auto& [key, value] : object.items()) {
        std::string_view name = key;
        const bool chinese = name.ends_with("_zh");
        if (chinese) name.remove_suffix(3);
        const auto field = find_field(name);
        const bool known =
            field && (!chinese || *field == ShortcutField::name || *field == ShortcutField::group);
        if (!known) throw Refusal{place(number, key, tr("no field has this name"))};
        if (chinese && language != Language::chinese) continue;
        if (!chinese && language == Language::chinese && object.contains(key + "_zh")) continue;
        try {
            read_field(shortcut, *field, value);
        } catch (const Refusal& refusal) {
            throw Refusal{place(number, key, refusal.message)};
        }
    }
    if (shortcut.name.empty()) shortcut.name = suggested_name(shortcut.payload);
    return shortcut;
}

std::vector<Shortcut> read_all(const json& object, ShortcutCheck check, Language language) {
    const auto number = object.is_object() ? object.find("sockdesk_shortcuts") : object.end();
    if (!object.is_object() || number == object.end() || !number->is_number_integer())
        throw Refusal{tr("this is no file of shortcuts: \"sockdesk_shortcuts\" with the version is missing")};
    if (*number != version)
        throw Refusal{trf("version {} of the file is not one that this program knows", number->dump())};
    const auto list = object.find("shortcuts");
    if (list == object.end() || !list->is_array()) throw Refusal{tr("the list \"shortcuts\" is missing")};
    if (list->size() > ShortcutLibrary::max_shortcuts)
        throw Refusal{trf("more than {} shortcuts", ShortcutLibrary::max_shortcuts)};
    std::vector<Shortcut> shortcuts;
    std::set<std::string> keys;
    for (const json& each : *list) {
        const std::size_t at = shortcuts.size() + 1;
        Shortcut shortcut = read_shortcut(each, at, language);
        if (check == ShortcutCheck::everything) {
            if (const auto problem = check_shortcut(shortcut))
                throw Refusal{place(at, field_name(problem->field), problem->message)};
            if (const auto hotkey = parse_hotkey(shortcut.hotkey);
                hotkey && !keys.insert(hotkey->to_string()).second)
                throw Refusal{place(at, "hotkey", trf("{} is taken by another one", hotkey->to_string()))};
        }
        shortcuts.push_back(std::move(shortcut));
    }
    return shortcuts;
}

std::size_t line_of(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, std::min(offset, text.size()));
    return 1 + static_cast<std::size_t>(std::ranges::count(before, '\n'));
}

}  // namespace

std::string to_json(std::span<const Shortcut> shortcuts) {
    json list = json::array();
    for (const Shortcut& shortcut : shortcuts) list.push_back(shortcut_to_json(shortcut));
    const json object = {{"sockdesk_shortcuts", version}, {"shortcuts", std::move(list)}};
    // What a clipboard gave may be no UTF-8: those bytes become U+FFFD rather than an exception.
    return object.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

Result<std::vector<Shortcut>> shortcuts_from_json(std::string_view text, ShortcutCheck check,
                                                  Language language) {
    if (text.size() > max_shortcut_file)
        return fail(ErrorKind::too_large, trf("it is larger than {} MiB", max_shortcut_file >> 20));
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    try {
        return read_all(json::parse(text), check, language);
    } catch (const Refusal& refusal) {
        return fail(ErrorKind::bad_input, refusal.message);
    } catch (const json::parse_error& error) {
        return fail(ErrorKind::bad_input,
                    trf("line {} is no JSON", line_of(text, error.byte > 0 ? error.byte - 1 : 0)));
    } catch (const json::exception& error) {
        return fail(ErrorKind::bad_input, error.what());
    }
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
