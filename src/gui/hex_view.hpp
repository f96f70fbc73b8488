// Bytes as hex and as text side by side, with one selection in both. A widget: what the bytes are, it is told.
#pragma once

#include <functional>

#include <imgui.h>

#include "app/byte_glyphs.hpp"
#include "app/byte_selection.hpp"
#include "base/bytes.hpp"
#include "gui/services.hpp"

namespace sockdesk::gui {

/// What is drawn; asked only for the bytes on screen.
struct HexContent {
    ByteView bytes;
    std::function<app::ByteGlyph(std::size_t offset)> glyph;
    /// Behind a byte; 0 for none.
    std::function<ImU32(std::size_t offset)> tint;
};

class HexView {
public:
    /// How wide it has to be for so many bytes a row.
    static float width_for(std::size_t bytes_per_row, std::size_t size);

    /// Fills what is left of the window's height. True: the person wants to copy the selected bytes.
    bool draw(const char* id, float width, std::size_t bytes_per_row, const HexContent& content,
              app::ByteSelection& selection, const Services& services);

    /// Scrolls to the caret at the next frame, if it is out of sight.
    void reveal() { reveal_ = true; }

private:
    struct Grid {
        ImVec2 origin;  // of the first cell, scrolled
        float cell = 1;
        float line = 1;
        std::size_t per_row = 16;
        std::size_t rows = 0;
        std::size_t digits = 4;  // of an offset

        std::size_t hex_column(std::size_t i) const { return digits + 2 + i * 3 + (i >= 8 ? 1U : 0U); }
        std::size_t text_column(std::size_t i) const { return hex_column(per_row) + 1 + i; }
        std::size_t columns() const { return text_column(per_row); }
        float x(std::size_t column) const { return origin.x + static_cast<float>(column) * cell; }
        float y(std::size_t row) const { return origin.y + static_cast<float>(row) * line; }
        std::size_t hit(ImVec2 mouse, std::size_t size) const;
    };

    bool handle_keys(app::ByteSelection& selection, const Grid& grid, std::size_t size);
    void handle_mouse(app::ByteSelection& selection, const Grid& grid, std::size_t size,
                      const Services& services);
    static void draw_background(const HexContent& content, const app::ByteSelection& selection,
                                const Grid& grid, std::size_t row);
    static void draw_row(const HexContent& content, const Grid& grid, std::size_t row);
    static void draw_caret(const app::ByteSelection& selection, const Grid& grid);

    bool selecting_ = false;
    bool reveal_ = false;
};

}  // namespace sockdesk::gui
