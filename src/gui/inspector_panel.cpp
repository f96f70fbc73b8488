#include "gui/inspector_panel.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>
#include <imgui.h>
#include <imgui_internal.h>

#include "app/copy_formats.hpp"
#include "app/message_translation.hpp"
#include "app/translation.hpp"
#include "gui/bar_widgets.hpp"
#include "gui/log_tab.hpp"
#include "gui/splitter.hpp"
#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

using app::tr;
using app::trf;

namespace {

// Hues far from each other and from the selection's blue; so thin that text on them stays readable in both themes.
constexpr std::array<ImU32, 4> field_tints = {IM_COL32(245, 158, 11, 62), IM_COL32(20, 184, 166, 62),
                                              IM_COL32(217, 70, 239, 52), IM_COL32(132, 204, 22, 62)};

ImU32 field_tint(std::size_t field) { return field_tints[field % field_tints.size()]; }

/// For a clipboard and a status bar: one line, and not a long one.
std::string shortened(std::string_view text) {
    constexpr std::size_t limit = 60;
    std::string line(text.substr(0, text.find('\n')));
    if (line.size() > limit) {
        std::size_t end = limit;
        while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) --end;
        line.resize(end);
    }
    return line.size() < text.size() ? line + "…" : line;
}

void copy(LogTab& tab, const std::string& what) {
    ImGui::SetClipboardText(what.c_str());
    tab.set_notice({false, trf("Copied: {}", shortened(what))});
}

/// A reading in a cell of a table: a click copies it. `make_copy` is called when it comes to that.
template <typename MakeCopy>
void reading(LogTab& tab, const char* id, std::string_view shown, ImU32 color, MakeCopy&& make_copy) {
    if (shown.empty()) return;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImGui::PushID(id);
    push_mono();
    // Drawn apart from the button, since what came from outside may hold what a label takes for an id.
    if (ImGui::Selectable("###copy", false, ImGuiSelectableFlags_None, {0, ImGui::GetTextLineHeight()}))
        copy(tab, make_copy());
    ImGui::GetWindowDrawList()->AddText(at, color, shown.data(), shown.data() + shown.size());
    const bool cut =
        ImGui::CalcTextSize(shown.data(), shown.data() + shown.size()).x > ImGui::GetItemRectSize().x;
    pop_mono();
    if (cut) {
        tooltip((std::string(shown) + "\n" + tr("Click to copy")).c_str());
    } else {
        tooltip(tr("Click to copy"));
    }
    ImGui::PopID();
}

ImU32 ink() { return ImGui::GetColorU32(ImGuiCol_Text); }

constexpr ImGuiTableFlags table_flags = ImGuiTableFlags_NoSavedSettings | ImGuiTableFlags_BordersInnerH |
                                        ImGuiTableFlags_PadOuterX | ImGuiTableFlags_SizingFixedFit;

bool begin_readings(const char* id, int columns) {
    ImGui::PushStyleVar(ImGuiStyleVar_CellPadding, {px(5), px(1)});
    ImGui::PushStyleColor(ImGuiCol_TableBorderLight, ImGui::GetColorU32(ImGuiCol_Border, 0.5F));
    const bool open = ImGui::BeginTable(id, columns, table_flags);
    if (!open) {
        ImGui::PopStyleColor();
        ImGui::PopStyleVar();
    }
    return open;
}

void end_readings() {
    ImGui::EndTable();
    ImGui::PopStyleColor();
    ImGui::PopStyleVar();
}

void header_row(std::initializer_list<const char*> names) {
    ImGui::TableNextRow();
    for (const char* name : names) {
        ImGui::TableNextColumn();
        colored_text(palette().muted, name);
    }
}

void centered(const char* hint) {
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const ImVec2 size = ImGui::CalcTextSize(hint);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImGui::GetWindowDrawList()->AddText({at.x + (room.x - size.x) / 2, at.y + (room.y - size.y) / 2},
                                        palette().muted, hint);
}

}  // namespace

