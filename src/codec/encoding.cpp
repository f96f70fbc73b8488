#include "codec/encoding.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <deque>
#include <vector>

#include "codec/escapes.hpp"
#include "codec/icu.hpp"

namespace sockdesk::codec {

namespace {

using detail::EncodingInfo;

struct Known {
    const char* name;
    const char* converter;
};

// The menu. Where the converter is not the one that ICU would take for the name, encoding.hpp says why.
constexpr Known menu[] = {
    {"utf-8", "UTF-8"},
    {"gbk", "windows-936-2000"},
    {"gb18030", "gb18030"},
    {"gb2312", "windows-936-2000"},
    {"big5", "windows-950-2000"},
    {"big5-hkscs", "ibm-1375_P100-2008"},
    {"shift_jis", "ibm-943_P15A-2003"},
    {"euc-jp", "euc-jp-2007"},
    {"euc-kr", "windows-949-2000"},
    {"utf-16le", "UTF-16LE"},
    {"utf-16be", "UTF-16BE"},
    {"iso-8859-1", "ISO-8859-1"},
    {"iso-8859-15", "ibm-923_P100-1998"},
    {"windows-1250", "ibm-5346_P100-1998"},
    {"windows-1251", "ibm-5347_P100-1998"},
    {"windows-1252", "ibm-5348_P100-1997"},
    {"koi8-r", "ibm-878_P100-1996"},
    {"ascii", "US-ASCII"},
};

// Names that ICU does not have, has for something else, or shows in a way nobody would recognise.
constexpr Known beside_menu[] = {
    {"utf-32le", "UTF-32LE"},
    {"utf-32be", "UTF-32BE"},
    {"windows-949", "windows-949-2000"},
    {"euc-cn", "ibm-1383_P110-1999"},
};

constexpr const char* native_utf16 = std::endian::native == std::endian::little ? "utf-16le" : "utf-16be";
constexpr const char* other_utf16 = std::endian::native == std::endian::little ? "utf-16be" : "utf-16le";
constexpr const char* native_utf32 = std::endian::native == std::endian::little ? "utf-32le" : "utf-32be";
constexpr const char* other_utf32 = std::endian::native == std::endian::little ? "utf-32be" : "utf-32le";

// Aliases of the names above, and ICU's converters that eat a byte order mark, as those which do not.
constexpr struct {
    const char* alias;
    const char* name;
} aliases[] = {
    {"csGB2312", "gb2312"},
    {"x-gbk", "gbk"},
    {"cp949", "windows-949"},
    {"uhc", "windows-949"},
    {"sjis", "shift_jis"},
    {"UTF-16", "utf-16le"},
    {"UTF-16,version=1", "utf-16le"},
    {"UTF-16,version=2", "utf-16le"},
    {"UTF-16LE,version=1", "utf-16le"},
    {"UTF-16BE,version=1", "utf-16be"},
    {"UTF16_PlatformEndian", native_utf16},
    {"UTF16_OppositeEndian", other_utf16},
    {"UTF-32", "utf-32le"},
    {"UTF32_PlatformEndian", native_utf32},
    {"UTF32_OppositeEndian", other_utf32},
};

// ICU's converters for these lose bytes: of ill-formed input that comes in pieces the first, of characters
// which it takes to be encodable the second and third.
constexpr const char* lossy_converters[] = {"BOCU-1", "LMBCS-1", "x11-compound-text"};

bool same_name(const char* a, const char* b) { return ucnv_compareNames(a, b) == 0; }

std::string lowercase(std::string_view text) {
    std::string result(text);
    for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return result;
}

/// The encodings of the tables above. Never destroyed: encodings are pointers into it.
const std::deque<EncodingInfo>& known_encodings() {
    static const auto& infos = *[] {
        auto* list = new std::deque<EncodingInfo>;
        for (const Known& known : menu) list->emplace_back(known.name, known.converter);
        for (const Known& known : beside_menu) list->emplace_back(known.name, known.converter);
        return list;
    }();
    return infos;
}

const EncodingInfo* find_known(const char* name) {
    for (const auto& [alias, meaning] : aliases) {
        if (same_name(alias, name)) {
            name = meaning;
            break;
        }
    }
    for (const EncodingInfo& info : known_encodings()) {
        if (same_name(info.name.c_str(), name)) return &info;
    }
    return nullptr;
}

const EncodingInfo* find_known_converter(const char* converter) {
    for (const EncodingInfo& info : known_encodings()) {
        if (same_name(info.converter.c_str(), converter)) return &info;
    }
    return find_known(converter);
}

/// ICU's converter of that name or alias; null for none.
const char* icu_converter(const char* name) {
    UErrorCode status = U_ZERO_ERROR;
    const char* converter = ucnv_getAlias(name, 0, &status);
    return U_SUCCESS(status) ? converter : nullptr;
}

/// A name to show for one of ICU's converters: the one of mail and web, that of IANA, any; one that leads
/// back here.
std::string shown_name(const char* converter) {
    std::vector<const char*> candidates;
    for (const char* standard : {"MIME", "IANA"}) {
        UErrorCode status = U_ZERO_ERROR;
        if (const char* name = ucnv_getStandardName(converter, standard, &status)) candidates.push_back(name);
    }
    UErrorCode status = U_ZERO_ERROR;
    const std::uint16_t count = ucnv_countAliases(converter, &status);
    for (std::uint16_t i = 1; i < count; ++i) candidates.push_back(ucnv_getAlias(converter, i, &status));
    for (const char* candidate : candidates) {
        if (candidate == nullptr || find_known(candidate) != nullptr) continue;
        const char* found = icu_converter(candidate);
        if (found != nullptr && same_name(found, converter)) return lowercase(candidate);
    }
    return lowercase(converter);
}

bool is_lossy(const char* converter) {
    return std::ranges::any_of(lossy_converters,
                               [&](const char* lossy) { return same_name(lossy, converter); });
}

/// Everything else ICU has that is of use.
const std::deque<EncodingInfo>& other_encodings() {
    static const auto& infos = *[] {
        auto* list = new std::deque<EncodingInfo>;
        const std::int32_t count = ucnv_countAvailable();
        for (std::int32_t i = 0; i < count; ++i) {
            const char* converter = ucnv_getAvailableName(i);
            if (is_lossy(converter) || find_known_converter(converter) != nullptr) continue;
            list->emplace_back(shown_name(converter), converter);
        }
        return list;
    }();
    return infos;
}

const EncodingInfo* find_info(const char* name) {
    if (const EncodingInfo* known = find_known(name)) return known;
    const char* converter = icu_converter(name);
    if (converter == nullptr) return nullptr;
    if (const EncodingInfo* known = find_known_converter(converter)) return known;
    for (const EncodingInfo& info : other_encodings()) {
        if (same_name(info.converter.c_str(), converter)) return &info;
    }
    return nullptr;
}

/// Letters, digits and so on without what names differ in by habit only.
std::string bare_name(std::string_view name) {
    std::string bare = lowercase(name);
    std::erase_if(bare, [](char c) { return c == '-' || c == '_' || c == ' '; });
    return bare;
}

/// How many letters to insert, drop, replace or swap with their neighbour to get from one to the other.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0u : 1u)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], before_last[j - 2] + 1);
            }
        }
        std::swap(before_last, last);
        std::swap(last, row);
    }
    return last[b.size()];
}

