#include "gui/shortcuts_panel.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <imgui.h>
#include <imgui_internal.h>

#include "app/shortcut_files.hpp"
#include "app/translation.hpp"
#include "gui/amounts.hpp"
#include "gui/bar_widgets.hpp"
#include "gui/row_dragging.hpp"
#include "gui/sequence_bar.hpp"
#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

using app::Shortcut;
using app::ShortcutId;
using app::tr;
using app::trf;

namespace {

constexpr const char* drag_kind = "sockdesk shortcut";
constexpr const char* group_drag_kind = "sockdesk group of shortcuts";

// In seconds: long enough to read, and to find that it was the wrong one.
constexpr double notice_time = 12;
constexpr double undo_time = 30;

void clipped_text(ImDrawList& draw, ImVec2 at, float right, ImU32 color, std::string_view text) {
    if (right <= at.x) return;
    const char* end = text.data() + text.size();
    const ImVec2 size = ImGui::CalcTextSize(text.data(), end);
    ImGui::PushStyleColor(ImGuiCol_Text, color);
    ImGui::RenderTextEllipsis(&draw, at, {right, at.y + size.y}, right, text.data(), end, &size);
    ImGui::PopStyleColor();
}

bool menu_item(const char* text, const char* id, const char* keys = nullptr, bool enabled = true) {
    return ImGui::MenuItem(labelled(text, id).c_str(), keys, false, enabled);
}

ImGuiKeyChord chord_of(const app::Hotkey& hotkey) {
    ImGuiKeyChord chord = 0;
    if (hotkey.ctrl) chord |= ImGuiMod_Ctrl;
    if (hotkey.alt) chord |= ImGuiMod_Alt;
    if (hotkey.shift) chord |= ImGuiMod_Shift;
    if (hotkey.function > 0) return chord | (ImGuiKey_F1 + hotkey.function - 1);
    if (hotkey.key >= '0' && hotkey.key <= '9') return chord | (ImGuiKey_0 + (hotkey.key - '0'));
    return chord | (ImGuiKey_A + (hotkey.key - 'A'));
}

// Empty: there is none.
std::string delay_text(const Shortcut& shortcut) {
    const auto delay = app::delay_of(shortcut);
    return delay.count() > 0 ? app::format_period(delay) + " ms" : std::string();
}

}  // namespace

Shortcut shortcut_of_box(const SessionTab& tab) {
    const app::SendSettings& send = tab.session.tab().send;
    Shortcut shortcut;
    shortcut.payload = send.text;
    shortcut.hex = send.hex;
    shortcut.escapes = send.escapes;
    shortcut.templates = send.templates;
    if (send.trailer.append) shortcut.trailer = send.trailer.trailer;
    return shortcut;
}

// ---- what rows and menus do

void ShortcutsPanel::send(SessionTab& tab, ShortcutId id) {
    const Shortcut* shortcut = library_.find(id);
    if (shortcut == nullptr) return;
    if (!tab.shortcuts.send(tab.session, library_, id)) return show(id);
    if (tab.history != nullptr) {
        tab.history->add(
            {shortcut->payload, shortcut->hex, shortcut->escapes, shortcut->templates, shortcut->trailer});
    }
}

void ShortcutsPanel::remove(std::vector<ShortcutId> ids) {
    library_.remove(ids);
    undo_until_ = ImGui::GetTime() + undo_time;
}

void ShortcutsPanel::tell(std::string what) {
    told_ = std::move(what);
    told_until_ = ImGui::GetTime() + notice_time;
}

void ShortcutsPanel::show(ShortcutId id) { show_ = id; }

std::optional<ShortcutId> ShortcutsPanel::current() const {
    const auto row = picker_.cursor();
    if (!row || *row >= list_.rows().size() || list_.rows()[*row].is_group) return {};
    const std::size_t item = list_.rows()[*row].item;
    if (item >= library_.items().size()) return {};
    return library_.items()[item].id;
}

