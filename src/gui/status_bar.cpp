#include "gui/status_bar.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <imgui.h>
#include <imgui_stdlib.h>

#include <fmt/format.h>

#include "app/translation.hpp"
#include "gui/amounts.hpp"
#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

using app::tr;

namespace {

float gap() { return px(12); }
float speed_width() { return ImGui::CalcTextSize("000.0 MB/s").x; }

std::string reset_label() { return labelled(tr("Reset counters"), "reset_counters"); }

std::vector<StatusFigure> session_figures(SessionTab& tab) {
    const capture::Totals totals = tab.session.totals();
    std::vector<StatusFigure> figures = {
        {fmt::format("{}/{}", grouped(totals.rx_packets), grouped(totals.tx_packets)),
         tr("Packets received / sent")},
        {fmt::format("RX:{}", grouped(totals.rx_bytes)), tr("Bytes received")},
        {fmt::format("TX:{}", grouped(totals.tx_bytes)), tr("Bytes sent")},
        loss_figure(tab),
    };
    if (const std::uint64_t queue = tab.session.send_queue_bytes(); queue > 0) {
        figures.push_back({app::trf("Queue:{}", amount(static_cast<double>(queue))),
                           tr("Bytes waiting to be sent: the peer takes them more slowly than they come")});
    }
    if (!tab.session.recording_problem().empty())
        figures.push_back({tr("Not recorded!"), tab.session.recording_problem(), true});
    return figures;
}

std::vector<StatusFigure> capture_figures(CaptureTab& tab) {
    return {{app::trf("{} records", grouped(tab.source->published())), tr("Records read from the file")}};
}

void sparkline(const app::RateMeter& rate) {
    const auto history = rate.history();
    const float bar = px(3);
    const float height = ImGui::GetTextLineHeight() * 0.62F;
    const ImVec2 size{bar * static_cast<float>(history.size()), ImGui::GetTextLineHeight()};
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImGui::Dummy(size);
    const float bottom = at.y + ImGui::GetTextLineHeight() * 0.84F;
    const float most = std::max(1.0F, *std::max_element(history.begin(), history.end()));
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    for (std::size_t i = 0; i < history.size(); ++i) {
        const float left = at.x + static_cast<float>(i) * bar;
        const float tall = std::max(px(1), height * history[i] / most);
        draw.AddRectFilled({left, bottom - tall}, {left + bar - px(1), bottom},
                           history[i] > 0 ? palette().accent : palette().border);
    }
}

}  // namespace

StatusBar::StatusBar(SessionTab& tab, const std::string& warning, float width)
    : StatusBar(tab, warning, width, session_figures(tab), &tab.session.rate(), [&tab] {
          tab.session.reset_totals();
          tab.trailer_checks.reset_counts();
      }) {
    if (tab.session.reading_paused()) {
        idle_ =
            tr("Memory for the log is used up: reading is paused, peers wait, nothing is lost. Close a tab "
               "to go "
               "on.");
        idle_is_error_ = true;
    }
}

StatusBar::StatusBar(CaptureTab& tab, const std::string& warning, float width)
    : StatusBar(tab, warning, width, capture_figures(tab), nullptr, {}) {}

StatusBar::StatusBar(LogTab& tab, const std::string& warning, float width, std::vector<StatusFigure> figures,
                     app::RateMeter* rate, std::function<void()> reset)
    : tab_(tab),
      width_(width),
      figures_(std::move(figures)),
      rate_(rate),
      reset_(std::move(reset)),
      idle_(tr("Ready!")) {
    if (const std::uint64_t hidden = tab_.log.hidden_count(); hidden > 0) {
        figures_.push_back({app::trf("Hidden:{}", grouped(hidden)),
                            tr("Records that the filter hides; they are still there")});
    }
    if (const app::TrailerChecks* checks = tab_.checks(); checks != nullptr && checks->counts().failed > 0) {
        const app::TrailerChecks::Counts counts = checks->counts();
        figures_.push_back({app::trf("Mismatches:{}", grouped(counts.failed)),
                            app::trf("Of {} payloads that arrived, so many do not end as they should (Tools, "
                                     "Verify what arrives)",
                                     grouped(counts.received)),
                            true});
    }
    if (!warning.empty()) figures_.push_back({tr("Disk!"), warning, true});
    const std::string& notice = tab_.notice().text;
    const float needed = ImGui::CalcTextSize(notice.c_str()).x + 2 * gap();
    is_long_ = !notice.empty() && needed > width_ - figures_width();
    if (is_long_) {
        const float room = width_ - 2 * ImGui::GetFrameHeight() - gap();
        // Four lines at most; the tooltip has all of it.
        long_height_ = std::min(ImGui::CalcTextSize(notice.c_str(), nullptr, false, room).y,
                                ImGui::GetTextLineHeight() * 4) +
                       ImGui::GetStyle().ItemSpacing.y;
    }
}

float StatusBar::height() const { return ImGui::GetFrameHeight() + px(4) + long_height_; }