void InspectorPanel::draw(LogTab& tab, const Services& services, float height) {
    app::ViewSettings& view = tab.settings();
    if (auto encoding = codec::Encoding::find(view.encoding)) model_.set_encoding(*encoding);
    model_.set_format(view.struct_format);
    model_.show(tab.log.payload_in_front());

    ImGui::BeginChild("inspector", {0, height}, ImGuiChildFlags_None, ImGuiWindowFlags_NoScrollbar);
    draw_header(tab);
    if (model_.bytes().empty()) {
        ImGui::PushStyleColor(ImGuiCol_ChildBg, palette().paper);
        ImGui::BeginChild("nothing", {0, 0}, ImGuiChildFlags_Borders);
        ImGui::PopStyleColor();
        centered(!model_.title().empty() ? tr("This datagram is empty.")
                 : tab.log.is_empty()    ? tr("The newest record will be shown here.")
                                         : tr("Click a record that carries data in the log."));
        ImGui::EndChild();
        ImGui::EndChild();
        return;
    }

    const HexContent content{model_.bytes(), [this](std::size_t offset) { return model_.glyph(offset); },
                             [this](std::size_t offset) -> ImU32 {
                                 const auto field = model_.field_at(offset);
                                 return field ? field_tint(*field) : 0;
                             }};
    // Sixteen bytes a row where the readings still have room for two numbers of 64 bits beside them.
    const float room = ImGui::GetContentRegionAvail().x - ImGui::GetStyle().ItemSpacing.x;
    const float readings = em() * 28;
    const bool wide = HexView::width_for(16, content.bytes.size()) + readings <= room;
    const std::size_t per_row = wide ? 16 : 8;
    const float width = std::min(HexView::width_for(per_row, content.bytes.size()), room * 0.6F);
    const app::ByteRange before = model_.selection().range();
    if (hex_.draw("hex", width, per_row, content, model_.selection(), services))
        copy(tab, app::copy_as(app::CopyFormat::hex, model_.selected_bytes()));
    const bool clicked = ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenBlockedByActiveItem) &&
                         ImGui::IsMouseClicked(ImGuiMouseButton_Left);
    if (clicked || model_.selection().range() != before) keep_in_front(tab);
    ImGui::SameLine();
    draw_readings(tab);
    ImGui::EndChild();
}

// What the hand is on does not change under it while traffic flows.
void InspectorPanel::keep_in_front(LogTab& tab) {
    if (const auto record = model_.record()) tab.log.keep_in_front(*record);
}

void InspectorPanel::draw_header(LogTab& tab) {
    ImGui::AlignTextToFramePadding();
    text(tr("Inspector"));
    if (!model_.title().empty()) {
        ImGui::SameLine(0, px(14));
        colored_text(model_.title().starts_with("SEND") ? palette().sent : palette().received,
                     model_.title());
        ImGui::SameLine(0, px(14));
        const app::ByteRange range = model_.selection().range();
        std::string about = fmt::format("{}    ", model_.time());
        const std::size_t size = model_.bytes().size();
        about += size == 1 ? std::string(tr("1 byte")) : trf("{} bytes", size);
        if (range.size() == 1) about += "    " + trf("byte {0} (0x{0:X})", range.begin);
        if (range.size() > 1)
            about += "    " + trf("bytes {0} to {1} (0x{0:X} to 0x{1:X}): {2}", range.begin, range.end - 1,
                                  range.size());
        colored_text(palette().muted, about);
    }
    const std::string close = labelled("×", "inspector_close");
    ImGui::SameLine(right_edge() - ImGui::CalcTextSize("×").x - 2 * ImGui::GetStyle().FramePadding.x);
    if (link_button(close.c_str())) tab.settings().inspector = false;
    tooltip(tr("Close the inspector (Ctrl+I)"));
}