std::optional<std::string> ShortcutsPanel::current_group() const {
    const auto row = picker_.cursor();
    if (!row || *row >= list_.rows().size() || !list_.rows()[*row].is_group) return {};
    const std::size_t item = list_.rows()[*row].item;
    if (item >= library_.items().size()) return {};
    return library_.items()[item].shortcut.group;
}

std::uint64_t ShortcutsPanel::row_key(std::size_t row) const {
    const app::ShortcutList::Row& at = list_.rows()[row];
    if (at.item >= library_.items().size()) return 0;
    const auto& item = library_.items()[at.item];
    return at.is_group ? ~std::hash<std::string>{}(item.shortcut.group) : item.id.value;
}

// What is there already does not come a second time, whatever it is called: in another language, for instance.
void ShortcutsPanel::add_starter() {
    const auto what = [](const Shortcut& each) {
        return std::tuple(each.payload, each.hex, each.escapes, each.templates, each.trailer, each.target);
    };
    std::set<decltype(what(Shortcut()))> known;
    for (const auto& item : library_.items()) known.insert(what(item.shortcut));
    std::vector<Shortcut> starter = app::starter_shortcuts(app::current_language());
    std::erase_if(starter, [&](const Shortcut& each) { return known.contains(what(each)); });
    const std::size_t count = starter.size();
    tell(library_.add_all(std::move(starter)) ? trf("{} shortcuts were added.", count)
                                              : app::ShortcutLibrary::full_message());
}

void ShortcutsPanel::handle_hotkeys(SessionTab& tab) {
    std::optional<ShortcutId> pressed;
    for (const auto& [hotkey, id] : library_.hotkeys()) {
        const ImGuiKeyChord chord = chord_of(hotkey);
        // With Alt no key writes anything, but Dear ImGui keeps it for whatever is being typed into.
        if (hotkey.alt ? ImGui::IsKeyChordPressed(chord)
                       : ImGui::Shortcut(chord, ImGuiInputFlags_RouteGlobal))
            pressed = id;
    }
    if (pressed) send(tab, *pressed);
}

// ---- the panel

void ShortcutsPanel::draw_bar(SessionTab& tab) {
    const std::string add = labelled("+", "shortcut_add");
    const std::string more = labelled("...", "shortcut_more");
    const float button = ImGui::GetFrameHeight() + px(4);
    const float gap = ImGui::GetStyle().ItemSpacing.x / 2;
    if (focus_search_) ImGui::SetKeyboardFocusHere();
    focus_search_ = false;
    input_line("###shortcut_search", query_, tr("Search names, payloads, groups"),
               ImGui::GetContentRegionAvail().x - 2 * (button + gap), false);
    if (ImGui::IsItemDeactivated() &&
        (ImGui::IsKeyPressed(ImGuiKey_Enter, false) || ImGui::IsKeyPressed(ImGuiKey_KeypadEnter, false)))
        enter_list_ = true;
    if (ImGui::IsItemActive() && ImGui::IsKeyPressed(ImGuiKey_DownArrow, false)) {
        ImGui::ClearActiveID();
        enter_list_ = true;
    }
    ImGui::SameLine(0, gap);
    if (ImGui::Button(add.c_str(), {button, 0})) this->add(shortcut_of_box(tab));
    tooltip(tr("Add what is in the box"));
    ImGui::SameLine(0, gap);
    if (ImGui::Button(more.c_str(), {button, 0})) ImGui::OpenPopup("shortcut_menu");
    tooltip(tr("New ones, choose, import, export"));
    draw_menu(tab);
}

