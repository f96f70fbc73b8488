// To whom the box is sent: by UDP an address, by a server its clients, by a client the connection that it
// has.
#include <algorithm>

#include <imgui.h>

#include "app/translation.hpp"
#include "gui/session_tab.hpp"
#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

using app::tr;
using app::trc;
using engine::Protocol;

namespace {

float field_width() { return em() * 15; }

void udp_target(SessionTab& tab) {
    text(tr("Remote host"));
    ImGui::SameLine();
    std::string& target = tab.session.tab().session.target;
    const auto parsed = app::parse_target(target);
    const bool error = !parsed && !target.empty();
    combo_input("target", target, tr("address:port"), field_width(), error, [&] {
        Choices choices;
        for (const Endpoint& peer : tab.session.peers())
            choices.emplace_back(peer.to_string(), peer.to_string());
        if (choices.empty()) choices.emplace_back(target, tr("Nobody has written to us yet."));
        return choices;
    });
    if (error) {
        ImGui::SameLine();
        colored_text(palette().error, parsed.error().message);
    }
}

void server_clients(SessionTab& tab) {
    text(tr("Clients"));
    ImGui::SameLine();
    const std::string all = app::trf("All Connections ({})", tab.session.clients().size());
    const auto chosen = tab.session.chosen_client();
    std::string shown = all;
    if (tab.session.is_chosen_client_gone() && tab.session.chosen_remote()) {
        shown = app::trf("{} (gone)", tab.session.chosen_remote()->to_string());
    }
    for (const app::Client& client : tab.session.clients()) {
        if (client.connection == chosen) shown = client.remote.to_string();
    }
    ImGui::SetNextItemWidth(field_width());
    if (ImGui::BeginCombo("###clients", shown.c_str())) {
        if (ImGui::Selectable(labelled(all.c_str(), "all_clients").c_str(), !chosen))
            tab.session.choose_client({});
        for (const app::Client& client : tab.session.clients()) {
            const std::string label =
                client.remote.to_string() + "##" + std::to_string(client.connection.value);
            if (ImGui::Selectable(label.c_str(), client.connection == chosen))
                tab.session.choose_client(client.connection);
        }
        ImGui::EndCombo();
    }
    ImGui::SameLine();
    ImGui::BeginDisabled(tab.session.clients().empty());
    if (ImGui::Button(labelled(tr("Disconnect"), "disconnect").c_str())) {
        const std::vector<app::Client> clients = tab.session.clients();
        for (const app::Client& client : clients) {
            if (!chosen || client.connection == *chosen) tab.session.disconnect(client.connection);
        }
    }
    ImGui::EndDisabled();
    tooltip(chosen ? tr("Ends the connection chosen.") : tr("Ends all connections."));
}

void client_local(SessionTab& tab) {
    text(tr("Local host"));
    ImGui::SameLine();
    std::string local = tab.session.local() ? tab.session.local()->to_string() : std::string();
    push_mono();
    input_line("###client_local", local, tr("not connected"), field_width(), false,
               ImGuiInputTextFlags_ReadOnly);
    pop_mono();
}

}  // namespace

void draw_target_bar(SessionTab& tab) {
    ImGui::AlignTextToFramePadding();
    switch (tab.session.tab().session.protocol) {
        case Protocol::udp:
            udp_target(tab);
            break;
        case Protocol::tcp_server:
            server_clients(tab);
            break;
        case Protocol::tcp_client:
            client_local(tab);
            break;
    }
    const std::string log = labelled(trc("log", "↑ Clear"), "clear_log");
    const std::string box = labelled(trc("input", "↓ Clear"), "clear_input");
    const ImGuiStyle& style = ImGui::GetStyle();
    const float width = ImGui::CalcTextSize(log.c_str(), nullptr, true).x +
                        ImGui::CalcTextSize(box.c_str(), nullptr, true).x + 4 * style.FramePadding.x +
                        style.ItemSpacing.x;
    ImGui::SameLine();
    ImGui::SetCursorPosX(std::max(ImGui::GetCursorPosX(), right_edge() - width));
    if (link_button(log.c_str())) tab.clear_log();
    tooltip(tr("Empty the log view (Ctrl+L). What is being saved is not touched."));
    ImGui::SameLine();
    if (link_button(box.c_str())) tab.session.tab().send.text.clear();
    tooltip(tr("Empty the box below."));
}

}  // namespace sockdesk::gui
