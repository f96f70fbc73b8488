#include "gui/captures_dialog.hpp"

#include <algorithm>
#include <numeric>

#include <imgui.h>

#include "app/local_time.hpp"
#include "app/message_translation.hpp"
#include "app/translation.hpp"
#include "codec/escapes.hpp"
#include "gui/amounts.hpp"
#include "gui/dialog_parts.hpp"
#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

using app::tr;
using app::trf;

// ---- by path

void OpenDialog::open() {
    open_next_ = true;
    error_.clear();
    chooser_.reset(used_ ? chooser_.path() : home_folder());
}

void OpenDialog::draw(const OpenCapture& open_capture) {
    if (!begin_dialog(tr("Open a capture file"), "open_dialog", open_next_, em() * 34)) return;
    hint(tr("pcapng and pcap, of Sockdesk, Wireshark, tcpdump and others. The file is only read."));
    const bool entered = chooser_.draw(error_);
    if (chooser_.edited()) error_.clear();

    const std::string cancel = labelled(tr("Cancel"), "open_cancel");
    const std::string open = labelled(tr("Open"), "open_ok");
    align_right({cancel.c_str(), open.c_str()});
    if (ImGui::Button(cancel.c_str(), dialog_button_size(cancel.c_str()))) ImGui::CloseCurrentPopup();
    ImGui::SameLine();
    if (primary_button(open.c_str(), dialog_button_size(open.c_str())) || entered) {
        used_ = true;
        error_ = open_capture(chooser_.path());
        if (error_.empty()) ImGui::CloseCurrentPopup();
    }
    ImGui::EndPopup();
}

// ---- 历史抓包

namespace {

// "2026-11-21 10-00-00 udp 7788": what follows the time.
std::string session_of(const std::filesystem::path& path) {
    std::string name = path.stem().string();
    constexpr std::size_t time_length = std::string_view("2026-11-21 10-00-00 ").size();
    if (name.size() > time_length && name[4] == '-' && name[10] == ' ') name.erase(0, time_length);
    return codec::escape_controls(name);
}

std::string time_of(const archive::Recording& recording) {
    std::string time;
    app::LocalTime().append_log_time(recording.changed, time);
    return time.substr(0, time.rfind('.'));  // seconds do
}

}  // namespace

void RecordingsDialog::open() {
    open_next_ = true;
    stale_ = true;
    deleting_.reset();
    error_.clear();
}

void RecordingsDialog::draw(app::Storage& storage, const app::StorageSettings& settings,
                            const OpenCapture& open_capture) {
    if (!begin_dialog(tr("Old captures"), "recordings_dialog", open_next_, em() * 44)) return;
    if (std::exchange(stale_, false)) recordings_ = storage.recordings().list();

    const std::uint64_t total =
        std::accumulate(recordings_.begin(), recordings_.end(), std::uint64_t{0},
                        [](std::uint64_t sum, const archive::Recording& r) { return sum + r.bytes; });
    const std::uint64_t limit = static_cast<std::uint64_t>(settings.recordings_mib) << 20;
    hint(settings.record_sessions
             ? trf("Every session is recorded by itself. These take {} of {}; beyond that the oldest go.",
                   binary_amount(total), binary_amount(limit))
                   .c_str()
             : trf("Recording is switched off in the settings. These take {} of {}.", binary_amount(total),
                   binary_amount(limit))
                   .c_str());
    draw_list(storage, open_capture);
    field_error(error_);

    std::string folder = storage.recordings().folder().string();
    ImGui::AlignTextToFramePadding();
    colored_text(palette().muted, tr("Folder"));
    ImGui::SameLine();
    push_mono();
    input_line("###recordings_folder", folder, "", 0, false, ImGuiInputTextFlags_ReadOnly);
    pop_mono();

    if (deleting_) {
        draw_question(storage);
    } else {
        const std::string close = labelled(tr("Close window"), "recordings_close");
        align_right({close.c_str()});
        if (ImGui::Button(close.c_str(), dialog_button_size(close.c_str()))) ImGui::CloseCurrentPopup();
    }
    ImGui::EndPopup();
}

void RecordingsDialog::draw_list(const app::Storage&, const OpenCapture& open_capture) {
    const float height = ImGui::GetTextLineHeightWithSpacing() * 12;
    constexpr ImGuiTableFlags flags = ImGuiTableFlags_ScrollY | ImGuiTableFlags_RowBg |
                                      ImGuiTableFlags_BordersOuter | ImGuiTableFlags_SizingFixedFit;
    if (!ImGui::BeginTable("recordings", 5, flags, {0, height})) return;
    ImGui::TableSetupScrollFreeze(0, 1);
    ImGui::TableSetupColumn(tr("Time"));
    ImGui::TableSetupColumn(tr("Session"), ImGuiTableColumnFlags_WidthStretch);
    ImGui::TableSetupColumn(tr("Size"));
    ImGui::TableSetupColumn("##state");
    ImGui::TableSetupColumn("##actions");
    ImGui::TableHeadersRow();
    std::optional<std::filesystem::path> opened;
    ImGuiListClipper clipper;
    clipper.Begin(static_cast<int>(recordings_.size()));
    while (clipper.Step()) {
        for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
            const archive::Recording& recording = recordings_[static_cast<std::size_t>(i)];
            ImGui::PushID(i);
            ImGui::TableNextRow();
            ImGui::TableNextColumn();
            ImGui::AlignTextToFramePadding();
            text(time_of(recording));
            ImGui::TableNextColumn();
            text(session_of(recording.path));
            tooltip(codec::escape_controls(recording.path.string()).c_str());
            ImGui::TableNextColumn();
            text(binary_amount(recording.bytes));
            ImGui::TableNextColumn();
            colored_text(palette().received, recording.in_use ? tr("being recorded") : "");
            ImGui::TableNextColumn();
            if (ImGui::SmallButton(labelled(tr("Open"), "recording_open").c_str())) opened = recording.path;
            ImGui::SameLine();
            ImGui::BeginDisabled(recording.in_use);
            if (ImGui::SmallButton(labelled(tr("Delete"), "recording_delete").c_str()))
                deleting_ = recording.path;
            ImGui::EndDisabled();
            if (recording.in_use) tooltip(tr("It is being written to: close its session first."));
            ImGui::PopID();
        }
    }
    ImGui::EndTable();
    if (recordings_.empty()) hint(tr("There are none yet."));
    if (opened) {
        error_ = open_capture(*opened);
        if (error_.empty()) ImGui::CloseCurrentPopup();
    }
}

void RecordingsDialog::draw_question(const app::Storage& storage) {
    ImGui::PushTextWrapPos(0.0F);
    text(
        trf("Delete {}? It cannot be brought back.", codec::escape_controls(deleting_->filename().string())));
    ImGui::PopTextWrapPos();
    const std::string keep = labelled(tr("Keep"), "recording_keep");
    const std::string remove = labelled(tr("Delete"), "recording_delete_ok");
    align_right({keep.c_str(), remove.c_str()});
    if (ImGui::Button(keep.c_str(), dialog_button_size(keep.c_str()))) {
        deleting_.reset();
        return;
    }
    ImGui::SameLine();
    if (!primary_button(remove.c_str(), dialog_button_size(remove.c_str()))) return;
    const auto removed = storage.recordings().remove(*deleting_);
    error_ = removed ? std::string() : app::tr_message(removed.error().message);
    deleting_.reset();
    stale_ = true;
}

}  // namespace sockdesk::gui
