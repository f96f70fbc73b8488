// Words on screen in the person's language. The key of a text is its English; translations are gettext's .po
// files, embedded in the binary.
//
// One language for the whole process, used by the thread that draws.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "app/po_file.hpp"

namespace sockdesk::app {

enum class Language { english, chinese };

/// "en", "zh_CN": the names of the .po files and of the workspace.
std::string_view language_code(Language language);
/// English for any code that is not known.
Language parse_language(std::string_view code);
/// As LC_ALL, LC_MESSAGES and LANG say, the first that is set (POSIX, section 8.2 of the base definitions).
Language language_of_locale();

void set_language(Language language);
Language current_language();

/// The text in the current language; the English itself where there is no translation. Zero-terminated; valid
/// for ever if `english` is a literal.
const char* tr(const char* english);
/// The same for a text that means different things in different places; `context` tells them apart (msgctxt).
const char* trc(const char* context, const char* english);

/// `tr` with the arguments put in for `{}`.
template <typename... Arguments>
std::string trf(const char* english, const Arguments&... arguments) {
    return fmt::format(fmt::runtime(tr(english)), arguments...);
}

/// Every entry of the Chinese catalogue.
const PoCatalogue& chinese_catalogue();

/// What was looked up in vain since the start, for tests. Always empty in English.
const std::set<std::string>& missing_translations();

}  // namespace sockdesk::app
