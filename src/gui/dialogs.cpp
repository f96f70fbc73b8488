#include "gui/dialogs.hpp"

#include <cstdlib>
#include <ctime>
#include <filesystem>

#include <imgui.h>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "app/translation.hpp"
#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

namespace fs = std::filesystem;
using app::tr;

namespace {

// The part before "###" changes with the language; the identity does not.
bool begin_dialog(const char* title, const char* id, bool& open_now, float width) {
    const std::string name = labelled(title, id);
    if (open_now) ImGui::OpenPopup(name.c_str());
    open_now = false;
    const ImGuiViewport& viewport = *ImGui::GetMainViewport();
    ImGui::SetNextWindowPos(viewport.GetCenter(), ImGuiCond_Always, {0.5F, 0.5F});
    ImGui::SetNextWindowSize({std::min(width, viewport.Size.x * 0.94F), 0});
    bool keep_open = true;
    const bool drawn = ImGui::BeginPopupModal(
        name.c_str(), &keep_open,
        ImGuiWindowFlags_NoResize | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings);
    // Not a routed shortcut: an input being typed into would take the first Escape for itself.
    if (drawn && ImGui::IsKeyPressed(ImGuiKey_Escape, false)) ImGui::CloseCurrentPopup();
    return drawn;
}

void align_right(std::initializer_list<const char*> labels) {
    float width = -ImGui::GetStyle().ItemSpacing.x;
    for (const char* label : labels) {
        width += std::max(em() * 4, ImGui::CalcTextSize(label, nullptr, true).x +
                                        2 * ImGui::GetStyle().FramePadding.x) +
                 ImGui::GetStyle().ItemSpacing.x;
    }
    ImGui::SetCursorPosX(right_edge() - width);
}

ImVec2 dialog_button_size(const char* label) {
    return {std::max(em() * 4,
                     ImGui::CalcTextSize(label, nullptr, true).x + 2 * ImGui::GetStyle().FramePadding.x),
            0};
}

std::string suggested_path() {
    const char* home = std::getenv("HOME");
    const std::time_t now = std::time(nullptr);
    const fs::path folder = home != nullptr && *home != '\0' ? home : ".";
    return folder / fmt::format("sockdesk-{:%Y%m%d-%H%M%S}.pcapng", fmt::localtime(now));
}

fs::path expanded(const std::string& path) {
    const char* home = std::getenv("HOME");
    if (home != nullptr && path.starts_with("~/")) return fs::path(home) / path.substr(2);
    return path;
}

}  // namespace

void SaveDialog::open(const SessionTab& tab) {
    tab_ = tab.key;
    open_next_ = true;
    asking_ = false;
    error_.clear();
    path_ = tab.session.tab().view.save_path.empty() ? suggested_path() : tab.session.tab().view.save_path;
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
    if (path.empty()) {
        error_ = tr("Type the path of a file.");
    } else if (fs::is_directory(path, failed)) {
        error_ = tr("This is a folder. Add the name of a file.");
    } else if (path.has_parent_path() && !fs::is_directory(path.parent_path(), failed)) {
        error_ = app::trf("The folder {} does not exist.", path.parent_path().string());
    } else if (fs::exists(path, failed) && !fs::is_regular_file(path, failed)) {
        error_ = tr("This is not an ordinary file.");
    } else if (fs::exists(path, failed) && fs::file_size(path, failed) > 0) {
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
            {"Ctrl+W", tr("Close tab")},
            {"Ctrl+Tab", tr("Next tab")},
            {"F5", tr("Open or close the session")},
            {"Ctrl+Enter", tr("Send, or end the cycle")},
            {"Ctrl+L", tr("Clear the log")},
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
