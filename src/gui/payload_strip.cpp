#include "gui/payload_strip.hpp"

#include <algorithm>

#include <imgui.h>
#include <imgui_internal.h>

#include "app/byte_glyphs.hpp"
#include "app/cell_width.hpp"
#include "codec/encoding.hpp"
#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {
namespace {

// In cells: a byte is two digits, a blank and a character.
constexpr std::size_t cells_of_byte = 4;
constexpr std::size_t gap_cells = 4;  // "…" and between hex and text

void append_utf8(char32_t character, std::string& out) {
    char buffer[5];
    ImTextCharToUtf8(buffer, static_cast<unsigned>(character));
    out += buffer;
}

}  // namespace

float payload_strip_height() {
    push_mono();
    const float height = ImGui::GetTextLineHeight() + px(8);
    pop_mono();
    return height;
}

void draw_payload_strip(ByteView bytes, const std::string& encoding, float width) {
    const std::vector<bool> none;
    draw_payload_strip({bytes, none, 0}, encoding, width);
}

void draw_payload_strip(const StripBytes& what, const std::string& encoding, float width) {
    const ByteView bytes = what.bytes;
    const std::size_t trailer_bytes = what.trailer_bytes;
    const auto is_unknown = [&](std::size_t i) { return i < what.unknown.size() && what.unknown[i]; };
    push_mono();
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    const ImVec2 low = ImGui::GetCursorScreenPos();
    const ImVec2 high{low.x + width, low.y + ImGui::GetTextLineHeight() + px(8)};
    ImGui::Dummy({width, high.y - low.y});
    draw.AddRectFilled(low, high, ImGui::GetColorU32(ImGuiCol_PopupBg), px(4));
    draw.AddRect(low, high, palette().border, px(4));
    draw.PushClipRect(low, high, true);

    const float cell = std::max(1.0F, ImGui::CalcTextSize("0").x);
    const auto cells = static_cast<std::size_t>(std::max(0.0F, (width - px(16)) / cell));
    const std::size_t fitting = cells > gap_cells ? (cells - gap_cells) / cells_of_byte : 0;
    // The trailer is what one looks for, so it stays when the middle goes.
    std::size_t head = bytes.size();
    std::size_t tail = 0;
    if (bytes.size() > fitting) {
        tail = std::min({trailer_bytes, fitting / 2, std::size_t{8}});
        head = fitting > tail ? fitting - tail : 0;
    }
    const std::size_t body = bytes.size() - std::min(trailer_bytes, bytes.size());
    const ImU32 plain = ImGui::GetColorU32(ImGuiCol_Text);

    ImVec2 at{low.x + px(8), low.y + px(4)};
    const auto put = [&](const char* begin, const char* end, ImU32 color, std::size_t columns) {
        draw.AddText(at, color, begin, end);
        at.x += cell * static_cast<float>(columns);
    };
    constexpr char digits[] = "0123456789ABCDEF";
    const auto hex = [&](std::size_t i) {
        constexpr std::string_view question = "??";
        if (is_unknown(i)) return put(question.data(), question.data() + 2, palette().muted, 3);
        const char pair[2] = {digits[bytes[i] >> 4U], digits[bytes[i] & 15U]};
        put(pair, pair + 2, i < body ? plain : palette().accent, 3);
    };
    constexpr std::string_view dots = "…";
    const auto cut = [&](std::size_t columns) {
        put(dots.data(), dots.data() + dots.size(), palette().muted, columns);
    };
    for (std::size_t i = 0; i < head; ++i) hex(i);
    if (head + tail < bytes.size()) cut(3);
    for (std::size_t i = bytes.size() - tail; i < bytes.size(); ++i) hex(i);

    at.x += cell;
    draw.AddLine({at.x - cell, low.y + px(4)}, {at.x - cell, high.y - px(4)}, palette().border, px(1));
    app::ByteGlyphs glyphs(codec::Encoding::find(encoding).value_or(codec::Encoding()));
    std::string shown;
    for (std::size_t i = 0; i < head; ++i) {
        if (is_unknown(i)) {
            put("?", nullptr, palette().muted, 1);
            continue;
        }
        const app::ByteGlyph glyph = i < body ? glyphs.at(bytes.first(body), i) : app::ByteGlyph{};
        if (glyph.kind == app::ByteGlyph::Kind::within) continue;
        shown.clear();
        std::size_t columns = 1;
        if (glyph.kind == app::ByteGlyph::Kind::character) {
            append_utf8(glyph.character, shown);
            columns = std::max<std::size_t>(1, app::columns_of(shown));
        } else {
            shown = "·";
        }
        const ImU32 color = i >= body                                       ? palette().accent
                            : glyph.kind == app::ByteGlyph::Kind::character ? plain
                                                                            : palette().muted;
        put(shown.data(), shown.data() + shown.size(), color, columns);
    }
    if (head < bytes.size()) cut(1);
    draw.PopClipRect();
    pop_mono();
}

}  // namespace sockdesk::gui