void InspectorPanel::draw_readings(LogTab& tab) {
    ImGui::BeginChild("readings", {0, 0}, ImGuiChildFlags_None, ImGuiWindowFlags_NoScrollbar);
    draw_format(tab.settings());
    // Where there is room, fields and numbers stand beside each other.
    const bool beside = ImGui::GetContentRegionAvail().x >= em() * 44;
    const auto begin_paper = [](const char* id, float width) {
        ImGui::PushStyleColor(ImGuiCol_ChildBg, palette().paper);
        ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(4), px(4)});
        ImGui::BeginChild(id, {width, 0}, ImGuiChildFlags_Borders);
        ImGui::PopStyleVar();
        ImGui::PopStyleColor();
    };
    if (beside && has_fields()) {
        begin_paper("fields_rows", em() * 17);
        draw_fields(tab);
        ImGui::EndChild();
        ImGui::SameLine();
    }
    begin_paper("rows", 0);
    if (!beside) draw_fields(tab);
    draw_values(tab);
    draw_texts(tab);
    ImGui::EndChild();
    ImGui::EndChild();
}

void InspectorPanel::draw_format(app::ViewSettings& view) {
    ImGui::AlignTextToFramePadding();
    colored_text(palette().muted, tr("Struct format"));
    ImGui::SameLine();
    const auto& error = model_.format_error();
    push_mono();
    const float mono_height = ImGui::GetFrameHeight();
    pop_mono();
    const float usual = ImGui::GetFrameHeight();
    push_mono();
    ImGui::PushStyleVarY(ImGuiStyleVar_FramePadding,
                         ImGui::GetStyle().FramePadding.y + (usual - mono_height) / 2);
    input_line("###struct_format", view.struct_format, "!H8sb", 0, error.has_value());
    if (error) mark_input_error(view.struct_format, error->position);
    ImGui::PopStyleVar();
    pop_mono();
    tooltip(
        tr("As in Python's struct module: > or ! is big-endian, < little-endian; b B h H i I l L q Q are "
           "integers, e f d "
           "floats, 8s is eight bytes of text, x a byte to skip."));
    model_.set_format(view.struct_format);
    if (error) field_error(app::tr_message(error->message));
    if (const std::size_t missing = model_.missing_bytes(); missing > 0) {
        field_error(missing == 1 ? std::string(tr("The record is 1 byte shorter than the format."))
                                 : trf("The record is {} bytes shorter than the format.", missing));
    }
}

void InspectorPanel::draw_fields(LogTab& tab) {
    const auto& fields = model_.fields();
    const app::ByteRange rest = model_.rest();
    if (!has_fields()) return;
    if (!begin_readings("fields", 3)) return;
    ImGui::TableSetupColumn("code", ImGuiTableColumnFlags_WidthFixed, em() * 3.2F);
    ImGui::TableSetupColumn("bytes", ImGuiTableColumnFlags_WidthFixed, em() * 4.2F);
    ImGui::TableSetupColumn("value", ImGuiTableColumnFlags_WidthStretch);
    const auto row = [&](int id, std::string_view code, app::ByteRange range, ImU32 tint) {
        ImGui::TableNextRow();
        ImGui::TableNextColumn();
        const ImVec2 at = ImGui::GetCursorScreenPos();
        const float line = ImGui::GetTextLineHeight();
        const std::string label = fmt::format("###field{}", id);
        // Leads to its bytes.
        if (ImGui::Selectable(label.c_str(), range == model_.selection().range(), ImGuiSelectableFlags_None,
                              {0, line})) {
            model_.selection().select(range);
            hex_.reveal();
            keep_in_front(tab);
        }
        tooltip(tr("Click to select its bytes"));
        ImDrawList& draw = *ImGui::GetWindowDrawList();
        const ImVec2 low{at.x + px(1), at.y + line * 0.2F};
        const ImVec2 high{low.x + line * 0.62F, low.y + line * 0.62F};
        if (tint != 0) draw.AddRectFilled(low, high, tint | IM_COL32_A_MASK, px(2));
        push_mono();
        draw.AddText({high.x + px(6), at.y}, ink(), code.data(), code.data() + code.size());
        pop_mono();
        ImGui::TableNextColumn();
        colored_text(palette().muted, range.size() == 0   ? std::string("–")
                                      : range.size() == 1 ? fmt::format("{}", range.begin)
                                                          : fmt::format("{}–{}", range.begin, range.end - 1));
        ImGui::TableNextColumn();
    };
    ImGuiListClipper clipper;  // "65535B" is as many rows
    clipper.Begin(static_cast<int>(fields.size()));
    while (clipper.Step()) {
        for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
            const auto index = static_cast<std::size_t>(i);
            const app::InspectedField& field = fields[index];
            row(i, field.code, field.range, field_tint(index));
            reading(tab, fmt::format("field{}", i).c_str(), field.value, ink(), [&] { return field.value; });
        }
    }
    if (rest.size() > 0) {
        row(-1, "…", rest, 0);
        colored_text(palette().muted, rest.size() == 1 ? std::string(tr("1 byte beyond the format"))
                                                       : trf("{} bytes beyond the format", rest.size()));
    }
    end_readings();
    ImGui::Dummy({0, px(4)});
}

