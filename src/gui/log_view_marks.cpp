// What arrived and does not end with the trailer that it should end with: a mark beside its header line, or at the edge of its rows
// where the log shows the bare stream. Drawn, not part of the text: what is copied stays as it is.
#include <algorithm>

#include "app/cell_width.hpp"
#include "app/translation.hpp"
#include "gui/log_view.hpp"
#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

using app::tr;
using app::trf;

namespace {

const char* words_of(const app::TrailerChecks::Failure& failure) {
    return failure.too_short ? tr("too short") : tr("checksum differs");
}

void tell(const app::TrailerChecks::Failure& failure) {
    if (!ImGui::BeginTooltip()) return;
    pop_mono();  // the log's
    ImGui::PushTextWrapPos(em() * 26);
    if (failure.too_short) {
        text(tr("Shorter than the bytes that should follow a payload."));
    } else {
        text(trf("It should end with {}", short_hex(failure.expected)));
        colored_text(palette().error, trf("It ends with {}", short_hex(failure.found)));
    }
    colored_text(palette().muted,
                 tr("As set under \"Verify what arrives\". By TCP, what came before it was tried together "
                    "with it."));
    ImGui::PopTextWrapPos();
    push_mono();
    ImGui::EndTooltip();
}

}  // namespace

void LogView::mark_failure(app::TrailerChecks& checks, RecordIndex record, ImVec2 low, ImVec2 high) {
    if (!ImGui::IsWindowHovered() || !ImGui::IsMouseHoveringRect(low, high)) return;
    if (const auto failure = checks.failure(record)) tell(*failure);
}

void LogView::draw_failures(app::TrailerChecks& checks, const Grid& grid) {
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    const float right = grid.origin.x + grid.size.x;
    ImVec2 at = grid.origin;
    for (const app::VisibleRow& row : *rows_) {
        const app::LogItem& item = *row.item;
        const app::LogRow& extent = row.extent();
        const ImVec2 line = at;
        at.y += grid.line;
        if (item.kind != app::ItemKind::received) continue;
        const bool bare = item.parts.empty() || item.header_end == 0 || item.end - item.first > 1 ||
                          item.text.starts_with("【");
        if (!bare) {
            // Beside the end of the header line.
            const bool ends_header = extent.begin < item.header_end && extent.end >= item.header_end;
            if (!ends_header || !checks.fails(item.first)) continue;
            marked_.push_back(item.first);
            const auto failure = checks.failure(item.first);
            const char* words = words_of(*failure);
            const float width = ImGui::CalcTextSize(words).x + px(10);
            const float after =
                line.x +
                (static_cast<float>(extent.columns) - static_cast<float>(first_column_) + 1) * grid.cell;
            const ImVec2 low{std::max(grid.origin.x, std::min(after, right - width)), line.y + px(1)};
            const ImVec2 high{low.x + width, line.y + grid.line - px(1)};
            draw.AddRectFilled(low, high, palette().error, px(3));
            draw.AddText({low.x + px(5), line.y}, palette().paper, words);
            mark_failure(checks, item.first, low, high);
            continue;
        }
        // The parts that this row shows something of.
        auto part = std::upper_bound(
            item.parts.begin(), item.parts.end(), extent.begin,
            [](std::size_t offset, const app::ItemPart& each) { return offset < each.begin; });
        if (part != item.parts.begin()) --part;
        for (; part != item.parts.end() && (part->begin < extent.end || part->begin == extent.begin);
             ++part) {
            if (!checks.fails(part->record)) continue;
            if (marked_.empty() || marked_.back() != part->record) marked_.push_back(part->record);
            const ImVec2 low{grid.origin.x - px(7), line.y};
            const ImVec2 high{grid.origin.x - px(4), line.y + grid.line};
            draw.AddRectFilled(low, high, palette().error);
            mark_failure(checks, part->record, {low.x - px(3), low.y}, {high.x + px(3), high.y});
            break;
        }
    }
}

}  // namespace sockdesk::gui
