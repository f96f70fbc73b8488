// Font files into the glyph atlas.
#pragma once

#include <memory>

#include "platform/font_lookup.hpp"

struct ImFont;

namespace sockdesk::platform {

/// The files stay mapped into memory for as long as this lives: glyphs are drawn from them when first needed,
/// and one TTC serves several faces.
class LoadedFonts {
public:
    LoadedFonts();
    ~LoadedFonts();
    LoadedFonts(const LoadedFonts&) = delete;
    LoadedFonts& operator=(const LoadedFonts&) = delete;

    /// Adds the stack to the current Dear ImGui context as one font. Files that cannot be read are left out;
    /// where none is left, the font built into Dear ImGui is taken.
    ImFont* add(const FontStack& stack);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace sockdesk::platform