void ShortcutsPanel::draw_menu(SessionTab& tab) {
    if (!ImGui::BeginPopup("shortcut_menu")) return;
    if (menu_item(tr("New shortcut..."), "shortcut_new")) add({});
    if (menu_item(tr("Add what is in the box"), "shortcut_add_box")) add(shortcut_of_box(tab));
    if (menu_item(tr("Add the starter library"), "shortcut_starter")) add_starter();
    tooltip(tr("Modbus, AT commands, DNS, NTP, SNMP, SSDP, HTTP, MQTT, TFTP, Wake-on-LAN"));
    ImGui::Separator();
    const bool any = !library_.items().empty();
    if (menu_item(list_.searching() ? tr("Choose all that were found") : tr("Choose all"),
                  "shortcut_choose_all", nullptr, any && list_.found() > 0))
        library_.choose(list_.found_ids(library_), true);
    if (menu_item(tr("Choose none"), "shortcut_choose_none", nullptr, library_.chosen_count() > 0))
        library_.choose_all(false);
    if (menu_item(tr("Delete the chosen ones"), "shortcut_delete_chosen", nullptr,
                  library_.chosen_count() > 0))
        remove(library_.chosen());
    if (menu_item(tr("Bring back what was deleted"), "shortcut_bring_back", "Ctrl+Z",
                  library_.undoable() > 0) &&
        !library_.undo_remove())
        tell(app::ShortcutLibrary::full_message());
    ImGui::Separator();
    if (menu_item(tr("Import..."), "shortcut_import")) import_.open();
    if (menu_item(tr("Export..."), "shortcut_export", nullptr, any)) export_.open();
    ImGui::EndPopup();
}

void ShortcutsPanel::draw_empty(SessionTab& tab, float height) {
    ImGui::PushStyleColor(ImGuiCol_ChildBg, palette().paper);
    ImGui::BeginChild("shortcut_none", {0, height},
                      ImGuiChildFlags_Borders | ImGuiChildFlags_AlwaysUseWindowPadding);
    ImGui::PopStyleColor();
    ImGui::PushTextWrapPos(0.0F);
    if (library_.items().empty()) {
        colored_text(palette().muted,
                     tr("What is sent often is kept here: sent by a click or a key, or several in a row."));
        ImGui::Dummy({0, px(4)});
        if (link_button(labelled(tr("Add what is in the box"), "shortcut_add_first").c_str()))
            add(shortcut_of_box(tab));
        if (link_button(labelled(tr("Add the starter library"), "shortcut_starter_first").c_str()))
            add_starter();
        if (link_button(labelled(tr("Import..."), "shortcut_import_first").c_str())) import_.open();
    } else {
        colored_text(palette().muted, tr("Nothing was found."));
    }
    ImGui::PopTextWrapPos();
    ImGui::EndChild();
}

void ShortcutsPanel::draw_heading(const app::ShortcutList::Row& row, ImVec2 low, ImVec2 high) {
    const std::string& group = library_.items()[row.item].shortcut.group;
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    const float middle = (low.y + high.y) / 2;
    const ImVec2 at{low.x + px(11), middle};
    const float arm = px(4);
    const ImU32 color = palette().muted;
    if (list_.is_open(group)) {
        draw.AddTriangleFilled({at.x - arm, at.y - arm / 2}, {at.x + arm, at.y - arm / 2}, {at.x, at.y + arm},
                               color);
    } else {
        draw.AddTriangleFilled({at.x - arm / 2, at.y - arm}, {at.x + arm, at.y}, {at.x - arm / 2, at.y + arm},
                               color);
    }
    const std::string count = grouped(row.count);
    const float right = high.x - px(8) - ImGui::CalcTextSize(count.c_str()).x;
    const float top = middle - ImGui::GetTextLineHeight() / 2;
    clipped_text(draw, {low.x + px(22), top}, right - px(8), ImGui::GetColorU32(ImGuiCol_Text),
                 one_line(group));
    draw.AddText({right, top}, color, count.c_str());
}

