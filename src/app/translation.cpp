#include "app/translation.hpp"

#include <cstdlib>

#include "app/embedded_translations.hpp"
#include "app/po_file.hpp"

namespace sockdesk::app {
namespace {

struct State {
    Language language = Language::english;
    PoCatalogue chinese;
    std::set<std::string> missing;
};

// The catalogue is checked by a test; here a broken one only leaves the words in English.
PoCatalogue load(std::string_view name) {
    for (const EmbeddedFile& file : embedded_translations()) {
        if (file.name != name) continue;
        if (auto catalogue = parse_po(file.content)) return std::move(*catalogue);
    }
    return {};
}

State& state() {
    static State instance{Language::english, load(language_code(Language::chinese)), {}};
    return instance;
}

const char* look_up(const std::string& key, const char* english) {
    State& s = state();
    const auto found = s.chinese.find(key);
    if (found != s.chinese.end()) return found->second.c_str();
    s.missing.insert(english);
    return english;
}

}  // namespace

std::string_view language_code(Language language) { return language == Language::chinese ? "zh_CN" : "en"; }

Language parse_language(std::string_view code) {
    return code.starts_with("zh") ? Language::chinese : Language::english;
}

Language language_of_locale() {
    for (const char* variable : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        const char* value = std::getenv(variable);
        if (value != nullptr && *value != '\0') return parse_language(value);
    }
    return Language::english;
}

void set_language(Language language) { state().language = language; }
Language current_language() { return state().language; }

const char* tr(const char* english) {
    if (state().language == Language::english) return english;
    return look_up(english, english);
}

const char* trc(const char* context, const char* english) {
    if (state().language == Language::english) return english;
    return look_up(std::string(context) + po_context_separator + english, english);
}

const PoCatalogue& chinese_catalogue() { return state().chinese; }

const std::set<std::string>& missing_translations() { return state().missing; }

}  // namespace sockdesk::app
