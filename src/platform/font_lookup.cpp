#include "platform/font_lookup.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string_view>

#include <fontconfig/fontconfig.h>

namespace sockdesk::platform {
namespace {

struct PatternDeleter {
    void operator()(FcPattern* pattern) const { FcPatternDestroy(pattern); }
};
struct FontSetDeleter {
    void operator()(FcFontSet* set) const { FcFontSetDestroy(set); }
};
struct ConfigDeleter {
    void operator()(FcConfig* config) const { FcConfigDestroy(config); }
};
using Pattern = std::unique_ptr<FcPattern, PatternDeleter>;
using FontSet = std::unique_ptr<FcFontSet, FontSetDeleter>;
using Config = std::unique_ptr<FcConfig, ConfigDeleter>;

// How many faces may fill in for what the first one lacks. Each costs a look-up for a character nobody has.
constexpr std::size_t max_fallbacks = 6;

// Known to draw Chinese characters exactly twice as wide as Latin ones. A match for "monospace" alone often
// gives a Latin font, beside which Chinese text from another font would not align.
constexpr std::array<const char*, 8> dual_width_families = {
    "Noto Sans Mono CJK SC", "Source Han Mono SC",     "Sarasa Mono SC",   "Sarasa Term SC",
    "Noto Sans Mono CJK JP", "WenQuanYi Zen Hei Mono", "Maple Mono NF CN", "LXGW WenKai Mono",
};

const FcChar8* chars(const char* text) { return reinterpret_cast<const FcChar8*>(text); }

std::string string_of(const FcPattern* pattern, const char* object) {
    FcChar8* value = nullptr;
    if (FcPatternGetString(pattern, object, 0, &value) != FcResultMatch) return {};
    return reinterpret_cast<const char*>(value);
}

bool is_true(const FcPattern* pattern, const char* object, bool otherwise) {
    FcBool value = otherwise ? FcTrue : FcFalse;
    FcPatternGetBool(pattern, object, 0, &value);
    return value == FcTrue;
}

// The first characters of 网络调试助手: a font that has them is made for simplified Chinese.
bool covers_chinese(const FcPattern* pattern) {
    FcCharSet* set = nullptr;
    if (FcPatternGetCharSet(pattern, FC_CHARSET, 0, &set) != FcResultMatch) return false;
    for (FcChar32 character : {0x7F51U, 0x7EDCU, 0x8C03U, 0x8BD5U}) {
        if (FcCharSetHasChar(set, character) != FcTrue) return false;
    }
    return true;
}

std::optional<FontFace> face_of(const FcPattern* pattern) {
    FontFace face;
    face.path = string_of(pattern, FC_FILE);
    face.family = string_of(pattern, FC_FAMILY);
    FcPatternGetInteger(pattern, FC_INDEX, 0, &face.index);
    face.index &= 0xFFFF;  // the upper half names an instance of a variable font
    face.has_chinese = covers_chinese(pattern);
    // Bitmap strikes and colour glyphs are nothing that the glyph atlas can scale.
    if (face.path.empty() || !is_true(pattern, FC_SCALABLE, true) || is_true(pattern, FC_COLOR, false))
        return {};
    return face;
}

Pattern request(const char* family, bool chinese) {
    Pattern pattern(FcPatternCreate());
    FcPatternAddString(pattern.get(), FC_FAMILY, chars(family));
    FcPatternAddInteger(pattern.get(), FC_WEIGHT, FC_WEIGHT_REGULAR);
    FcPatternAddInteger(pattern.get(), FC_SLANT, FC_SLANT_ROMAN);
    FcPatternAddBool(pattern.get(), FC_SCALABLE, FcTrue);
    if (chinese) FcPatternAddString(pattern.get(), FC_LANG, chars("zh-cn"));
    return pattern;
}

void prepare(FcConfig* config, FcPattern* pattern) {
    FcConfigSubstitute(config, pattern, FcMatchPattern);
    FcDefaultSubstitute(pattern);
}

std::optional<FontFace> match(FcConfig* config, const char* family, bool chinese) {
    const Pattern pattern = request(family, chinese);
    prepare(config, pattern.get());
    FcResult result = FcResultNoMatch;
    const Pattern found(FcFontMatch(config, pattern.get(), &result));
    return found ? face_of(found.get()) : std::nullopt;
}

void append_new(FontStack& stack, const FontFace& face) {
    if (std::find(stack.begin(), stack.end(), face) == stack.end()) stack.push_back(face);
}

// What fontconfig would fall back to, best first; `trim` leaves out what adds no character.
void append_fallbacks(FcConfig* config, const char* family, FontStack& stack) {
    const Pattern pattern = request(family, true);
    prepare(config, pattern.get());
    FcResult result = FcResultNoMatch;
    const FontSet sorted(FcFontSort(config, pattern.get(), FcTrue, nullptr, &result));
    if (!sorted) return;
    for (int i = 0; i < sorted->nfont && stack.size() <= max_fallbacks; ++i) {
        if (const auto face = face_of(sorted->fonts[i])) append_new(stack, *face);
    }
}

std::optional<FontFace> find_dual_width(FcConfig* config) {
    for (const char* family : dual_width_families) {
        const auto face = match(config, family, true);
        // fontconfig always answers with something; only the family asked for will do.
        if (face && face->has_chinese && face->family == family) return face;
    }
    const auto face = match(config, "monospace", true);
    if (face && face->has_chinese) return face;
    return {};
}

bool any_chinese(const FontStack& stack) {
    return std::any_of(stack.begin(), stack.end(), [](const FontFace& face) { return face.has_chinese; });
}

}  // namespace

bool FontChoice::has_chinese() const { return any_chinese(ui) && any_chinese(mono); }

FontChoice look_up_fonts() {
    FontChoice choice;
    const Config config(FcInitLoadConfigAndFonts());
    if (!config) return choice;

    if (const auto face = match(config.get(), "Noto Sans CJK SC", true)) append_new(choice.ui, *face);
    append_fallbacks(config.get(), "sans-serif", choice.ui);

    if (const auto face = find_dual_width(config.get())) append_new(choice.mono, *face);
    if (const auto face = match(config.get(), "monospace", false)) append_new(choice.mono, *face);
    append_fallbacks(config.get(), "monospace", choice.mono);
    return choice;
}

}  // namespace sockdesk::platform