std::string ShortcutsPanel::row_tooltip(const Shortcut& shortcut) const {
    std::string lines =
        one_line(shortcut.name) + '\n' + (shortcut.hex ? "HEX  " : "") + one_line(shortcut.payload);
    if (!shortcut.trailer.empty()) lines += '\n' + trf("Appended bytes: {}", one_line(shortcut.trailer));
    if (!shortcut.target.empty()) lines += '\n' + trf("To: {}", one_line(shortcut.target));
    if (const std::string delay = delay_text(shortcut); !delay.empty())
        lines += '\n' + trf("In a sequence the next one follows after {}", delay);
    return lines;
}

void ShortcutsPanel::draw_row(SessionTab& tab, const app::ShortcutLibrary::Item& item, ImVec2 low,
                              ImVec2 high, bool hovered) {
    const Shortcut& shortcut = item.shortcut;
    if (ImGui::IsItemHovered(ImGuiHoveredFlags_ForTooltip)) tooltip(row_tooltip(shortcut).c_str());
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    const bool sending = progress_ && progress_->sending == item.id;
    if (sending) {
        const ImVec4 accent = ImGui::ColorConvertU32ToFloat4(palette().accent);
        draw.AddRectFilled(low, high, ImGui::GetColorU32({accent.x, accent.y, accent.z, 0.16F}), px(4));
        draw.AddRectFilled({low.x, low.y + px(2)}, {low.x + px(3), high.y - px(2)}, palette().accent,
                           px(1.5F));
    }
    const float top = (low.y + high.y - ImGui::GetTextLineHeight()) / 2;

    bool chosen = shortcut.chosen;
    ImGui::SetCursorScreenPos({low.x + px(8), (low.y + high.y - ImGui::GetTextLineHeight()) / 2});
    if (check_box(fmt::format("###chosen_{}", item.id.value).c_str(), &chosen))
        library_.choose(item.id, chosen);
    tooltip(tr("Part of the sequence"));

    // From the right: the button that sends, and the key.
    const float box = high.y - low.y;
    float right = high.x - box;
    ImGui::SetCursorScreenPos({right, low.y});
    const bool pressed =
        ImGui::InvisibleButton(fmt::format("###send_shortcut_{}", item.id.value).c_str(), {box, box});
    const bool aimed = ImGui::IsItemHovered();
    tooltip(tr("Send (Enter, double click)"));
    if (hovered || sending) {
        const ImVec2 middle{right + box / 2, (low.y + high.y) / 2};
        const float arm = px(5);
        draw.AddTriangleFilled({middle.x - arm * 0.7F, middle.y - arm}, {middle.x + arm, middle.y},
                               {middle.x - arm * 0.7F, middle.y + arm},
                               aimed ? palette().accent : palette().muted);
    }
    if (!shortcut.hotkey.empty()) {
        const float width = ImGui::CalcTextSize(shortcut.hotkey.c_str()).x;
        if (!hovered) right = high.x - px(4);
        const ImVec2 corner{right - width - px(10), top + px(1)};
        draw.AddRect(corner, {right - px(2), top + ImGui::GetTextLineHeight() - px(1)}, palette().border,
                     px(3));
        draw.AddText({corner.x + px(4), top}, palette().muted, shortcut.hotkey.c_str());
        right = corner.x - px(4);
    }

    const float begin = low.x + px(8) + ImGui::GetTextLineHeight() + px(8);
    // What a sequence waits after it, where there is room and it is part of one.
    if (const std::string delay = delay_text(shortcut);
        shortcut.chosen && !delay.empty() && right - begin > em() * 12) {
        const float width = ImGui::CalcTextSize(delay.c_str()).x;
        draw.AddText({right - px(4) - width, top}, palette().muted, delay.c_str());
        right -= width + px(10);
    }
    const float room = right - begin;
    const bool faulty = tab.shortcuts.faulty() == item.id;
    const std::string name = one_line(shortcut.name);
    const float name_width = std::min(ImGui::CalcTextSize(name.c_str()).x, room * 0.66F);
    clipped_text(draw, {begin, top}, begin + name_width + px(1),
                 faulty ? palette().error : ImGui::GetColorU32(ImGuiCol_Text), name);
    if (const std::string payload = one_line(shortcut.payload); payload != name) {
        push_mono();
        const float mono_top = (low.y + high.y - ImGui::GetTextLineHeight()) / 2;
        clipped_text(draw, {begin + name_width + px(12), mono_top}, right - px(2), palette().muted, payload);
        pop_mono();
    }
    if (pressed) send(tab, item.id);
}

