#include "gui/settings_dialog.hpp"

#include <algorithm>

#include <imgui.h>

#include "app/translation.hpp"
#include "gui/dialog_parts.hpp"
#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

using app::StorageSettings;
using app::tr;

namespace {

void number(const char* id, int& value, int step) {
    ImGui::SetNextItemWidth(em() * 9);
    ImGui::InputInt(id, &value, step, step * 8);
    ImGui::SameLine();
    text("MiB");
}

}  // namespace

void SettingsDialog::open(const StorageSettings& now) {
    open_next_ = true;
    draft_ = now;
}

bool SettingsDialog::draw(StorageSettings& settings) {
    if (!begin_dialog(tr("Settings"), "settings_dialog", open_next_, em() * 30)) return false;
    field_label(tr("Memory for the program"));
    number("###memory", draft_.memory_mib, 128);
    hint(app::trf("Of the whole program, some 170 of it for the program itself; at least {} MiB. What logs "
                  "need beyond it waits on disk and comes back when it is looked at; "
                  "nothing is lost.",
                  StorageSettings::min_memory_mib)
             .c_str());
    ImGui::Dummy({0, px(6)});
    check_box(labelled(tr("Record every session by itself"), "record_sessions").c_str(),
              &draft_.record_sessions);
    hint(tr(
        "Holds for sessions that are opened from now on. The recordings are under Session, Old captures."));
    ImGui::Dummy({0, px(6)});
    field_label(tr("Disk for old captures"));
    number("###recordings", draft_.recordings_mib, 1024);
    hint(tr("Beyond that the oldest are deleted."));
    ImGui::Dummy({0, px(6)});

    const std::string cancel = labelled(tr("Cancel"), "settings_cancel");
    const std::string apply = labelled(tr("Apply"), "settings_ok");
    align_right({cancel.c_str(), apply.c_str()});
    if (ImGui::Button(cancel.c_str(), dialog_button_size(cancel.c_str()))) ImGui::CloseCurrentPopup();
    ImGui::SameLine();
    bool changed = false;
    if (primary_button(apply.c_str(), dialog_button_size(apply.c_str()))) {
        draft_.memory_mib =
            std::clamp(draft_.memory_mib, StorageSettings::min_memory_mib, StorageSettings::max_memory_mib);
        draft_.recordings_mib = std::clamp(draft_.recordings_mib, StorageSettings::min_recordings_mib,
                                           StorageSettings::max_recordings_mib);
        changed = !(settings == draft_);
        settings = draft_;
        ImGui::CloseCurrentPopup();
    }
    ImGui::EndPopup();
    return changed;
}

}  // namespace sockdesk::gui
