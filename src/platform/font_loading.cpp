#include "platform/font_loading.hpp"

#include <map>
#include <span>
#include <string>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ft2build.h>
#include FT_FREETYPE_H

#include <imgui.h>
#include <imgui_freetype.h>

namespace sockdesk::platform {
namespace {

using Mapping = std::span<std::byte>;

Mapping map_file(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return {};
    struct stat status {};
    void* memory = MAP_FAILED;
    if (::fstat(file, &status) == 0 && status.st_size > 0) {
        memory = ::mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ, MAP_PRIVATE, file, 0);
    }
    ::close(file);
    if (memory == MAP_FAILED) return {};
    return {static_cast<std::byte*>(memory), static_cast<std::size_t>(status.st_size)};
}

}  // namespace

struct LoadedFonts::State {
    std::map<std::string, Mapping> files;
    FT_Library freetype = nullptr;

    // Dear ImGui asserts that a font it is given can be opened; fontconfig's cache may name one that cannot.
    bool can_open(Mapping file, int index) const {
        FT_Face face = nullptr;
        const auto* bytes = reinterpret_cast<const FT_Byte*>(file.data());
        if (FT_New_Memory_Face(freetype, bytes, static_cast<FT_Long>(file.size()), index, &face) != 0)
            return false;
        const bool unicode = FT_Select_Charmap(face, FT_ENCODING_UNICODE) == 0;
        FT_Done_Face(face);
        return unicode;
    }
};

LoadedFonts::LoadedFonts() : state_(std::make_unique<State>()) { FT_Init_FreeType(&state_->freetype); }

LoadedFonts::~LoadedFonts() {
    for (const auto& [path, file] : state_->files) ::munmap(file.data(), file.size());
    FT_Done_FreeType(state_->freetype);
}

ImFont* LoadedFonts::add(const FontStack& stack) {
    ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
    ImFont* font = nullptr;
    for (const FontFace& face : stack) {
        auto [entry, is_new] = state_->files.try_emplace(face.path);
        if (is_new) entry->second = map_file(face.path);
        const Mapping file = entry->second;
        if (file.empty()) {
            state_->files.erase(entry);
            continue;
        }
        if (!state_->can_open(file, face.index)) continue;

        ImFontConfig config;
        config.FontDataOwnedByAtlas = false;
        config.FontNo = static_cast<ImU32>(face.index);
        config.MergeMode = font != nullptr;
        // Snaps stems to pixel rows but leaves widths alone: crisp, and still the shapes of the typeface.
        config.FontLoaderFlags = ImGuiFreeTypeLoaderFlags_LightHinting;
        // Whole-pixel advances keep every glyph of a line as sharp as the first.
        config.PixelSnapH = true;
        ImFont* added = atlas.AddFontFromMemoryTTF(file.data(), static_cast<int>(file.size()), 0.0F, &config);
        if (font == nullptr) font = added;
    }
    return font != nullptr ? font : atlas.AddFontDefault();
}

}  // namespace sockdesk::platform