/// "gbk, gb2312 or gb18030": up to three names that the one given may have meant, empty if none comes near.
std::string nearest_names(std::string_view given) {
    const std::string wanted = bare_name(given.substr(0, UCNV_MAX_CONVERTER_NAME_LENGTH));
    if (wanted.empty()) return {};
    struct Candidate {
        std::size_t score;
        std::string_view name;
    };
    std::vector<Candidate> candidates;
    const auto consider = [&](std::string_view spelling, std::string_view name) {
        const std::string bare = bare_name(spelling);
        // A name begun rightly counts nearly as much as one spelt nearly right: "gkb" is near to "gb18030"
        // too.
        const std::size_t whole = edit_distance(wanted, bare);
        const std::size_t begun = edit_distance(wanted, std::string_view(bare).substr(0, wanted.size()));
        const bool in_menu = std::ranges::count(common_encodings(), name) != 0;
        const std::size_t score = std::min(2 * whole, 2 * begun + 1) + (in_menu ? 0 : 1);
        const std::size_t limit = bare.front() == wanted.front() ? 5 : 2 * (wanted.size() / 3);
        if (score > limit) return;
        const auto same = std::ranges::find(candidates, name, &Candidate::name);
        if (same == candidates.end()) {
            candidates.push_back({score, name});
        } else {
            same->score = std::min(same->score, score);
        }
    };
    for (const std::string_view name : all_encodings()) consider(name, name);
    for (const auto& [alias, name] : aliases) consider(alias, name);
    std::ranges::stable_sort(candidates, {}, &Candidate::score);
    if (candidates.size() > 3) candidates.resize(3);

    std::string text;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        if (i > 0) text += i + 1 == candidates.size() ? " or " : ", ";
        text += candidates[i].name;
    }
    return text;
}

