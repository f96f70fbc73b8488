#include "gui/log_view.hpp"

#include <algorithm>
#include <cmath>

#include "app/cell_width.hpp"
#include "gui/style.hpp"

namespace sockdesk::gui {
namespace {

using namespace std::chrono_literals;

constexpr int wheel_rows = 3;
constexpr std::size_t wheel_columns = 8;

ImU32 color_of(const app::VisibleRow& row) {
    switch (row.item->kind) {
        case app::ItemKind::event:
            return palette().event;
        case app::ItemKind::error:
            return palette().error;
        case app::ItemKind::received:
            if (row.extent().begin < row.item->header_end) return palette().received;
            break;
        case app::ItemKind::sent:
            if (row.extent().begin < row.item->header_end) return palette().sent;
            break;
    }
    return ImGui::GetColorU32(ImGuiCol_Text);
}

std::string_view text_of(const app::VisibleRow& row) {
    const app::LogRow& extent = row.extent();
    return std::string_view(row.item->text).substr(extent.begin, extent.end - extent.begin);
}

std::size_t column_of(const app::VisibleRow& row, std::size_t offset) {
    const app::LogRow& extent = row.extent();
    if (offset <= extent.begin) return 0;
    const std::size_t within = std::min<std::size_t>(offset, extent.end) - extent.begin;
    return extent.ascii ? within : app::columns_of(text_of(row).substr(0, within));
}

}  // namespace

LogViewActions LogView::draw(app::LogViewModel& model, app::LogSearchModel& search,
                             app::TrailerChecks* checks, bool wrap, const char* empty_text,
                             const Services& services) {
    LogViewActions actions;
    ImGui::PushStyleColor(ImGuiCol_ChildBg, palette().paper);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
    if (focus_next_) ImGui::SetNextWindowFocus();
    focus_next_ = false;
    ImGui::BeginChild("log_view", {0, 0}, ImGuiChildFlags_Borders,
                      ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse |
                          ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoNavInputs);
    ImGui::PopStyleVar();
    ImGui::PopStyleColor();
    push_mono();

    const ImVec2 origin = ImGui::GetCursorScreenPos();
    const ImVec2 whole = ImGui::GetContentRegionAvail();
    const float bar = px(12);
    const float margin = px(10);
    Grid grid;
    grid.cell = std::max(1.0F, ImGui::CalcTextSize("0").x);
    grid.line = ImGui::GetTextLineHeight();
    grid.origin = {origin.x + margin, origin.y + px(6)};
    grid.size = {std::max(grid.cell, whole.x - 2 * margin - bar),
                 std::max(grid.line, whole.y - px(8) - (wrap ? 0 : bar))};
    grid.rows = static_cast<std::size_t>(grid.size.y / grid.line);
    const auto fitting = static_cast<std::size_t>(grid.size.x / grid.cell);
    if (wrap) first_column_ = 0;

    focused_ = ImGui::IsWindowFocused();
    const std::size_t columns = wrap ? fitting : app::LogViewModel::unwrapped_columns;
    rows_ = &model.visible_rows(columns, grid.rows);

    ImGui::SetNextItemAllowOverlap();  // the button that leads to the newest record lies on it
    ImGui::InvisibleButton("###log",
                           {std::max(1.0F, whole.x - bar), std::max(1.0F, whole.y - (wrap ? 0 : bar))},
                           ImGuiButtonFlags_MouseButtonLeft | ImGuiButtonFlags_MouseButtonRight);
    handle_mouse(model, actions, grid, services);
    if (focused_) handle_keys(model, actions);
    rows_ = &model.visible_rows(columns, grid.rows);  // after the moves

    marked_.clear();
    if (rows_->empty()) {
        const float room = std::max(px(60), whole.x - 4 * margin);
        const ImVec2 size = ImGui::CalcTextSize(empty_text, nullptr, false, room);
        ImGui::GetWindowDrawList()->AddText(ImGui::GetFont(), ImGui::GetFontSize(),
                                            {origin.x + (whole.x - size.x) / 2, origin.y + whole.y * 0.42F},
                                            palette().muted, empty_text, nullptr, room);
    } else {
        draw_rows(model, search, grid);
        if (checks != nullptr) draw_failures(*checks, grid);
        vertical_bar(model, search, {origin.x + whole.x - bar, origin.y}, {bar, whole.y - (wrap ? 0 : bar)});
        if (!wrap) horizontal_bar({origin.x, origin.y + whole.y - bar}, {whole.x - bar, bar}, grid);
        newest_button(model, grid);
    }
    pop_mono();
    ImGui::EndChild();
    return actions;
}

void LogView::handle_keys(app::LogViewModel& model, LogViewActions& actions) {
    const auto pressed = [](ImGuiKeyChord chord) { return ImGui::Shortcut(chord, ImGuiInputFlags_Repeat); };
    if (pressed(ImGuiKey_UpArrow)) model.scroll(-1);
    if (pressed(ImGuiKey_DownArrow)) model.scroll(1);
    if (pressed(ImGuiKey_PageUp)) model.scroll_pages(-1);
    if (pressed(ImGuiKey_PageDown)) model.scroll_pages(1);
    if (pressed(ImGuiKey_Home) || pressed(ImGuiMod_Ctrl | ImGuiKey_Home)) model.scroll_to_start();
    if (pressed(ImGuiKey_End) || pressed(ImGuiMod_Ctrl | ImGuiKey_End)) model.scroll_to_end();
    using Move = app::LogViewModel::CaretMove;
    const auto extends = [&](ImGuiKeyChord chord, Move move) {
        if (pressed(ImGuiMod_Shift | chord)) model.extend_selection(move);
    };
    extends(ImGuiKey_LeftArrow, Move::left);
    extends(ImGuiKey_RightArrow, Move::right);
    extends(ImGuiKey_UpArrow, Move::up);
    extends(ImGuiKey_DownArrow, Move::down);
    extends(ImGuiKey_PageUp, Move::page_up);
    extends(ImGuiKey_PageDown, Move::page_down);
    extends(ImGuiKey_Home, Move::row_start);
    extends(ImGuiKey_End, Move::row_end);
    extends(ImGuiMod_Ctrl | ImGuiKey_Home, Move::log_start);
    extends(ImGuiMod_Ctrl | ImGuiKey_End, Move::log_end);
    if (pressed(ImGuiMod_Ctrl | ImGuiKey_A)) model.select_all();
    if (pressed(ImGuiMod_Ctrl | ImGuiKey_C) || pressed(ImGuiMod_Ctrl | ImGuiKey_Insert)) actions.copy = true;
    if (pressed(ImGuiKey_Escape)) model.clear_selection();
    if (pressed(ImGuiKey_Menu)) actions.context_menu = true;
}

std::optional<app::TextPosition> LogView::hit(const Grid& grid, ImVec2 mouse) const {
    if (rows_->empty()) return {};
    const float line = std::floor((mouse.y - grid.origin.y) / grid.line);
    if (line >= static_cast<float>(rows_->size())) {
        const app::VisibleRow& last = rows_->back();
        return app::TextPosition{last.item->first, last.extent().end};
    }
    const app::VisibleRow& row = (*rows_)[static_cast<std::size_t>(std::max(0.0F, line))];
    const double column = std::max(0.0, static_cast<double>((mouse.x - grid.origin.x) / grid.cell)) +
                          static_cast<double>(first_column_);
    return app::TextPosition{row.item->first,
                             row.extent().begin + app::offset_at_column(text_of(row), column, true)};
}

void LogView::handle_mouse(app::LogViewModel& model, LogViewActions& actions, const Grid& grid,
                           const Services& services) {
    const ImGuiIO& io = ImGui::GetIO();
    if (ImGui::IsWindowHovered()) {
        const float sideways = io.MouseWheelH + (io.KeyShift ? io.MouseWheel : 0.0F);
        if (sideways != 0 && widest_ > 0) {
            const auto step = static_cast<std::size_t>(std::ceil(std::abs(sideways) * wheel_columns));
            if (sideways > 0) first_column_ -= std::min(step, first_column_);
            if (sideways < 0) first_column_ = std::min(first_column_ + step, widest_);
        }
        if (!io.KeyShift && !io.KeyCtrl) {
            // Touchpads send fractions of a notch.
            wheel_rest_ += -io.MouseWheel * wheel_rows;
            const float whole = std::trunc(wheel_rest_);
            wheel_rest_ -= whole;
            model.scroll(static_cast<std::int64_t>(whole));
        }
    }
    if (ImGui::IsItemHovered()) ImGui::SetMouseCursor(ImGuiMouseCursor_TextInput);

    const auto position = hit(grid, io.MousePos);
    if (ImGui::IsItemHovered() && ImGui::IsMouseClicked(ImGuiMouseButton_Right)) {
        // On what is selected the menu concerns all of it, elsewhere the record under the pointer.
        const bool on_selection = [&] {
            if (!position) return false;
            for (const app::VisibleRow& row : *rows_) {
                if (row.item->first != position->record) continue;
                const auto [begin, end] = model.selected_range(*row.item);
                return begin < end;
            }
            return false;
        }();
        if (position && !on_selection) model.select_item(position->record);
        actions.context_menu = position.has_value();
    }

    if (ImGui::IsItemActivated() && ImGui::IsMouseClicked(ImGuiMouseButton_Left) && position) {
        const int clicks = ImGui::GetMouseClickedCount(ImGuiMouseButton_Left);
        selecting_ = clicks == 1;
        if (clicks == 2) {
            model.select_word(*position);
        } else if (clicks >= 3) {
            model.select_item(position->record);
        } else if (io.KeyShift) {
            model.select_to(*position);
        } else {
            model.select_from(*position);
        }
    }
    if (!ImGui::IsItemActive() || !ImGui::IsMouseDown(ImGuiMouseButton_Left)) selecting_ = false;
    if (rows_->empty()) selecting_ = false;  // the log was cleared with the button down
    if (!selecting_ || !ImGui::IsMouseDragging(ImGuiMouseButton_Left, 2.0F)) return;
    // Beyond the edge the log scrolls on, faster with the distance, without the mouse having to move.
    const float above = grid.origin.y - io.MousePos.y;
    const float below = io.MousePos.y - (grid.origin.y + static_cast<float>(grid.rows) * grid.line);
    const float beyond = std::max(above, below);
    if (beyond > 0) {
        const auto rows = static_cast<std::int64_t>(1 + beyond / (2 * grid.line));
        model.scroll(above > 0 ? -rows : rows);
        rows_ = &model.visible_rows(rows_->front().item->columns, grid.rows);
        services.request_frame(40ms);
    }
    if (const auto there = hit(grid, io.MousePos)) model.select_to(*there);
}

void LogView::draw_selection(ImDrawList& draw, app::LogViewModel& model, const app::VisibleRow& row,
                             const Grid& grid, ImVec2 at) const {
    const auto [begin, end] = model.selected_range(*row.item);
    const app::LogRow& extent = row.extent();
    if (begin >= end || end < extent.begin || begin > extent.end) return;
    const auto x = [&](std::size_t column) {
        return at.x + (static_cast<float>(column) - static_cast<float>(first_column_)) * grid.cell;
    };
    const float left = x(column_of(row, begin));
    float right = x(column_of(row, end));
    // A line end that is selected too shows as half a cell.
    if (end > extent.end) right += grid.cell / 2;
    if (right > left) draw.AddRectFilled({left, at.y}, {right, at.y + grid.line}, palette().selection);
}

void LogView::draw_row(ImDrawList& draw, const app::VisibleRow& row, const Grid& grid, ImVec2 at,
                       ImU32 color) const {
    std::string_view text = text_of(row);
    ImFont* font = ImGui::GetFont();
    const float size = ImGui::GetFontSize();
    const auto visible_columns = static_cast<std::size_t>(grid.size.x / grid.cell) + 2;
    if (row.extent().ascii) {
        if (first_column_ >= text.size()) return;
        text = text.substr(first_column_, visible_columns);
        draw.AddText(font, size, at, color, text.data(), text.data() + text.size());
        return;
    }
    // Each run of characters that the face draws as wide as the grid wants goes out at once; a character from
    // a fallback face of another width, or behind a tab, starts at its own cell, so that everything after it
    // stays aligned.
    ImFontBaked* baked = ImGui::GetFontBaked();
    const std::size_t begin =
        first_column_ > 0 ? app::offset_at_column(text, static_cast<double>(first_column_), false) : 0;
    std::size_t column = app::columns_of(text.substr(0, begin));
    std::size_t run = begin;
    std::size_t run_column = column;
    const auto flush = [&](std::size_t end) {
        if (end > run) {
            const float x =
                at.x + (static_cast<float>(run_column) - static_cast<float>(first_column_)) * grid.cell;
            draw.AddText(font, size, {x, at.y}, color, text.data() + run, text.data() + end);
        }
    };
    std::size_t i = begin;
    while (i < text.size() && column < first_column_ + visible_columns) {
        const app::CodePoint point = app::code_point_at(text, i);
        const std::size_t next = app::column_after(column, point.character);
        const float wanted = static_cast<float>(next - column) * grid.cell;
        const bool fits = point.character != U'\t' &&
                          baked->GetCharAdvance(static_cast<ImWchar>(point.character)) == wanted;
        if (!fits) {
            flush(i);
            run = i;
            run_column = column;
            if (point.character != U'\t') flush(i + point.length);
            run = i + point.length;
            run_column = next;
        }
        column = next;
        i += point.length;
    }
    flush(i);
}

void LogView::draw_matches(ImDrawList& draw, std::span<const app::LogSearchModel::Highlight> highlights,
                           const app::VisibleRow& row, const Grid& grid, ImVec2 at) const {
    const app::LogRow& extent = row.extent();
    const auto x = [&](std::size_t offset) {
        return at.x +
               (static_cast<float>(column_of(row, offset)) - static_cast<float>(first_column_)) * grid.cell;
    };
    // A range may begin in a row above; ranges of one item hardly ever overlap.
    auto highlight = std::lower_bound(highlights.begin(), highlights.end(), extent.begin,
                                      [](const app::LogSearchModel::Highlight& each, std::size_t offset) {
                                          return each.range.end <= offset;
                                      });
    for (; highlight != highlights.end() && highlight->range.begin < extent.end; ++highlight) {
        const float left = x(std::max<std::size_t>(highlight->range.begin, extent.begin));
        const float right = x(std::min<std::size_t>(highlight->range.end, extent.end));
        if (right <= left) continue;
        const ImVec2 low{left, at.y + px(1)};
        const ImVec2 high{right, at.y + grid.line - px(1)};
        draw.AddRectFilled(low, high, highlight->is_current ? palette().current_match : palette().match,
                           px(2));
        if (highlight->is_current) draw.AddRect(low, high, palette().match_mark, px(2), 0, px(1));
    }
}

void LogView::draw_rows(app::LogViewModel& model, app::LogSearchModel& search, const Grid& grid) {
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    const ImVec2 low{grid.origin.x - px(4), grid.origin.y - px(4)};
    const ImVec2 high{grid.origin.x + grid.size.x + px(4), grid.origin.y + grid.size.y + px(4)};
    draw.PushClipRect(low, high, true);
    ImVec2 at = grid.origin;
    widest_ = 0;
    for (const app::VisibleRow& row : *rows_) {
        draw_selection(draw, model, row, grid, at);
        if (search.is_active())
            draw_matches(draw, search.highlights(*row.item, model.format()), row, grid, at);
        draw_row(draw, row, grid, at, color_of(row));
        widest_ = std::max<std::size_t>(widest_, row.extent().columns);
        at.y += grid.line;
    }
    draw.PopClipRect();
}

}  // namespace sockdesk::gui
