#include "gui/shortcut_files.hpp"

#include <filesystem>

#include <imgui.h>

#include "app/kept_file.hpp"
#include "app/shortcut_files.hpp"
#include "app/translation.hpp"
#include "codec/escapes.hpp"
#include "gui/dialog_parts.hpp"
#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

namespace fs = std::filesystem;
using app::tr;
using app::trf;

namespace {

// The name of a file with the ending of its format; endings that are neither's are the person's own.
fs::path with_ending(fs::path path, bool csv) {
    std::string extension = path.extension().string();
    for (char& c : extension) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    const char* wanted = csv ? ".csv" : ".json";
    if (extension != wanted && (extension.empty() || extension == ".csv" || extension == ".json"))
        path.replace_extension(wanted);
    return path;
}

std::string shown(const fs::path& path) { return codec::escape_controls(path.string()); }

}  // namespace

// ---- import

void ShortcutImportDialog::open() {
    open_next_ = true;
    error_.clear();
    if (!used_) chooser_.reset(home_folder());
}

std::string ShortcutImportDialog::read(app::ShortcutLibrary& library) {
    const fs::path path = chooser_.path();
    const auto refuse = [&](const std::string& why) {
        error_ = trf("Nothing was imported. {}: {}", shown(path.filename()), why);
        return std::string();
    };
    const auto content = app::read_file(path, app::max_shortcut_file);
    if (!content) return refuse(content.error().message);
    auto shortcuts = app::shortcuts_from_text(*content, app::current_language());
    if (!shortcuts) return refuse(shortcuts.error().message);
    // Whose sequence it was there is nobody's here.
    for (app::Shortcut& shortcut : *shortcuts) shortcut.chosen = false;
    const std::size_t count = shortcuts->size();
    const auto without_key = library.add_all(std::move(*shortcuts));
    if (!without_key) return refuse(app::ShortcutLibrary::full_message());
    used_ = true;
    ImGui::CloseCurrentPopup();
    if (*without_key > 0)
        return trf("{} shortcuts were imported; {} of them lost their key, which is taken.", count,
                   *without_key);
    return trf("{} shortcuts were imported.", count);
}

std::string ShortcutImportDialog::draw(app::ShortcutLibrary& library) {
    if (!begin_dialog(tr("Import shortcuts"), "shortcut_import_dialog", open_next_, em() * 40)) return {};
    hint(
        tr("A JSON file that Sockdesk exported, or a CSV table whose first line names the fields; "
           "\"payload\" is the one that is needed."));
    const bool entered = chooser_.draw(error_);
    if (chooser_.edited()) error_.clear();
    const std::string cancel = labelled(tr("Cancel"), "shortcut_import_cancel");
    const std::string ok = labelled(tr("Import"), "shortcut_import_ok");
    align_right({cancel.c_str(), ok.c_str()});
    if (ImGui::Button(cancel.c_str(), dialog_button_size(cancel.c_str()))) ImGui::CloseCurrentPopup();
    ImGui::SameLine();
    std::string told;
    if (primary_button(ok.c_str(), dialog_button_size(ok.c_str())) || entered) told = read(library);
    ImGui::EndPopup();
    return told;
}

// ---- export

void ShortcutExportDialog::open() {
    open_next_ = true;
    overwrite_ = false;
    error_.clear();
    path_ = (home_folder() / (csv_ ? "shortcuts.csv" : "shortcuts.json")).string();
}

std::string ShortcutExportDialog::write(const app::ShortcutLibrary& library) {
    path_ = with_ending(path_, csv_).string();
    const fs::path path = expanded(path_);
    std::error_code failed;
    error_ = reason_against(path);
    if (!error_.empty()) return {};
    if (!overwrite_ && fs::exists(path, failed)) {
        overwrite_ = true;
        return {};
    }
    std::vector<app::Shortcut> shortcuts;
    for (const auto& item : library.items()) {
        if (!chosen_only_ || item.shortcut.chosen) shortcuts.push_back(item.shortcut);
    }
    const auto written = app::replace_file(path, csv_ ? app::to_csv(shortcuts) : app::to_json(shortcuts),
                                           app::FileAccess::usual);
    overwrite_ = false;
    if (!written) {
        error_ = written.error().message;
        return {};
    }
    ImGui::CloseCurrentPopup();
    return trf("{} shortcuts were written to {}.", shortcuts.size(), shown(path));
}

void ShortcutExportDialog::set_format(bool csv) {
    csv_ = csv;
    overwrite_ = false;
    path_ = with_ending(path_, csv).string();
}

std::string ShortcutExportDialog::draw(const app::ShortcutLibrary& library) {
    if (!begin_dialog(tr("Export shortcuts"), "shortcut_export_dialog", open_next_, em() * 34)) return {};
    if (radio_button("JSON###shortcut_export_json", !csv_)) set_format(false);
    ImGui::SameLine();
    if (radio_button(labelled(tr("CSV table"), "shortcut_export_csv").c_str(), csv_)) set_format(true);
    ImGui::BeginDisabled(library.chosen_count() == 0);
    check_box(labelled(tr("Only the chosen ones"), "shortcut_export_chosen").c_str(), &chosen_only_);
    ImGui::EndDisabled();
    if (library.chosen_count() == 0) chosen_only_ = false;
    field_label(tr("File"));
    push_mono();
    const bool entered = input_line("###shortcut_export_path", path_, "", 0, !error_.empty(),
                                    ImGuiInputTextFlags_EnterReturnsTrue);
    if (ImGui::IsItemEdited()) {
        error_.clear();
        overwrite_ = false;
    }
    pop_mono();
    field_error(error_);
    if (overwrite_) hint(tr("This file is there already."));
    const std::string cancel = labelled(tr("Cancel"), "shortcut_export_cancel");
    const std::string ok = labelled(overwrite_ ? tr("Overwrite") : tr("Export"), "shortcut_export_ok");
    align_right({cancel.c_str(), ok.c_str()});
    if (ImGui::Button(cancel.c_str(), dialog_button_size(cancel.c_str()))) ImGui::CloseCurrentPopup();
    ImGui::SameLine();
    std::string told;
    if (primary_button(ok.c_str(), dialog_button_size(ok.c_str())) || entered) told = write(library);
    ImGui::EndPopup();
    return told;
}

}  // namespace sockdesk::gui