std::string_view trimmed(std::string_view name) {
    const std::size_t first = name.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return name.substr(first, name.find_last_not_of(" \t") - first + 1);
}

}  // namespace

Encoding::Encoding() : info_(&known_encodings().front()) {}

Result<Encoding> Encoding::find(std::string_view name) {
    const std::string_view wanted = trimmed(name);
    const bool plausible = !wanted.empty() && wanted.size() < UCNV_MAX_CONVERTER_NAME_LENGTH &&
                           std::ranges::all_of(wanted, [](char c) { return c >= ' ' && c < 0x7F; });
    if (plausible) {
        if (const EncodingInfo* info = find_info(std::string(wanted).c_str())) {
            if (info->available()) return Encoding(info);
            return fail(ErrorKind::not_found,
                        "the ICU library of this system came without its table for " + info->name);
        }
    }
    if (wanted.empty())
        return fail(ErrorKind::not_found, "no encoding named; the usual ones are utf-8 and gbk");

    if (same_name(std::string(wanted).c_str(), "ansi")) {
        return fail(
            ErrorKind::not_found,
            "\"ansi\" is another encoding on each Windows: gbk in China, big5 in Taiwan, shift_jis in Japan, "
            "windows-1252 in Western Europe and America; choose one of these");
    }
    const std::string shown = escape_controls(wanted);
    if (const std::string near = nearest_names(wanted); !near.empty()) {
        return fail(ErrorKind::not_found, "unknown encoding \"" + shown + "\"; did you mean " + near + "?");
    }
    return fail(ErrorKind::not_found, "unknown encoding \"" + shown +
                                          "\"; among those there are: utf-8, gbk, gb18030, big5, shift_jis, "
                                          "utf-16le, iso-8859-1");
}

std::string_view Encoding::name() const { return info_->name; }

bool Encoding::ascii_compatible() const { return info_->traits().ascii; }

std::span<const std::string_view> common_encodings() {
    static const auto names = [] {
        std::array<std::string_view, std::size(menu)> list;
        std::ranges::transform(menu, list.begin(), &Known::name);
        return list;
    }();
    return names;
}

std::span<const std::string_view> all_encodings() {
    static const auto& names = *[] {
        auto* list = new std::vector<std::string_view>;
        for (const EncodingInfo& info : known_encodings()) list->push_back(info.name);
        for (const EncodingInfo& info : other_encodings()) list->push_back(info.name);
        return list;
    }();
    return names;
}

}  // namespace sockdesk::codec
