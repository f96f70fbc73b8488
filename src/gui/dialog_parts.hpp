// What dialogs are made of.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <string>

#include <imgui.h>

namespace sockdesk::gui {

/// A modal dialog in the middle of the window; `open_now` opens it and is taken back. When true, ImGui::EndPopup is due. The part
/// of its name that changes with the language is not its identity. Escape closes it, but not over the
/// head of a list that is open above it, and not with `by_escape` false.
bool begin_dialog(const char* title, const char* id, bool& open_now, float width, bool by_escape = true);

/// The same for a dialog that holds work which must not be lost by a slip. `leave`: Escape or × would have closed it; to close it is up to
/// the caller, who has nothing to draw into for this frame where the result is false: the dialog is there again in the next.
bool begin_careful_dialog(const char* title, const char* id, bool& open_now, float width, bool& leave);

/// Places the next buttons, with these labels, at the right edge.
void align_right(std::initializer_list<const char*> labels);
ImVec2 dialog_button_size(const char* label);

/// Secondary text, wrapped.
void hint(const char* words);

/// `~/` stands for the person's home folder.
std::filesystem::path expanded(const std::string& path);
std::filesystem::path home_folder();
/// The time in a name for a new file in the home folder: "sockdesk-20261121-100000.pcapng".
std::string suggested_path(const char* extension);
/// Why nothing can be written there, in the person's language; empty if something can. A file that is there already is no
/// reason.
std::string reason_against(const std::filesystem::path& path);

}  // namespace sockdesk::gui
