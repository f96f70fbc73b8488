#include "gui/send_file_dialog.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>

#include <imgui.h>

#include <fmt/format.h>

#include "app/message_translation.hpp"
#include "app/translation.hpp"
#include "codec/escapes.hpp"
#include "gui/amounts.hpp"
#include "gui/bar_widgets.hpp"
#include "gui/dialog_parts.hpp"
#include "gui/style.hpp"
#include "gui/trailer_dialog.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using app::FileCut;
using app::FileSource;
using app::tr;
using app::trf;

namespace {

// The figures of a file under way are for eyes.
constexpr auto progress_period = 100ms;

std::string duration(double seconds) {
    const auto whole = static_cast<std::uint64_t>(seconds + 0.5);
    if (whole >= 3600) return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
    return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

std::string words_of(const app::FileSettings& file, const app::TrailerSettings& trailer) {
    std::string words;
    switch (file.cut) {
        case FileCut::stream:
            words = tr("the whole file");
            break;
        case FileCut::pieces:
            words = trf("in pieces of {} bytes", file.piece_bytes);
            break;
        case FileCut::lines:
            words = tr("a line a packet");
            break;
    }
    const auto interval = app::parse_period(file.interval_ms);
    if (file.cut != FileCut::stream && interval && interval->count() > 0)
        words += " · " + trf("every {} ms", app::format_period(*interval));
    if (trailer.append && file.cut != FileCut::stream)
        words += " · " + trf("followed by {}", trailer_short_name(trailer.trailer));
    return words;
}

void draw_progress(const app::SessionModel::FileProgress& progress) {
    const double total = static_cast<double>(std::max<std::uint64_t>(progress.total_bytes, 1));
    const double sent = static_cast<double>(progress.sent_bytes);
    std::string words =
        fmt::format("{:.0f} % · ", std::floor(100 * std::min(1.0, sent / total))) +
        trf("{} of {}", binary_amount(progress.sent_bytes), binary_amount(progress.total_bytes)) + " · " +
        trf("{} packets", grouped(progress.packets)) + " · " + amount(progress.bytes_per_second) + "/s";
    if (progress.left.count() >= 0 && progress.sent_bytes < progress.total_bytes)
        words += " · " + trf("{} left", duration(progress.left.count()));
    fitted_text(ImGui::GetColorU32(ImGuiCol_Text), words, ImGui::GetContentRegionAvail().x);
    ImGui::PushStyleColor(ImGuiCol_PlotHistogram, palette().accent);
    ImGui::ProgressBar(static_cast<float>(std::min(1.0, sent / total)), {-1, px(6)}, "");
    ImGui::PopStyleColor();
}

}  // namespace

void SendFileDialog::open(const SessionTab& tab) {
    tab_ = tab.key;
    open_next_ = true;
    error_.clear();
    draft_ = tab.session.tab().send.file;
    chooser_.reset(draft_.path.empty() ? home_folder() : fs::path(draft_.path));
}

void SendFileDialog::draw_cut(engine::Protocol protocol) {
    field_label(tr("How it is sent"));
    if (radio_button(labelled(tr("The whole file"), "cut_stream").c_str(), draft_.cut == FileCut::stream))
        draft_.cut = FileCut::stream;
    tooltip(protocol == engine::Protocol::udp ? tr("In datagrams as large as they can be.")
                                              : tr("As one stream, as fast as it is taken."));
    ImGui::SameLine(0, em());
    if (radio_button(labelled(tr("In pieces"), "cut_pieces").c_str(), draft_.cut == FileCut::pieces))
        draft_.cut = FileCut::pieces;
    ImGui::SameLine(0, em());
    if (radio_button(labelled(tr("A line a packet"), "cut_lines").c_str(), draft_.cut == FileCut::lines))
        draft_.cut = FileCut::lines;
    tooltip(tr("Without the line ends."));

    const auto number = [](const char* label, const char* id, std::string& value, const char* unit,
                           bool wrong) {
        ImGui::AlignTextToFramePadding();
        text(label);
        ImGui::SameLine();
        push_mono();
        input_line(id, value, "", em() * 6, wrong);
        pop_mono();
        ImGui::SameLine();
        text(unit);
    };
    const bool pieces = draft_.cut == FileCut::pieces;
    const auto piece = app::parse_piece(draft_.piece_bytes, protocol);
    ImGui::BeginDisabled(!pieces);
    number(tr("Piece"), "###piece_bytes", draft_.piece_bytes, tr("bytes"), pieces && !piece);
    ImGui::EndDisabled();
    ImGui::SameLine(0, em() * 2);
    // A stream goes as fast as it is taken.
    const bool paced = draft_.cut != FileCut::stream;
    const auto interval = app::parse_period(draft_.interval_ms);
    ImGui::BeginDisabled(!paced);
    number(tr("Interval"), "###file_interval", draft_.interval_ms, "ms", paced && !interval);
    ImGui::EndDisabled();
    tooltip(tr("From one packet to the next; 0 is as fast as the receiver takes them."));
    if (pieces && !piece) field_error(piece.error().message);
    if (paced && !interval) field_error(interval.error().message);
}

void SendFileDialog::draw_buttons(SessionTab& tab) {
    const std::string cancel = labelled(tr("Cancel"), "file_cancel");
    const std::string apply = labelled(tr("Choose"), "file_ok");
    align_right({cancel.c_str(), apply.c_str()});
    if (ImGui::Button(cancel.c_str(), dialog_button_size(cancel.c_str()))) ImGui::CloseCurrentPopup();
    ImGui::SameLine();
    if (primary_button(apply.c_str(), dialog_button_size(apply.c_str()))) choose(tab);
}

void SendFileDialog::choose(SessionTab& tab) {
    draft_.path = chooser_.path().string();
    draft_.on = true;
    app::TabState wanted = tab.session.tab();
    wanted.send.file = draft_;
    const auto options = app::file_options(wanted);
    std::error_code failed;
    if (!options) {
        // What is wrong with a number stands below it already.
        error_ = chooser_.path().empty() ? options.error().message : std::string();
    } else if (fs::is_directory(draft_.path, failed)) {
        error_ = tr("This is a folder. Choose a file in it.");
    } else if (const auto source = FileSource::open(*options); !source) {
        error_ = app::tr_message(source.error().message);
    } else {
        tab.session.tab().send.file = draft_;
        ImGui::CloseCurrentPopup();
    }
}

void SendFileDialog::draw(SessionTab& tab) {
    if (tab_ != tab.key) return;
    if (!begin_dialog(tr("Send from file"), "file_dialog", open_next_, em() * 36)) return;
    const app::FileSettings before = draft_;
    const bool chosen = chooser_.draw({}, 8);
    if (chooser_.edited()) error_.clear();
    draw_cut(tab.session.tab().session.protocol);
    if (draft_ != before) error_.clear();
    hint(
        tr("The bytes go as they are in the file, whatever is set for the box. What Append bytes says "
           "follows each "
           "piece and each line."));
    field_error(error_);
    ImGui::Dummy({0, px(4)});
    draw_buttons(tab);
    if (chosen) choose(tab);
    ImGui::EndPopup();
}

void draw_file_panel(SessionTab& tab, ImVec2 size, const Services& services) {
    ImGui::PushStyleColor(ImGuiCol_ChildBg, palette().paper);
    ImGui::PushStyleVarY(ImGuiStyleVar_WindowPadding, px(5));
    ImGui::BeginChild("file_panel", size, ImGuiChildFlags_Borders, ImGuiWindowFlags_NoScrollbar);
    ImGui::PopStyleVar();
    ImGui::PopStyleColor();
    const app::SendSettings& send = tab.session.tab().send;
    const auto progress = tab.session.file_progress(SystemClock().steady_now());
    // Three lines are all that the panel is high before somebody makes it higher.
    ImGui::PushStyleVarY(ImGuiStyleVar_ItemSpacing, px(3));
    const std::string change = labelled(tr("Change..."), "file_change");
    const float link =
        ImGui::CalcTextSize(change.c_str(), nullptr, true).x + 2 * ImGui::GetStyle().FramePadding.x;
    fitted_text(ImGui::GetColorU32(ImGuiCol_Text), codec::escape_controls(send.file.path),
                ImGui::GetContentRegionAvail().x - link - ImGui::GetStyle().ItemSpacing.x);
    if (progress) {
        services.request_frame(progress_period);
        draw_progress(*progress);
    } else {
        ImGui::SameLine(right_edge() - link);
        ImGui::BeginDisabled(tab.session.is_cycling());
        ImGui::PushStyleVarY(ImGuiStyleVar_FramePadding, 0);
        if (link_button(change.c_str())) tab.file_asked = true;
        ImGui::PopStyleVar();
        ImGui::EndDisabled();
        colored_text(palette().muted, words_of(send.file, send.trailer));
    }
    ImGui::PopStyleVar();
    ImGui::EndChild();
}

}  // namespace sockdesk::gui
