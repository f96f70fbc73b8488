#include "gui/shortcut_editor.hpp"

#include <imgui.h>
#include <imgui_internal.h>
#include <imgui_stdlib.h>

#include "app/message_translation.hpp"
#include "app/translation.hpp"
#include "gui/dialog_parts.hpp"
#include "gui/payload_mark.hpp"
#include "gui/payload_strip.hpp"
#include "gui/style.hpp"
#include "gui/trailer_dialog.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

using app::ShortcutField;
using app::tr;
using app::trf;

namespace {

// In a sequence. Without any, one click could send as fast as a network takes it.
constexpr const char* usual_delay = "1000";

// The labels of fields side by side stand on one line: the frame of the first is not to push down those after it.
void next_column() {
    ImGui::SameLine();
    ImGui::GetCurrentWindow()->DC.CurrLineTextBaseOffset = 0;
}

}  // namespace

void ShortcutEditor::open_new(app::Shortcut shortcut) {
    id_.reset();
    shortcut_ = std::move(shortcut);
    if (shortcut_.delay.empty()) shortcut_.delay = usual_delay;
    problem_.reset();
    compiled_.reset();
    open_next_ = true;
}

void ShortcutEditor::open(const app::ShortcutLibrary& library, app::ShortcutId id) {
    const app::Shortcut* shortcut = library.find(id);
    if (shortcut == nullptr) return;
    open_new(*shortcut);
    shortcut_.delay = shortcut->delay;
    id_ = id;
}

void ShortcutEditor::field(const char* id, const char* label, std::string& value, const char* hint_text,
                           float width, ShortcutField which) {
    ImGui::BeginGroup();
    field_label(label);
    const bool wrong = problem_ && problem_->field == which;
    if (input_line(id, value, hint_text, width, wrong) && wrong) problem_.reset();
    ImGui::EndGroup();
}

void ShortcutEditor::compile(LogTab& tab) {
    const app::PayloadSpec spec = app::payload_spec(shortcut_, tab.settings().encoding);
    const app::SessionModel* session = tab.live();
    const std::optional<Endpoint> local = session != nullptr ? session->local() : std::nullopt;
    const std::optional<Endpoint> remote = session != nullptr ? session->known_remote() : std::nullopt;
    if (compiled_ && spec == compiled_spec_ && local == local_ && remote == remote_) return;
    compiled_spec_ = spec;
    local_ = local;
    remote_ = remote;
    codec::TemplateMoment moment;
    moment.now = SystemClock().now();
    moment.local = local;
    moment.remote = remote;
    compiled_ = app::preview(spec, moment, &files_);
}

void ShortcutEditor::draw_payload(LogTab& tab) {
    field_label(tr("Payload"));
    if (radio_button("ASCII###shortcut_ascii", !shortcut_.hex)) shortcut_.hex = false;
    ImGui::SameLine();
    if (radio_button("HEX###shortcut_hex", shortcut_.hex)) shortcut_.hex = true;
    ImGui::SameLine(0, px(18));
    ImGui::BeginDisabled(shortcut_.hex);
    check_box(labelled(tr("Use escape chars"), "shortcut_escapes").c_str(), &shortcut_.escapes);
    ImGui::EndDisabled();
    ImGui::SameLine(0, px(18));
    check_box(labelled(tr("Templates {{…}}"), "shortcut_templates").c_str(), &shortcut_.templates);

    compile(tab);
    push_mono();
    const bool wrong = !*compiled_;
    if (wrong) ImGui::PushStyleColor(ImGuiCol_Border, palette().error);
    ImGui::InputTextMultiline("###shortcut_payload", &shortcut_.payload, {-1, em() * 6},
                              ImGuiInputTextFlags_AllowTabInput);
    if (wrong) ImGui::PopStyleColor();
    if (wrong && (*compiled_).error().position != Error::no_position)
        mark_fault(ImGui::GetItemID(), shortcut_.payload, (*compiled_).error().position);
    pop_mono();
    if (wrong) {
        // It may be kept: what is still to be finished is no reason to lose it.
        const Error& error = compiled_->error();
        field_error(app::tr_error(error, shortcut_.payload));
    } else {
        const std::size_t bytes = (*compiled_)->size();
        colored_text(palette().muted, bytes == 1 ? std::string(tr("1 byte")) : trf("{} bytes", bytes));
        draw_payload_strip(**compiled_, tab.settings().encoding, ImGui::GetContentRegionAvail().x);
    }
}