void InspectorPanel::draw_values(LogTab& tab) {
    if (model_.values().empty() || !begin_readings("values", 3)) return;
    ImGui::TableSetupColumn("name", ImGuiTableColumnFlags_WidthFixed, em() * 7.4F);
    ImGui::TableSetupColumn("little", ImGuiTableColumnFlags_WidthStretch);
    ImGui::TableSetupColumn("big", ImGuiTableColumnFlags_WidthStretch);
    header_row({tr("Selected bytes as"), tr("Little-endian"), tr("Big-endian")});
    const std::size_t selected = model_.selection().range().size();
    for (const app::InspectedValue& value : model_.values()) {
        if (value.group == app::ValueGroup::text) continue;
        ImGui::TableNextRow();
        ImGui::TableNextColumn();
        // What takes exactly what is selected is most likely what is meant.
        colored_text(value.width == selected ? ink() : palette().muted, value.name);
        ImGui::PushID(value.name.c_str());
        for (const auto order : {codec::ByteOrder::little, codec::ByteOrder::big}) {
            ImGui::TableNextColumn();
            const bool little = order == codec::ByteOrder::little;
            reading(tab, little ? "little" : "big", little ? value.little : value.big, ink(),
                    [&] { return model_.copied(value, order); });
        }
        ImGui::PopID();
    }
    end_readings();
    ImGui::Dummy({0, px(4)});
}

void InspectorPanel::draw_texts(LogTab& tab) {
    if (model_.values().empty() || !begin_readings("texts", 2)) return;
    ImGui::TableSetupColumn("name", ImGuiTableColumnFlags_WidthFixed, em() * 7.4F);
    ImGui::TableSetupColumn("text", ImGuiTableColumnFlags_WidthStretch);
    header_row({tr("Encoding"), tr("Text")});
    for (const app::InspectedValue& value : model_.values()) {
        if (value.group != app::ValueGroup::text) continue;
        ImGui::TableNextRow();
        ImGui::TableNextColumn();
        const auto others = std::ranges::count(value.name, ',');
        const std::string first = value.name.substr(0, value.name.find(','));
        colored_text(palette().muted, others == 0 ? first : fmt::format("{} +{}", first, others));
        if (others > 0) tooltip(value.name.c_str());
        ImGui::TableNextColumn();
        reading(tab, first.c_str(), value.little, value.certain ? ink() : palette().muted,
                [&] { return model_.copied(value, codec::ByteOrder::little); });
    }
    end_readings();
}

void draw_log_and_inspector(LogTab& tab, const Services& services, float height) {
    app::ViewSettings& view = tab.settings();
    if (!view.inspector) return draw_log_panel(tab, services, height);
    const float grip = px(5);
    const float least = std::min(em() * 7, height / 2);
    float wanted = view.inspector_height > 0 ? px(static_cast<float>(view.inspector_height)) : height * 0.5F;
    wanted = std::clamp(wanted, least, std::max(least, height - least));
    draw_log_panel(tab, services, height - wanted - grip - 2 * ImGui::GetStyle().ItemSpacing.y);
    if (const float by = horizontal_splitter("###inspector_grip", grip); by != 0) {
        const float dragged = std::clamp(wanted - by, least, std::max(least, height - least));
        view.inspector_height = std::max(1, static_cast<int>(std::lround(dragged / px(100) * 100)));
    }
    tab.inspector.draw(tab, services, wanted);
}

}  // namespace sockdesk::gui