void ShortcutsPanel::drag_and_drop(const app::ShortcutList::Row& row, ImVec2 low, ImVec2 high) {
    const app::ShortcutLibrary::Item& item = library_.items()[row.item];
    if (row.is_group) {
        drag_row(group_drag_kind, item.id.value, item.shortcut.group);
    } else {
        drag_row(drag_kind, item.id.value, item.shortcut.name);
    }
    const auto dropped =
        drop_on_row(drag_kind, low, high, row.is_group ? DropPlaces::behind : DropPlaces::before_and_behind);
    // On a heading: to the front of its group.
    if (dropped) drop_ = Drop{ShortcutId{dropped->dragged}, item.id, dropped->behind && !row.is_group, false};
    const auto group = drop_on_row(group_drag_kind, low, high,
                                   row.is_group ? DropPlaces::before_and_behind : DropPlaces::behind);
    if (group) drop_ = Drop{ShortcutId{group->dragged}, item.id, group->behind, true};
}

void ShortcutsPanel::carry_out_drop() {
    const auto drop = std::exchange(drop_, {});
    if (!drop) return;
    const Shortcut* dragged = library_.find(drop->dragged);
    const Shortcut* target = library_.find(drop->target);
    if (dragged == nullptr || target == nullptr) return;
    if (drop->group) {
        const std::string group = dragged->group;
        library_.move_group(group, std::string(target->group), drop->behind);
        return;
    }
    library_.move(drop->dragged, drop->target, drop->behind);
    show(drop->dragged);
}

void ShortcutsPanel::handle_list_keys() {
    const ImGuiIO& io = ImGui::GetIO();
    const auto id = current();
    const auto group = current_group();
    if (io.KeyMods == ImGuiMod_Ctrl && ImGui::IsKeyPressed(ImGuiKey_Z, false)) {
        if (!library_.undo_remove()) tell(app::ShortcutLibrary::full_message());
        return;
    }
    const auto& rows = list_.rows();
    const auto& items = library_.items();
    const bool up = io.KeyMods == ImGuiMod_Alt && ImGui::IsKeyPressed(ImGuiKey_UpArrow);
    const bool down = io.KeyMods == ImGuiMod_Alt && ImGui::IsKeyPressed(ImGuiKey_DownArrow);
    if (group) {
        const std::size_t at = *picker_.cursor();
        std::size_t beside = at;
        if (up && at > 0) beside = at - 1;
        for (std::size_t i = at + 1; down && i < rows.size() && beside == at; ++i) {
            if (items[rows[i].item].shortcut.group != *group) beside = i;
        }
        if (beside != at) drop_ = Drop{items[rows[at].item].id, items[rows[beside].item].id, down, true};
        if (io.KeyMods == ImGuiMod_None && ImGui::IsKeyPressed(ImGuiKey_Space, false)) {
            const auto ids = list_.found_ids(library_, *group);
            const bool all =
                std::ranges::all_of(ids, [&](ShortcutId each) { return library_.find(each)->chosen; });
            library_.choose(ids, !all);
        }
    }
    if (!id) return;
    if (io.KeyMods == ImGuiMod_None && ImGui::IsKeyPressed(ImGuiKey_Space, false))
        library_.choose(*id, !library_.find(*id)->chosen);
    // The row beside it, in the direction of the key.
    const std::size_t at = *picker_.cursor();
    if (up && at > 0 && !rows[at - 1].is_group) {
        drop_ = Drop{*id, items[rows[at - 1].item].id, false, false};
    } else if (down && at + 1 < rows.size() && !rows[at + 1].is_group) {
        drop_ = Drop{*id, items[rows[at + 1].item].id, true, false};
    }
    if (io.KeyMods == ImGuiMod_None && ImGui::IsKeyPressed(ImGuiKey_Delete, false)) remove({*id});
}

