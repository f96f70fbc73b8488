// 就绪!, or what went wrong last, and the figures of the session in front.
#include <algorithm>
#include <chrono>

#include <imgui.h>
#include <imgui_stdlib.h>

#include <fmt/format.h>

#include "app/translation.hpp"
#include "gui/session_tab.hpp"
#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

using app::tr;

namespace {

std::string grouped(std::uint64_t number) {
    const std::string digits = std::to_string(number);
    std::string text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
        text += digits[i];
    }
    return text;
}

std::string amount(double bytes) {
    if (bytes < 1000) return fmt::format("{:.0f} B", bytes);
    if (bytes < 1e6) return fmt::format("{:.1f} kB", bytes / 1e3);
    if (bytes < 1e9) return fmt::format("{:.1f} MB", bytes / 1e6);
    return fmt::format("{:.2f} GB", bytes / 1e9);
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

void notice(SessionTab& tab, float width) {
    const app::Notice& shown = tab.session.notice();
    if (shown.text.empty()) {
        ImGui::AlignTextToFramePadding();
        if (tab.session.reading_paused()) {
            colored_text(palette().error, tr("Memory for the log is used up: reading is paused, peers wait, "
                                             "nothing is lost. Close a tab to go "
                                             "on."));
        } else {
            text(tr("Ready!"));
        }
        ImGui::SameLine();
        return;
    }
    // An input that cannot be changed: what it says can be selected and copied.
    std::string value = shown.text;
    ImGui::PushStyleColor(ImGuiCol_FrameBg, IM_COL32_BLACK_TRANS);
    ImGui::PushStyleColor(ImGuiCol_Border, IM_COL32_BLACK_TRANS);
    ImGui::PushStyleVarX(ImGuiStyleVar_FramePadding, 0);
    if (shown.is_error) ImGui::PushStyleColor(ImGuiCol_Text, palette().error);
    ImGui::SetNextItemWidth(width);
    ImGui::InputText("###notice", &value, ImGuiInputTextFlags_ReadOnly);
    if (shown.is_error) ImGui::PopStyleColor();
    ImGui::PopStyleVar();
    ImGui::PopStyleColor(2);
    tooltip(shown.text.c_str());
    ImGui::SameLine();
}

}  // namespace

void draw_status_bar(SessionTab& tab, const Services& services) {
    app::RateMeter& rate = tab.session.rate();
    if (rate.is_moving()) services.request_frame(app::RateMeter::interval);

    const capture::Totals totals = tab.session.totals();
    struct Figure {
        std::string text;
        const char* explanation;
        bool alarming = false;
    };
    std::vector<Figure> figures = {
        {fmt::format("{}/{}", grouped(totals.rx_packets), grouped(totals.tx_packets)),
         tr("Packets received / sent")},
        {fmt::format("RX:{}", grouped(totals.rx_bytes)), tr("Bytes received")},
        {fmt::format("TX:{}", grouped(totals.tx_bytes)), tr("Bytes sent")},
        {app::trf("Lost:{}", grouped(totals.dropped)),
         tr("Datagrams that the system dropped before they could be read"), totals.dropped > 0},
    };
    if (const std::uint64_t queue = tab.session.send_queue_bytes(); queue > 0) {
        figures.push_back({app::trf("Queue:{}", amount(static_cast<double>(queue))),
                           tr("Bytes waiting to be sent: the peer takes them more slowly than they come")});
    }
    const std::string speed = amount(rate.bytes_per_second()) + "/s";
    const std::string reset = labelled(tr("Reset counters"), "reset_counters");

    const ImGuiStyle& style = ImGui::GetStyle();
    const float gap = px(12);
    const float speed_width = ImGui::CalcTextSize("000.0 MB/s").x;
    float width = ImGui::CalcTextSize(reset.c_str(), nullptr, true).x + 2 * style.FramePadding.x;
    for (const Figure& figure : figures) width += ImGui::CalcTextSize(figure.text.c_str()).x + 2 * gap;
    width +=
        px(3) * static_cast<float>(app::RateMeter::samples) + speed_width + 2 * gap + style.ItemSpacing.x;

    const float room = ImGui::GetContentRegionAvail().x;
    notice(tab, std::max(px(80), room - width - gap));
    ImGui::SetCursorPosX(std::max(ImGui::GetCursorPosX(), right_edge() - width));
    ImGui::AlignTextToFramePadding();
    const auto divider = [&] {
        ImGui::SameLine(0, gap);
        const ImVec2 at = ImGui::GetCursorScreenPos();
        ImGui::GetWindowDrawList()->AddLine({at.x, at.y + px(3)},
                                            {at.x, at.y + ImGui::GetFrameHeight() - px(3)}, palette().border);
        ImGui::SetCursorPosX(ImGui::GetCursorPosX() + gap);
    };
    for (const Figure& figure : figures) {
        figure.alarming ? colored_text(palette().error, figure.text) : text(figure.text);
        tooltip(figure.explanation);
        divider();
    }
    sparkline(rate);
    ImGui::SameLine();
    const float speed_at = ImGui::GetCursorPosX();
    text(speed);
    ImGui::SameLine(0, 0);
    ImGui::SetCursorPosX(speed_at + speed_width);
    ImGui::SameLine(0, 0);
    divider();
    if (link_button(reset.c_str())) tab.session.reset_totals();
}

}  // namespace sockdesk::gui
