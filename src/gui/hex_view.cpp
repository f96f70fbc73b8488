#include "gui/hex_view.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "gui/style.hpp"

namespace sockdesk::gui {
namespace {

using namespace std::chrono_literals;

constexpr float margin_x = 10;
constexpr float margin_y = 6;

std::size_t digits_for(std::size_t size) { return size > 0x1'0000 ? 8 : 4; }

std::size_t utf8_of(char32_t character, char* to) {
    std::size_t size = 0;
    const auto put = [&](char32_t bits) { to[size++] = static_cast<char>(static_cast<unsigned char>(bits)); };
    if (character < 0x80) {
        put(character);
    } else if (character < 0x800) {
        put(0xC0 | character >> 6);
        put(0x80 | (character & 0x3F));
    } else if (character < 0x1'0000) {
        put(0xE0 | character >> 12);
        put(0x80 | (character >> 6 & 0x3F));
        put(0x80 | (character & 0x3F));
    } else {
        put(0xF0 | character >> 18);
        put(0x80 | (character >> 12 & 0x3F));
        put(0x80 | (character >> 6 & 0x3F));
        put(0x80 | (character & 0x3F));
    }
    return size;
}

}  // namespace

float HexView::width_for(std::size_t bytes_per_row, std::size_t size) {
    push_mono();
    Grid grid;
    grid.per_row = bytes_per_row;
    grid.digits = digits_for(size);
    grid.cell = std::max(1.0F, ImGui::CalcTextSize("0").x);
    const float width = static_cast<float>(grid.columns()) * grid.cell;
    pop_mono();
    return std::ceil(width + 2 * px(margin_x) + ImGui::GetStyle().ScrollbarSize + 2 * px(2));
}

std::size_t HexView::Grid::hit(ImVec2 mouse, std::size_t size) const {
    if (size == 0) return 0;
    const float last_row = static_cast<float>((size - 1) / per_row);
    const auto row =
        static_cast<std::size_t>(std::clamp(std::floor((mouse.y - origin.y) / line), 0.0F, last_row));
    float place = 0;
    if (mouse.x >= x(text_column(0)) - cell / 2) {
        place = (mouse.x - x(text_column(0))) / cell;
    } else {
        // A byte reaches from the middle of the blank before it to the middle of the one behind.
        place = (mouse.x - x(hex_column(0)) + cell / 2) / cell;
        if (per_row > 8 && place >= 24.5F) place -= 1;
        place /= 3;
    }
    const float last = static_cast<float>(per_row - 1);
    return std::min(row * per_row + static_cast<std::size_t>(std::clamp(std::floor(place), 0.0F, last)),
                    size - 1);
}

bool HexView::draw(const char* id, float width, std::size_t bytes_per_row, const HexContent& content,
                   app::ByteSelection& selection, const Services& services) {
    const std::size_t size = content.bytes.size();
    ImGui::PushStyleColor(ImGuiCol_ChildBg, palette().paper);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
    ImGui::BeginChild(
        id, {width, 0}, ImGuiChildFlags_Borders,
        ImGuiWindowFlags_HorizontalScrollbar | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoNavInputs);
    ImGui::PopStyleVar();
    ImGui::PopStyleColor();
    push_mono();

    Grid grid;
    grid.per_row = bytes_per_row;
    grid.digits = digits_for(size);
    grid.cell = std::max(1.0F, ImGui::CalcTextSize("0").x);
    grid.line = ImGui::GetTextLineHeight();
    grid.rows = (size + bytes_per_row - 1) / bytes_per_row;
    const ImVec2 start = ImGui::GetCursorScreenPos();
    grid.origin = {start.x + px(margin_x), start.y + px(margin_y)};
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const ImVec2 whole{std::max(room.x, static_cast<float>(grid.columns()) * grid.cell + 2 * px(margin_x)),
                       std::max(room.y, static_cast<float>(grid.rows) * grid.line + 2 * px(margin_y))};
    ImGui::InvisibleButton("###bytes", {std::max(1.0F, whole.x), std::max(1.0F, whole.y)});
    handle_mouse(selection, grid, size, services);
    const bool copy = ImGui::IsWindowFocused() && handle_keys(selection, grid, size);

    if (reveal_ && size > 0) {
        const float top = static_cast<float>(selection.caret() / bytes_per_row) * grid.line + px(margin_y);
        const float height = ImGui::GetWindowHeight();
        const float at = ImGui::GetScrollY();
        if (top < at) ImGui::SetScrollY(std::max(0.0F, top - px(margin_y)));
        if (top + grid.line > at + height) ImGui::SetScrollY(top + grid.line + px(margin_y) - height);
    }
    reveal_ = false;

    const float hidden = std::max(0.0F, ImGui::GetWindowPos().y - grid.origin.y);
    const auto first = static_cast<std::size_t>(hidden / grid.line);
    const auto fitting = static_cast<std::size_t>(ImGui::GetWindowHeight() / grid.line) + 2;
    for (std::size_t row = first; row < std::min(grid.rows, first + fitting); ++row) {
        draw_background(content, selection, grid, row);
        draw_row(content, grid, row);
    }
    if (size > 0) draw_caret(selection, grid);
    pop_mono();
    ImGui::EndChild();
    return copy;
}

bool HexView::handle_keys(app::ByteSelection& selection, const Grid& grid, std::size_t size) {
    const auto row = static_cast<std::int64_t>(grid.per_row);
    const auto page = std::max<std::int64_t>(
        1, static_cast<std::int64_t>((ImGui::GetWindowHeight() - 2 * px(margin_y)) / grid.line) - 1);
    const auto whole = static_cast<std::int64_t>(size);
    const auto column = static_cast<std::int64_t>(selection.caret() % grid.per_row);
    const std::pair<ImGuiKeyChord, std::int64_t> moves[] = {
        {ImGuiKey_LeftArrow, -1},
        {ImGuiKey_RightArrow, 1},
        {ImGuiKey_UpArrow, -row},
        {ImGuiKey_DownArrow, row},
        {ImGuiKey_PageUp, -row * page},
        {ImGuiKey_PageDown, row * page},
        {ImGuiKey_Home, -column},
        {ImGuiKey_End, row - 1 - column},
        {ImGuiMod_Ctrl | ImGuiKey_Home, -whole},
        {ImGuiMod_Ctrl | ImGuiKey_End, whole},
    };
    for (const auto& [chord, by] : moves) {
        const bool extend = ImGui::Shortcut(ImGuiMod_Shift | chord, ImGuiInputFlags_Repeat);
        if (!extend && !ImGui::Shortcut(chord, ImGuiInputFlags_Repeat)) continue;
        // Up from the first row and down from the last one stay in their column.
        const std::int64_t to = static_cast<std::int64_t>(selection.caret()) + by;
        const bool by_rows = by == row || by == -row;
        if (by_rows && (to < 0 || to >= whole)) continue;
        selection.move(by, extend);
        reveal_ = true;
    }
    if (ImGui::Shortcut(ImGuiMod_Ctrl | ImGuiKey_A)) selection.select_all();
    if (ImGui::Shortcut(ImGuiKey_Escape)) selection.select(selection.caret());
    return ImGui::Shortcut(ImGuiMod_Ctrl | ImGuiKey_C) || ImGui::Shortcut(ImGuiMod_Ctrl | ImGuiKey_Insert);
}

void HexView::handle_mouse(app::ByteSelection& selection, const Grid& grid, std::size_t size,
                           const Services& services) {
    if (ImGui::IsItemHovered()) ImGui::SetMouseCursor(ImGuiMouseCursor_TextInput);
    const ImGuiIO& io = ImGui::GetIO();
    if (ImGui::IsItemActivated()) {
        selecting_ = true;
        const std::size_t offset = grid.hit(io.MousePos, size);
        io.KeyShift ? selection.extend_to(offset) : selection.select(offset);
        return;
    }
    if (!ImGui::IsItemActive()) selecting_ = false;
    if (!selecting_ || !ImGui::IsMouseDragging(ImGuiMouseButton_Left, 2.0F)) return;
    // Beyond the edge it scrolls on, without the mouse having to move.
    const float top = ImGui::GetWindowPos().y;
    const float bottom = top + ImGui::GetWindowHeight();
    ImVec2 mouse = io.MousePos;
    if (mouse.y < top || mouse.y > bottom) {
        ImGui::SetScrollY(ImGui::GetScrollY() + (mouse.y < top ? -grid.line : grid.line));
        mouse.y = std::clamp(mouse.y, top, bottom - 1);
        services.request_frame(40ms);
    }
    selection.extend_to(grid.hit(mouse, size));
}

void HexView::draw_background(const HexContent& content, const app::ByteSelection& selection,
                              const Grid& grid, std::size_t row) {
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    const std::size_t begin = row * grid.per_row;
    const std::size_t count = std::min(grid.per_row, content.bytes.size() - begin);
    const float top = grid.y(row);
    const auto fill = [&](std::size_t from, std::size_t to, ImU32 color) {
        draw.AddRectFilled({grid.x(grid.hex_column(from)) - grid.cell / 2, top},
                           {grid.x(grid.hex_column(to - 1) + 2) + grid.cell / 2, top + grid.line}, color);
        draw.AddRectFilled({grid.x(grid.text_column(from)), top},
                           {grid.x(grid.text_column(to)), top + grid.line}, color);
    };
    const app::ByteRange range = selection.range();
    // Neighbours of one colour are one bar; what is selected has the selection's.
    const auto color_of = [&](std::size_t i) {
        return range.contains(begin + i) ? palette().selection : content.tint(begin + i);
    };
    for (std::size_t i = 0; i < count;) {
        const ImU32 color = color_of(i);
        std::size_t end = i + 1;
        while (end < count && color_of(end) == color) ++end;
        if (color != 0) fill(i, end, color);
        i = end;
    }
}

void HexView::draw_row(const HexContent& content, const Grid& grid, std::size_t row) {
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    const ImU32 ink = ImGui::GetColorU32(ImGuiCol_Text);
    const ImU32 faint = palette().muted;
    const float top = grid.y(row);
    const std::size_t begin = row * grid.per_row;
    const std::size_t count = std::min(grid.per_row, content.bytes.size() - begin);
    char text[16];
    const auto put = [&](std::size_t column, ImU32 color, const char* end) {
        draw.AddText({grid.x(column), top}, color, text, end);
    };
    put(0, faint, fmt::format_to(text, "{:0{}X}", begin, grid.digits));
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint8_t byte = content.bytes[begin + i];
        put(grid.hex_column(i), byte == 0 ? faint : ink, fmt::format_to(text, "{:02X}", byte));
        const app::ByteGlyph glyph = content.glyph(begin + i);
        if (glyph.kind == app::ByteGlyph::Kind::within) continue;
        const bool visible = glyph.kind == app::ByteGlyph::Kind::character;
        put(grid.text_column(i), visible ? ink : faint,
            text + utf8_of(visible ? glyph.character : U'.', text));
    }
}

void HexView::draw_caret(const app::ByteSelection& selection, const Grid& grid) {
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    const std::size_t i = selection.caret() % grid.per_row;
    const float top = grid.y(selection.caret() / grid.per_row);
    const auto frame = [&](float left, float right) {
        draw.AddRect({left, top}, {right, top + grid.line}, palette().accent, px(2), 0, px(1));
    };
    const float hex = grid.x(grid.hex_column(i));
    frame(hex - px(2), hex + 2 * grid.cell + px(2));
    const float text = grid.x(grid.text_column(i));
    frame(text - px(1), text + grid.cell + px(1));
}

}  // namespace sockdesk::gui