void ShortcutsPanel::draw_heading_menu() {
    if (!ImGui::BeginPopup("shortcut_group_menu")) return;
    const auto ids = list_.found_ids(library_, menu_of_group_);
    std::size_t chosen = 0;
    for (const ShortcutId id : ids) chosen += library_.find(id)->chosen ? 1U : 0U;
    if (menu_item(tr("Choose all of this group"), "group_choose", tr("Space"), chosen < ids.size()))
        library_.choose(ids, true);
    if (menu_item(tr("Choose none of this group"), "group_choose_none", nullptr, chosen > 0))
        library_.choose(ids, false);
    ImGui::Separator();
    if (menu_item(tr("Delete the group"), "group_delete", nullptr, !ids.empty())) remove(ids);
    ImGui::EndPopup();
}

void ShortcutsPanel::draw_row_menu(SessionTab& tab) {
    if (!ImGui::BeginPopup("shortcut_row_menu")) return;
    const auto id = menu_of_;
    const Shortcut* shortcut = id ? library_.find(*id) : nullptr;
    if (shortcut == nullptr) {
        ImGui::CloseCurrentPopup();
        return ImGui::EndPopup();
    }
    if (menu_item(tr("Send"), "shortcut_send", "Enter")) send(tab, *id);
    if (menu_item(tr("Put it into the box"), "shortcut_to_box")) {
        app::restore(
            {shortcut->payload, shortcut->hex, shortcut->escapes, shortcut->templates, shortcut->trailer},
            tab.session.tab().send);
        tab.focus_box = tab.caret_to_end = true;
    }
    ImGui::Separator();
    if (menu_item(tr("Edit..."), "shortcut_edit")) editor_.open(library_, *id);
    if (menu_item(tr("Duplicate"), "shortcut_duplicate")) {
        if (const auto made = library_.duplicate(*id)) {
            show(*made);
        } else {
            tell(app::ShortcutLibrary::full_message());
        }
    } else if (menu_item(shortcut->chosen ? tr("Take out of the sequence") : tr("Take into the sequence"),
                         "shortcut_choose", tr("Space"))) {
        library_.choose(*id, !shortcut->chosen);
    } else if (menu_item(tr("Delete"), "shortcut_delete", "Del")) {
        remove({*id});
    }
    ImGui::EndPopup();
}

void ShortcutsPanel::draw_list(SessionTab& tab, const Services& services, float height) {
    progress_ = tab.shortcuts.progress(tab.session);
    if (progress_) services.request_frame(std::chrono::milliseconds(100));
    list_.update(library_, query_);
    const auto& rows = list_.rows();
    // What is found now is another list: nobody means the row that stood at this place in the one before.
    if (query_ != shown_query_) picker_.set_cursor(list_.first_item());
    shown_query_ = query_;
    if (std::exchange(enter_list_, false)) enter_list();
    if (show_) {
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (!rows[i].is_group && library_.items()[rows[i].item].id == *show_) picker_.set_cursor(i);
        }
        show_.reset();
    }
    if (rows.empty()) return draw_empty(tab, height);
    const PickerList::Actions actions = picker_.draw(
        "shortcut_list", height, rows.size(), [&](std::size_t i) { return row_key(i); },
        [&](std::size_t i, ImVec2 low, ImVec2 high, bool hovered) {
            const app::ShortcutList::Row& row = rows[i];
            // Deleted while the list is drawn: it is made anew at the next frame.
            if (row.item >= library_.items().size()) return;
            drag_and_drop(row, low, high);
            row.is_group ? draw_heading(row, low, high)
                         : draw_row(tab, library_.items()[row.item], low, high, hovered);
        });
    const auto is_heading = [&](std::size_t row) { return row < rows.size() && rows[row].is_group; };
    if (actions.pressed && is_heading(*actions.pressed) && ImGui::IsMouseClicked(ImGuiMouseButton_Left)) {
        list_.toggle(library_.items()[rows[*actions.pressed].item].shortcut.group);
    } else if (actions.activated && is_heading(*actions.activated) &&
               !ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) {
        list_.toggle(library_.items()[rows[*actions.activated].item].shortcut.group);
    } else if (actions.activated) {
        if (const auto id = current()) send(tab, *id);
    }
    if (actions.menu && is_heading(*actions.menu)) {
        menu_of_group_ = current_group().value_or("");
        ImGui::OpenPopup("shortcut_group_menu");
    } else if (actions.menu) {
        menu_of_ = current();
        ImGui::OpenPopup("shortcut_row_menu");
    }
    if (actions.scrolling) services.request_frame(std::chrono::milliseconds(16));
    if (actions.has_focus) handle_list_keys();
    carry_out_drop();
    draw_row_menu(tab);
    draw_heading_menu();
}

