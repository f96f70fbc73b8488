#include "gui/dialogs.hpp"

#include <filesystem>

#include <imgui.h>

#include "app/translation.hpp"
#include "gui/dialog_parts.hpp"
#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

namespace fs = std::filesystem;
using app::tr;

void SaveDialog::open(const SessionTab& tab) {
    tab_ = tab.key;
    open_next_ = true;
    asking_ = false;
    error_.clear();
    path_ = tab.session.tab().view.save_path.empty() ? suggested_path("pcapng")
                                                     : tab.session.tab().view.save_path;
}

void SaveDialog::start(SessionTab& tab, capture::SaveMode mode) {
    tab.session.start_saving(expanded(path_).string(), mode);
    ImGui::CloseCurrentPopup();
}

void SaveDialog::draw_path(SessionTab& tab) {
    field_label(tr("File (pcapng: Wireshark opens it). It holds the whole log and grows with it."));
    if (ImGui::IsWindowAppearing()) ImGui::SetKeyboardFocusHere();
    push_mono();
    const bool entered =
        input_line("###save_path", path_, "", 0, !error_.empty(), ImGuiInputTextFlags_EnterReturnsTrue);
    if (ImGui::IsItemEdited()) error_.clear();
    pop_mono();
    field_error(error_);
    ImGui::Dummy({0, px(4)});

    const std::string cancel = labelled(tr("Cancel"), "save_cancel");
    const std::string save = labelled(tr("Save"), "save_ok");
    align_right({cancel.c_str(), save.c_str()});
    if (ImGui::Button(cancel.c_str(), dialog_button_size(cancel.c_str()))) ImGui::CloseCurrentPopup();
    ImGui::SameLine();
    if (!primary_button(save.c_str(), dialog_button_size(save.c_str())) && !entered) return;

    const fs::path path = expanded(path_);
    std::error_code failed;
    error_ = reason_against(path);
    if (!error_.empty()) return;
    if (fs::exists(path, failed) && fs::file_size(path, failed) > 0) {
        asking_ = true;
    } else {
        start(tab, capture::SaveMode::create);
    }
}

void SaveDialog::draw_question(SessionTab& tab) {
    ImGui::PushTextWrapPos(0.0F);
    text(app::trf("{} is not empty.", expanded(path_).string()));
    colored_text(palette().muted,
                 tr("Append goes on at its end, which must be a capture; overwrite discards what it holds."));
    ImGui::PopTextWrapPos();
    ImGui::Dummy({0, px(4)});
    const std::string append = labelled(tr("Append"), "save_append");
    const std::string overwrite = labelled(tr("Overwrite"), "save_overwrite");
    const std::string cancel = labelled(tr("Cancel"), "save_back");
    align_right({cancel.c_str(), overwrite.c_str(), append.c_str()});
    if (ImGui::Button(cancel.c_str(), dialog_button_size(cancel.c_str()))) asking_ = false;
    ImGui::SameLine();
    if (ImGui::Button(overwrite.c_str(), dialog_button_size(overwrite.c_str())))
        start(tab, capture::SaveMode::overwrite);
    ImGui::SameLine();
    if (primary_button(append.c_str(), dialog_button_size(append.c_str())))
        start(tab, capture::SaveMode::append);
}

void SaveDialog::draw(SessionTab& tab) {
    if (tab_ != tab.key) return;
    if (!begin_dialog(tr("Save to file"), "save_dialog", open_next_, em() * 30)) return;
    asking_ ? draw_question(tab) : draw_path(tab);
    ImGui::EndPopup();
}

void HelpDialog::draw() {
    if (begin_dialog(tr("Keyboard shortcuts"), "keys_dialog", keys_, em() * 22)) {
        const std::pair<const char*, const char*> keys[] = {
            {"Ctrl+T", tr("New session")},
            {"Ctrl+O", tr("Open a capture file")},
            {"Ctrl+W", tr("Close tab")},
            {"Ctrl+Tab", tr("Next tab")},
            {"F5", tr("Open or close the session")},
            {"Ctrl+Enter", tr("Send, or end the cycle")},
            {"Ctrl+F, F3, Shift+F3", tr("Search, next, previous match")},
            {"Ctrl+Shift+F", tr("Filter the log")},
            {"Ctrl+G", tr("Go to a record or a time")},
            {"Ctrl+L", tr("Clear the log")},
            {"Ctrl+I", tr("Inspector")},
            {"Ctrl+K", tr("Shortcuts")},
            {"Ctrl+H", tr("History")},
            {"Ctrl+E", tr("Export the log")},
            {"Ctrl+A", tr("Select all")},
            {"Ctrl+C", tr("Copy")},
            {"Ctrl + / -", tr("Larger or smaller text")},
            {"Ctrl+Q", tr("Quit")},
        };
        if (ImGui::BeginTable("keys", 2, ImGuiTableFlags_SizingFixedFit)) {
            for (const auto& [key, what] : keys) {
                ImGui::TableNextRow();
                ImGui::TableNextColumn();
                colored_text(palette().accent, key);
                ImGui::TableNextColumn();
                text(what);
            }
            ImGui::EndTable();
        }
        ImGui::EndPopup();
    }
    if (begin_dialog(tr("About Sockdesk"), "about_dialog", about_, em() * 24)) {
        text("Sockdesk · 网络调试助手  " SOCKDESK_VERSION);
        ImGui::PushTextWrapPos(0.0F);
        colored_text(palette().muted,
                     tr("A desk for sockets: open UDP sockets, TCP servers and TCP clients by hand, see "
                        "every byte that arrives, and answer."));
        ImGui::PopTextWrapPos();
        ImGui::EndPopup();
    }
}

}  // namespace sockdesk::gui