void ShortcutEditor::draw_details() {
    const float whole = ImGui::GetContentRegionAvail().x;
    const float gap = ImGui::GetStyle().ItemSpacing.x;
    const float half = (whole - gap) / 2;
    ImGui::BeginGroup();
    field_label(tr("Appended bytes"));
    const bool wrong = problem_ && problem_->field == ShortcutField::trailer;
    if (combo_input("shortcut_trailer", shortcut_.trailer, tr("none"), half,
                    {wrong, wrong ? problem_->position : InputFault::npos}, trailer_choices) &&
        wrong)
        problem_.reset();
    ImGui::EndGroup();
    next_column();
    field("###shortcut_target", tr("Send to (UDP)"), shortcut_.target, tr("where the send box goes"), half,
          ShortcutField::target);
    field("###shortcut_delay", tr("Delay after it, ms"), shortcut_.delay, "0", half, ShortcutField::delay);
    tooltip(
        tr("In a sequence: from this one to the next. Fractions such as 0.5 and units such as 100us and 2s "
           "are understood."));
    next_column();
    field("###shortcut_hotkey", tr("Key"), shortcut_.hotkey, "Ctrl+1", half, ShortcutField::hotkey);
}

std::optional<app::ShortcutProblem> ShortcutEditor::problem(const app::ShortcutLibrary& library) const {
    if (auto found = app::check_shortcut(shortcut_)) return found;
    if (shortcut_.hotkey.empty()) return {};
    const auto hotkey = app::parse_hotkey(shortcut_.hotkey);
    if (!hotkey) return {};
    const auto* other = library.with_hotkey(*hotkey, id_.value_or(app::ShortcutId{}));
    if (other == nullptr) return {};
    return app::ShortcutProblem{ShortcutField::hotkey,
                                trf("{} sends \"{}\" already.", hotkey->to_string(), other->shortcut.name)};
}

std::optional<app::ShortcutId> ShortcutEditor::draw(app::ShortcutLibrary& library, LogTab& tab) {
    const char* title = id_ ? tr("Edit shortcut") : tr("New shortcut");
    if (!begin_dialog(title, "shortcut_dialog", open_next_, em() * 34)) return {};
    const float whole = ImGui::GetContentRegionAvail().x;
    const float name = (whole - ImGui::GetStyle().ItemSpacing.x) * 0.62F;
    ImGui::BeginGroup();
    field_label(tr("Name"));
    if (ImGui::IsWindowAppearing()) ImGui::SetKeyboardFocusHere();
    input_line("###shortcut_name", shortcut_.name, app::suggested_name(shortcut_.payload).c_str(), name,
               false);
    ImGui::EndGroup();
    next_column();
    ImGui::BeginGroup();
    field_label(tr("Group"));
    combo_input("shortcut_group", shortcut_.group, tr("none"), 0, false, [&] {
        Choices choices = {{"", tr("none")}};
        for (const std::string& group : library.groups()) choices.emplace_back(group, group);
        return choices;
    });
    ImGui::EndGroup();
    draw_payload(tab);
    draw_details();
    if (problem_) field_error(problem_->message);
    ImGui::Dummy({0, px(4)});

    const std::string cancel = labelled(tr("Cancel"), "shortcut_cancel");
    const std::string save = labelled(tr("Save"), "shortcut_ok");
    align_right({cancel.c_str(), save.c_str()});
    if (ImGui::Button(cancel.c_str(), dialog_button_size(cancel.c_str()))) ImGui::CloseCurrentPopup();
    ImGui::SameLine();
    const bool entered =
        ImGui::GetIO().KeyMods == ImGuiMod_Ctrl && ImGui::IsKeyPressed(ImGuiKey_Enter, false);
    const bool pressed = primary_button(save.c_str(), dialog_button_size(save.c_str())) || entered;
    std::optional<app::ShortcutId> result;
    if (pressed) {
        problem_ = problem(library);
        if (!problem_) {
            if (shortcut_.name.empty()) shortcut_.name = app::suggested_name(shortcut_.payload);
            if (id_ && library.find(*id_) != nullptr) {
                if (library.replace(*id_, shortcut_)) result = id_;
            } else {
                result = library.add(shortcut_);
            }
            if (result) {
                ImGui::CloseCurrentPopup();
            } else {
                problem_ = app::ShortcutProblem{ShortcutField::payload, app::ShortcutLibrary::full_message()};
            }
        }
    }
    ImGui::EndPopup();
    return result;
}

}  // namespace sockdesk::gui
