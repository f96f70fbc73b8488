#include "gui/dialog_parts.hpp"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <imgui_internal.h>

#include "app/translation.hpp"
#include "codec/escapes.hpp"
#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

namespace fs = std::filesystem;
using app::tr;

namespace {

// Whether a list was open above the dialog when the key was pressed: Dear ImGui has closed it before the frame is drawn.
bool is_covered() {
    const ImGuiContext& context = *ImGui::GetCurrentContext();
    const bool now = context.OpenPopupStack.Size > context.BeginPopupStack.Size;
    bool& kept = *ImGui::GetStateStorage()->GetBoolRef(ImGui::GetID("covered"));
    return std::exchange(kept, now) || now;
}

}  // namespace

bool begin_careful_dialog(const char* title, const char* id, bool& open_now, float width, bool& leave) {
    leave = false;
    const std::string name = labelled(title, id);
    if (open_now) ImGui::OpenPopup(name.c_str());
    open_now = false;
    if (!ImGui::IsPopupOpen(name.c_str())) return false;
    const ImGuiViewport& viewport = *ImGui::GetMainViewport();
    ImGui::SetNextWindowPos(viewport.GetCenter(), ImGuiCond_Always, {0.5F, 0.5F});
    ImGui::SetNextWindowSize({std::min(width, viewport.Size.x * 0.94F), 0});
    bool keep_open = true;
    const bool drawn = ImGui::BeginPopupModal(
        name.c_str(), &keep_open,
        ImGuiWindowFlags_NoResize | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings);
    if (!keep_open) {
        // Dear ImGui has closed it.
        leave = open_now = true;
        return false;
    }
    if (!drawn) return false;
    // Not a routed shortcut: an input being typed into would take the first Escape for itself.
    leave = !is_covered() && ImGui::IsKeyPressed(ImGuiKey_Escape, false);
    return true;
}

bool begin_dialog(const char* title, const char* id, bool& open_now, float width, bool by_escape) {
    bool leave = false;
    if (!begin_careful_dialog(title, id, open_now, width, leave)) {
        if (leave) open_now = false;
        return false;
    }
    if (leave && by_escape) ImGui::CloseCurrentPopup();
    return true;
}

ImVec2 dialog_button_size(const char* label) {
    return {std::max(em() * 4,
                     ImGui::CalcTextSize(label, nullptr, true).x + 2 * ImGui::GetStyle().FramePadding.x),
            0};
}

void align_right(std::initializer_list<const char*> labels) {
    float width = -ImGui::GetStyle().ItemSpacing.x;
    for (const char* label : labels) width += dialog_button_size(label).x + ImGui::GetStyle().ItemSpacing.x;
    ImGui::SetCursorPosX(std::max(ImGui::GetCursorPosX(), right_edge() - width));
}

void hint(const char* words) {
    ImGui::PushTextWrapPos(0.0F);
    colored_text(palette().muted, words);
    ImGui::PopTextWrapPos();
}

fs::path home_folder() {
    const char* home = std::getenv("HOME");
    return home != nullptr && *home != '\0' ? home : ".";
}

std::string suggested_path(const char* extension) {
    const std::time_t now = std::time(nullptr);
    return home_folder() / fmt::format("sockdesk-{:%Y%m%d-%H%M%S}.{}", fmt::localtime(now), extension);
}

fs::path expanded(const std::string& path) {
    if (path == "~") return home_folder();
    if (path.starts_with("~/")) return home_folder() / path.substr(2);
    return path;
}

std::string reason_against(const fs::path& path) {
    std::error_code failed;
    if (path.empty()) return tr("Type the path of a file.");
    if (fs::is_directory(path, failed)) return tr("This is a folder. Add the name of a file.");
    if (path.has_parent_path() && !fs::is_directory(path.parent_path(), failed)) {
        return app::trf("The folder {} does not exist.", codec::escape_controls(path.parent_path().string()));
    }
    if (fs::exists(path, failed) && !fs::is_regular_file(path, failed))
        return tr("This is not an ordinary file.");
    return {};
}

}  // namespace sockdesk::gui