void ShortcutsPanel::enter_list() {
    picker_.focus();
    if (!picker_.cursor()) picker_.set_cursor(list_.first_item());
}

// ---- what it says for a while

std::string ShortcutsPanel::undo_text() const {
    const std::size_t count = library_.undoable();
    if (count == 0 || ImGui::GetTime() >= undo_until_) return {};
    return count == 1 ? std::string(tr("One was deleted.")) : trf("{} were deleted.", count);
}

float ShortcutsPanel::notices_height() const {
    const float spacing = ImGui::GetStyle().ItemSpacing.y;
    float height = 0;
    if (!undo_text().empty()) height += ImGui::GetFrameHeight() + spacing;
    if (!told_.empty())
        height +=
            ImGui::CalcTextSize(told_.c_str(), nullptr, false, ImGui::GetContentRegionAvail().x).y + spacing;
    return height;
}

void ShortcutsPanel::draw_notices(const Services& services) {
    double until = 0;
    if (const std::string undo = undo_text(); !undo.empty()) {
        until = undo_until_;
        colored_text(palette().muted, undo);
        ImGui::SameLine();
        if (link_button(labelled(tr("Bring back"), "shortcut_undo").c_str()) && !library_.undo_remove())
            tell(app::ShortcutLibrary::full_message());
    }
    if (!told_.empty()) {
        until = until > 0 ? std::min(until, told_until_) : told_until_;
        ImGui::PushTextWrapPos(0.0F);
        colored_text(palette().muted, told_);
        ImGui::PopTextWrapPos();
    }
    // The frame in which the first of them goes.
    if (until > 0) {
        const std::chrono::duration<double> left(until - ImGui::GetTime());
        services.request_frame(std::chrono::duration_cast<SteadyTime::duration>(left) +
                               std::chrono::milliseconds(20));
    }
}

void ShortcutsPanel::draw(SessionTab& tab, app::SidePanelSettings& settings, const Services& services) {
    if (ImGui::GetTime() >= told_until_) told_.clear();
    draw_bar(tab);
    SequenceBar bar(tab, library_, progress_, list_.chosen_hidden());
    const float below = bar.height() + notices_height() + ImGui::GetStyle().ItemSpacing.y;
    draw_list(tab, services, std::max(px(60), ImGui::GetContentRegionAvail().y - below));
    draw_notices(services);
    const SequenceBar::Outcome outcome = bar.draw(settings);
    if (outcome.faulty) show(*outcome.faulty);
}

void ShortcutsPanel::draw_dialogs(LogTab& tab) {
    if (const auto changed = editor_.draw(library_, tab)) show(*changed);
    if (std::string told = import_.draw(library_); !told.empty()) tell(std::move(told));
    if (std::string told = export_.draw(library_); !told.empty()) tell(std::move(told));
}

}  // namespace sockdesk::gui
