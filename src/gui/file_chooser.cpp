#include "gui/file_chooser.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include <imgui.h>

#include "app/translation.hpp"
#include "codec/escapes.hpp"
#include "gui/amounts.hpp"
#include "gui/dialog_parts.hpp"
#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

namespace fs = std::filesystem;
using app::tr;

namespace {

// Nobody scrolls through more; the rest is reached by typing.
constexpr std::size_t max_entries = 5000;

bool has_capture_name(const fs::path& path) {
    constexpr std::array<std::string_view, 4> extensions = {".pcapng", ".pcap", ".cap", ".ntar"};
    std::string extension = path.extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](unsigned char c) { return c < 0x80 ? static_cast<char>(std::tolower(c)) : '?'; });
    return std::find(extensions.begin(), extensions.end(), extension) != extensions.end();
}

}  // namespace

void FileChooser::reset(const fs::path& path) {
    std::error_code ignored;
    text_ = path.string();
    if (fs::is_directory(path, ignored) && !text_.ends_with('/')) text_ += '/';
    folder_.clear();
    edited_ = false;
    focus_ = true;
}

fs::path FileChooser::path() const { return expanded(text_); }

void FileChooser::look_into(const fs::path& folder) {
    folder_ = folder;
    entries_.clear();
    trouble_.clear();
    more_ = false;
    std::error_code failed;
    fs::directory_iterator at(folder.empty() ? fs::path(".") : folder, fs::directory_options::none, failed);
    for (; !failed && at != fs::directory_iterator(); at.increment(failed)) {
        if (entries_.size() == max_entries) {
            more_ = true;
            break;
        }
        std::error_code unknown;
        Entry entry;
        entry.name = at->path().filename().string();
        if (entry.name.starts_with('.')) continue;
        entry.is_folder = at->is_directory(unknown);
        if (!entry.is_folder && !at->is_regular_file(unknown)) continue;
        if (!entry.is_folder) entry.bytes = at->file_size(unknown);
        if (unknown) entry.bytes = 0;
        entry.is_wanted = for_ == For::any || has_capture_name(at->path());
        entry.shown = codec::escape_controls(entry.name) + (entry.is_folder ? "/" : "");
        entries_.push_back(std::move(entry));
    }
    if (failed) trouble_ = failed.message();
    std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
        return std::tuple(!a.is_folder, !a.is_wanted, a.name) <
               std::tuple(!b.is_folder, !b.is_wanted, b.name);
    });
    if (folder.has_parent_path() && folder != folder.root_path())
        entries_.insert(entries_.begin(), Entry{"..", "../", true, false, 0});
}

void FileChooser::pick(const Entry& entry) {
    if (entry.name == "..") {
        fs::path folder = folder_;
        if (!folder.has_filename()) folder = folder.parent_path();  // "a/b/" is b in a
        text_ = folder.parent_path().string();
    } else {
        text_ = (folder_ / entry.name).string();
    }
    if (entry.is_folder && !text_.ends_with('/')) text_ += '/';
}

bool FileChooser::draw(const std::string& error, int rows) {
    const std::string before = text_;
    if (std::exchange(focus_, false)) ImGui::SetKeyboardFocusHere();
    push_mono();
    bool chosen = input_line("###path", text_, "", 0, !error.empty(), ImGuiInputTextFlags_EnterReturnsTrue);
    pop_mono();
    field_error(error);

    const fs::path typed = path();
    std::error_code ignored;
    const fs::path folder = text_.ends_with('/') || text_.empty() ? typed : typed.parent_path();
    if (folder != folder_ || ImGui::IsWindowAppearing()) look_into(folder);
    if (chosen && fs::is_directory(typed, ignored)) {
        // Enter on a folder looks into it.
        if (!text_.ends_with('/')) text_ += '/';
        focus_ = true;
        chosen = false;
    }

    ImGui::PushStyleColor(ImGuiCol_ChildBg, palette().paper);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(4), px(4)});
    ImGui::BeginChild("files", {0, ImGui::GetTextLineHeightWithSpacing() * static_cast<float>(rows)},
                      ImGuiChildFlags_Borders);
    ImGui::PopStyleVar();
    ImGui::PopStyleColor();
    if (!trouble_.empty()) {
        hint(app::trf("The folder cannot be listed: {}", trouble_).c_str());
    } else if (entries_.empty()) {
        hint(tr("There are no files here."));
    }
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(entries_.size()));
    const Entry* picked = nullptr;
    while (clipper.Step()) {
        for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
            const Entry& entry = entries_[static_cast<std::size_t>(i)];
            ImGui::PushID(i);
            const bool is_typed = !entry.is_folder && typed.filename().string() == entry.name;
            if (ImGui::Selectable("##entry", is_typed, ImGuiSelectableFlags_AllowDoubleClick)) {
                picked = &entry;
                if (!entry.is_folder && ImGui::IsMouseDoubleClicked(ImGuiMouseButton_Left)) chosen = true;
            }
            ImGui::SameLine(px(6));
            const std::string size = entry.is_folder ? std::string() : binary_amount(entry.bytes);
            if (entry.is_folder) {
                colored_text(palette().accent, entry.shown);
            } else if (entry.is_wanted) {
                text(entry.shown);
            } else {
                colored_text(palette().muted, entry.shown);
            }
            if (!size.empty()) {
                ImGui::SameLine(right_edge() - ImGui::CalcTextSize(size.c_str()).x - px(4));
                colored_text(palette().muted, size);
            }
            ImGui::PopID();
        }
    }
    if (more_) hint(tr("This folder holds more files; type the name of the one you want."));
    ImGui::EndChild();
    if (picked != nullptr) pick(*picked);
    edited_ = text_ != before;
    return chosen;
}

}  // namespace sockdesk::gui
