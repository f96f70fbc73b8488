#include "app/shortcut.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "app/hotkey.hpp"
#include "app/message_translation.hpp"
#include "app/session_draft.hpp"
#include "app/translation.hpp"
#include "codec/escapes.hpp"
#include "codec/trailer.hpp"

namespace sockdesk::app {
namespace {

constexpr std::array<std::string_view, 11> names = {"name",      "payload", "mode",   "escapes",
                                                    "templates", "trailer", "target", "delay",
                                                    "hotkey",    "group",   "chosen"};

std::optional<ShortcutProblem> too_long(const Shortcut& shortcut) {
    if (shortcut.payload.size() > Shortcut::max_payload)
        return ShortcutProblem{ShortcutField::payload, trf("longer than {} bytes", Shortcut::max_payload)};
    const std::pair<ShortcutField, const std::string&> fields[] = {
        {ShortcutField::name, shortcut.name},     {ShortcutField::trailer, shortcut.trailer},
        {ShortcutField::target, shortcut.target}, {ShortcutField::delay, shortcut.delay},
        {ShortcutField::hotkey, shortcut.hotkey}, {ShortcutField::group, shortcut.group}};
    for (const auto& [field, text] : fields) {
        if (text.size() > Shortcut::max_field)
            return ShortcutProblem{field, trf("longer than {} bytes", Shortcut::max_field)};
    }
    return {};
}

}  // namespace

std::size_t bytes_of(const Shortcut& shortcut) {
    return shortcut.name.size() + shortcut.payload.size() + shortcut.trailer.size() + shortcut.target.size() +
           shortcut.delay.size() + shortcut.hotkey.size() + shortcut.group.size();
}

std::string_view field_name(ShortcutField field) { return names[static_cast<std::size_t>(field)]; }

std::optional<ShortcutField> find_field(std::string_view name) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == name) return static_cast<ShortcutField>(i);
    }
    return {};
}

std::optional<ShortcutProblem> check_shortcut(const Shortcut& shortcut) {
    if (auto problem = too_long(shortcut)) return problem;
    if (!shortcut.trailer.empty()) {
        if (auto trailer = codec::Trailer::parse(shortcut.trailer); !trailer)
            return ShortcutProblem{ShortcutField::trailer, tr_error(trailer.error(), shortcut.trailer),
                                   trailer.error().position};
    }
    if (!shortcut.target.empty()) {
        if (auto target = parse_target(shortcut.target); !target)
            return ShortcutProblem{ShortcutField::target, target.error().message};
    }
    if (!shortcut.delay.empty()) {
        if (auto delay = parse_period(shortcut.delay); !delay)
            return ShortcutProblem{ShortcutField::delay, delay.error().message};
    }
    if (!shortcut.hotkey.empty()) {
        if (auto hotkey = parse_hotkey(shortcut.hotkey); !hotkey)
            return ShortcutProblem{ShortcutField::hotkey, hotkey.error().message};
    }
    return {};
}

std::chrono::nanoseconds delay_of(const Shortcut& shortcut) {
    if (shortcut.delay.empty()) return {};
    return parse_period(shortcut.delay).value_or(std::chrono::nanoseconds{0});
}

PayloadSpec payload_spec(const Shortcut& shortcut, std::string_view encoding) {
    PayloadSpec spec;
    spec.text = shortcut.payload;
    spec.hex = shortcut.hex;
    spec.escapes = shortcut.escapes;
    spec.templates = shortcut.templates;
    spec.encoding = std::string(encoding);
    spec.trailer = shortcut.trailer;
    return spec;
}

std::string suggested_name(std::string_view payload) {
    constexpr std::size_t most = 40;
    const std::size_t begin = payload.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) return tr("Shortcut");
    payload.remove_prefix(begin);
    std::size_t size = std::min(payload.find_first_of("\r\n"), payload.size());
    if (size > most) {
        size = most;
        while (size > 0 && (static_cast<unsigned char>(payload[size]) & 0xC0U) == 0x80U) --size;
    }
    return codec::escape_controls(payload.substr(0, size));
}

}  // namespace sockdesk::app
