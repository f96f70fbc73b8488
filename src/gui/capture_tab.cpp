#include "gui/capture_tab.hpp"

#include <algorithm>

#include <imgui.h>

#include "app/message_translation.hpp"
#include "app/translation.hpp"
#include "gui/amounts.hpp"
#include "gui/dialog_parts.hpp"
#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

using app::tr;

const char* CaptureTab::empty_text() {
    const archive::ReadProgress progress = capture->progress();
    if (!progress.done && !capture->was_stopped()) return tr("Reading...");
    if (progress.records == 0) return tr("There is nothing in this file that can be shown.");
    return settings().hide_received ? tr("Received data is hidden.") : tr("The log was cleared.");
}

namespace {

void reading(CaptureTab& tab, const archive::ReadProgress& progress) {
    const float share = progress.file_bytes == 0
                            ? 0.0F
                            : static_cast<float>(static_cast<double>(progress.read_bytes) /
                                                 static_cast<double>(progress.file_bytes));
    ImGui::PushStyleColor(ImGuiCol_PlotHistogram, palette().accent);
    const std::string percent =
        app::trf("Reading {}%", static_cast<int>(std::clamp(share, 0.0F, 1.0F) * 100));
    ImGui::ProgressBar(std::clamp(share, 0.0F, 1.0F), {em() * 12, ImGui::GetFrameHeight() - px(4)},
                       percent.c_str());
    ImGui::PopStyleColor();
    ImGui::SameLine();
    if (ImGui::Button(labelled(tr("Stop reading"), "stop_reading").c_str())) tab.capture->stop_reading();
}

}  // namespace

void draw_capture_header(CaptureTab& tab) {
    const archive::ReadProgress progress = tab.capture->progress();
    const bool is_reading = !progress.done && !tab.capture->was_stopped();
    tab.log.set_protocol(0, tab.capture->protocol());

    ImGui::PushStyleColor(ImGuiCol_ChildBg, ImGui::GetStyleColorVec4(ImGuiCol_PopupBg));
    ImGui::BeginChild("capture", {0, 0},
                      ImGuiChildFlags_Borders | ImGuiChildFlags_AutoResizeY | ImGuiChildFlags_NavFlattened);
    ImGui::PopStyleColor();

    std::string path = tab.capture->path().string();
    ImGui::AlignTextToFramePadding();
    colored_text(palette().muted, tr("Capture file"));
    ImGui::SameLine();
    // An input that cannot be changed: the path can be selected and copied.
    push_mono();
    input_line("###capture_path", path, "", 0, false, ImGuiInputTextFlags_ReadOnly);
    pop_mono();

    ImGui::AlignTextToFramePadding();
    std::string facts = tab.capture->description() + "   ·   " + binary_amount(progress.file_bytes) +
                        "   ·   " + app::trf("{} records", grouped(progress.records));
    text(facts);
    if (progress.left_out > 0) {
        ImGui::SameLine(0, 0);
        colored_text(palette().muted,
                     "   ·   " + app::trf("{} packets left out", grouped(progress.left_out)));
        tooltip(
            tr("Packets that are no records: neither UDP nor TCP, fragments, TCP segments that were sent "
               "again or carry nothing."));
    }
    if (is_reading) {
        ImGui::SameLine(0, em());
        reading(tab, progress);
    } else if (tab.capture->was_stopped()) {
        ImGui::SameLine(0, em());
        colored_text(palette().muted,
                     app::trf("Reading was stopped after {} of {}.", binary_amount(progress.read_bytes),
                              binary_amount(progress.file_bytes)));
    }
    if (progress.problem) {
        ImGui::PushTextWrapPos(0.0F);
        colored_text(palette().error, app::tr_message(progress.problem->message));
        if (progress.records > 0) colored_text(palette().muted, tr("What was read before that is shown."));
        ImGui::PopTextWrapPos();
    }
    ImGui::EndChild();
}

}  // namespace sockdesk::gui