float StatusBar::figures_width() const {
    const ImGuiStyle& style = ImGui::GetStyle();
    float width = 0;
    std::size_t parts = figures_.size();
    for (const StatusFigure& figure : figures_) width += ImGui::CalcTextSize(figure.text.c_str()).x;
    if (rate_ != nullptr) {
        ++parts;
        width += px(3) * static_cast<float>(app::RateMeter::samples) + speed_width() + style.ItemSpacing.x;
    }
    if (reset_) {
        ++parts;
        width += ImGui::CalcTextSize(reset_label().c_str(), nullptr, true).x + 2 * style.FramePadding.x;
    }
    if (parts > 1) width += 2 * gap() * static_cast<float>(parts - 1);
    return width;
}

void StatusBar::draw(const Services& services) {
    if (rate_ != nullptr && rate_->is_moving()) services.request_frame(app::RateMeter::interval);
    if (is_long_) draw_long_notice();
    draw_notice(std::max(px(80), width_ - figures_width() - gap()));
    draw_figures();
}

void StatusBar::draw_long_notice() {
    const app::Notice shown = tab_.notice();
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {0, 0});
    ImGui::BeginChild("long_notice", {width_, long_height_ - ImGui::GetStyle().ItemSpacing.y}, 0,
                      ImGuiWindowFlags_NoScrollbar);
    ImGui::PopStyleVar();
    const float room = width_ - 2 * ImGui::GetFrameHeight() - gap();
    ImGui::PushTextWrapPos(room);
    colored_text(shown.is_error ? palette().error : ImGui::GetColorU32(ImGuiCol_Text), shown.text);
    ImGui::PopTextWrapPos();
    ImGui::SetCursorPos({0, 0});
    ImGui::InvisibleButton("###notice", {room, long_height_});
    tooltip(shown.text.c_str());
    if (ImGui::BeginPopupContextItem("notice_menu")) {
        if (ImGui::MenuItem(labelled(tr("Copy"), "copy_notice").c_str()))
            ImGui::SetClipboardText(shown.text.c_str());
        ImGui::EndPopup();
    }
    ImGui::SetCursorPos({width_ - ImGui::GetFrameHeight(), 0});
    if (link_button("×###dismiss_notice")) tab_.set_notice({});
    tooltip(tr("Dismiss"));
    ImGui::EndChild();
}

void StatusBar::draw_notice(float room) {
    const app::Notice& shown = tab_.notice();
    if (shown.text.empty() || is_long_) {
        ImGui::AlignTextToFramePadding();
        const std::string words = is_long_ ? std::string() : idle_;
        colored_text(idle_is_error_ ? palette().error : ImGui::GetColorU32(ImGuiCol_Text), words);
        ImGui::SameLine();
        return;
    }
    // An input that cannot be changed: what it says can be selected and copied.
    std::string value = shown.text;
    ImGui::PushStyleColor(ImGuiCol_FrameBg, IM_COL32_BLACK_TRANS);
    ImGui::PushStyleColor(ImGuiCol_Border, IM_COL32_BLACK_TRANS);
    ImGui::PushStyleVarX(ImGuiStyleVar_FramePadding, 0);
    if (shown.is_error) ImGui::PushStyleColor(ImGuiCol_Text, palette().error);
    ImGui::SetNextItemWidth(room);
    ImGui::InputText("###notice", &value, ImGuiInputTextFlags_ReadOnly);
    if (shown.is_error) ImGui::PopStyleColor();
    ImGui::PopStyleVar();
    ImGui::PopStyleColor(2);
    tooltip(shown.text.c_str());
    ImGui::SameLine();
}

void StatusBar::draw_figures() {
    ImGui::SetCursorPosX(std::max(ImGui::GetCursorPosX(), right_edge() - figures_width()));
    ImGui::AlignTextToFramePadding();
    const auto divider = [&] {
        ImGui::SameLine(0, gap());
        const ImVec2 at = ImGui::GetCursorScreenPos();
        ImGui::GetWindowDrawList()->AddLine({at.x, at.y + px(3)},
                                            {at.x, at.y + ImGui::GetFrameHeight() - px(3)}, palette().border);
        ImGui::SetCursorPosX(ImGui::GetCursorPosX() + gap());
    };
    bool is_first = true;
    for (const StatusFigure& figure : figures_) {
        if (!std::exchange(is_first, false)) divider();
        colored_text(figure.alarming ? palette().error : ImGui::GetColorU32(ImGuiCol_Text), figure.text);
        tooltip(figure.explanation.c_str());
    }
    if (rate_ != nullptr) {
        divider();
        sparkline(*rate_);
        ImGui::SameLine();
        const float speed_at = ImGui::GetCursorPosX();
        text(amount(rate_->bytes_per_second()) + "/s");
        ImGui::SameLine(0, 0);
        ImGui::SetCursorPosX(speed_at + speed_width());
        ImGui::SameLine(0, 0);
    }
    if (reset_) {
        divider();
        if (link_button(reset_label().c_str())) reset_();
    }
}

}  // namespace sockdesk::gui
