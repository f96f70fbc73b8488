// （1）protocol, （2）host, （3）port, and the button that opens: locked while the session is open.
#include <imgui.h>

#include "app/translation.hpp"
#include "gui/session_tab.hpp"
#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

using app::Field;
using app::tr;
using engine::Protocol;

namespace {

void protocol_combo(app::SessionDraft& draft) {
    field_label(tr("(1) Protocol"));
    ImGui::SetNextItemWidth(-1);
    if (!ImGui::BeginCombo("###protocol", app::protocol_label(draft.protocol))) return;
    for (const Protocol protocol : {Protocol::udp, Protocol::tcp_server, Protocol::tcp_client}) {
        const std::string label =
            labelled(app::protocol_label(protocol), engine::protocol_name(protocol).data());
        if (ImGui::Selectable(label.c_str(), protocol == draft.protocol)) draft.protocol = protocol;
    }
    ImGui::EndCombo();
}

Choices local_hosts(const app::SessionDraft& draft) {
    Choices choices;
    if (draft.protocol == Protocol::udp)
        choices.emplace_back("", tr("Unbound: the system picks at the first send"));
    choices.emplace_back("0.0.0.0", app::trf("0.0.0.0   every IPv4 address"));
    choices.emplace_back("::", app::trf("::   every IPv6 address"));
    for (const engine::LocalAddress& local : engine::local_addresses()) {
        const std::string address = local.address.to_string();
        choices.emplace_back(address, address + "   " + local.interface_name);
    }
    return choices;
}

Choices remote_hosts() { return {{"127.0.0.1", "127.0.0.1"}, {"::1", "::1"}}; }

// What is missing is not an error before somebody tried to open without it.
std::string error_of(const SessionTab& tab, const app::FieldErrors& errors, Field field,
                     const std::string& value) {
    const auto found = errors.find(field);
    if (found == errors.end() || (value.empty() && !tab.open_attempted)) return {};
    return found->second;
}

void local_fields(SessionTab& tab, app::SessionDraft& draft, const app::FieldErrors& errors) {
    const bool unbound = draft.protocol == Protocol::udp && draft.local_host.empty();
    field_label(tr("(2) Local host"));
    const std::string host_error = error_of(tab, errors, Field::local_host, draft.local_host);
    combo_input("local_host", draft.local_host, draft.protocol == Protocol::udp ? tr("unbound") : "", 0,
                !host_error.empty(), [&] { return local_hosts(draft); });
    field_error(host_error);

    field_label(tr("(3) Local port"));
    const std::string port_error = error_of(tab, errors, Field::local_port, draft.local_port);
    ImGui::BeginDisabled(unbound);
    // Open, and the system picked: the field shows what it picked, but keeps "any" for the next time.
    std::string shown = draft.local_port;
    const bool is_picked =
        tab.session.local() && app::make_config(draft).local.value_or(HostPort{}).port == 0;
    if (is_picked) shown = std::to_string(tab.session.local()->port);
    push_mono();
    if (input_line("###local_port", shown, tr("any free port"), 0, !port_error.empty()) && !is_picked)
        draft.local_port = shown;
    pop_mono();
    ImGui::EndDisabled();
    field_error(port_error);
}

void client_options(SessionTab& tab, app::SessionDraft& draft, const app::FieldErrors& errors) {
    field_label(tr("Local address (optional)"));
    const std::string from_error = error_of(tab, errors, Field::connect_from, draft.connect_from);
    combo_input("connect_from", draft.connect_from, tr("picked by the system"), 0, !from_error.empty(), [] {
        Choices choices{{"", tr("picked by the system")}};
        for (const engine::LocalAddress& local : engine::local_addresses()) {
            const std::string address = local.address.to_string();
            choices.emplace_back(address, address + "   " + local.interface_name);
        }
        return choices;
    });
    field_error(from_error);

    const std::string timeout_error =
        error_of(tab, errors, Field::connect_timeout, draft.connect_timeout_s + " ");
    ImGui::AlignTextToFramePadding();
    text(tr("Connect timeout"));
    ImGui::SameLine();
    const float unit = ImGui::CalcTextSize(tr("s")).x + ImGui::GetStyle().ItemInnerSpacing.x;
    input_line("###connect_timeout", draft.connect_timeout_s, "", -unit, !timeout_error.empty());
    ImGui::SameLine(0, ImGui::GetStyle().ItemInnerSpacing.x);
    text(tr("s"));
    field_error(timeout_error);
    check_box(labelled(tr("Reconnect when lost"), "reconnect").c_str(), &draft.reconnect);
}

void remote_fields(SessionTab& tab, app::SessionDraft& draft, const app::FieldErrors& errors) {
    field_label(tr("(2) Remote host"));
    const std::string host_error = error_of(tab, errors, Field::remote_host, draft.remote_host);
    combo_input("remote_host", draft.remote_host, tr("name or address"), 0, !host_error.empty(),
                remote_hosts);
    field_error(host_error);

    field_label(tr("(3) Remote port"));
    const std::string port_error = error_of(tab, errors, Field::remote_port, draft.remote_port);
    push_mono();
    input_line("###remote_port", draft.remote_port, tr("1 to 65535"), 0, !port_error.empty());
    pop_mono();
    field_error(port_error);

    // Seldom needed, so folded away; but never with something in it that is wrong or unusual.
    const app::SessionDraft usual;
    const bool is_usual = draft.connect_from == usual.connect_from &&
                          draft.connect_timeout_s == usual.connect_timeout_s &&
                          draft.reconnect == usual.reconnect;
    ImGui::SetNextItemOpen(!is_usual, ImGuiCond_Once);
    if (ImGui::TreeNodeEx(labelled(tr("Connection options"), "client_options").c_str(),
                          ImGuiTreeNodeFlags_NoTreePushOnOpen)) {
        client_options(tab, draft, errors);
    }
}

void open_button(SessionTab& tab) {
    const bool locked = tab.session.is_locked();
    ImGui::Dummy({0, px(1)});
    const float height = ImGui::GetFrameHeight() + px(4);
    const std::string label = labelled(locked ? tr("Close") : tr("Open"), "open");
    const bool pressed =
        locked ? ImGui::Button(label.c_str(), {-1, height}) : primary_button(label.c_str(), {-1, height});
    tooltip(locked ? tr("Close the session (F5)") : tr("Open the session (F5)"));
    const ImVec2 low = ImGui::GetItemRectMin();
    const ImVec2 center{low.x + px(16), low.y + height / 2};
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    // On the accent colour grey would drown, so the lamp has a plate of its own there.
    if (!locked) draw.AddCircleFilled(center, px(7), palette().paper);
    draw_lamp(draw, center, px(5), tab.session.state());
    if (pressed) tab.toggle_open();
}

}  // namespace

void draw_network_group(SessionTab& tab) {
    begin_card(tr("Network"), "network");
    app::SessionDraft& draft = tab.session.tab().session;
    const app::FieldErrors errors = tab.session.field_errors();
    ImGui::BeginDisabled(tab.session.is_locked());
    protocol_combo(draft);
    if (draft.protocol == Protocol::tcp_client) {
        remote_fields(tab, draft, errors);
    } else {
        local_fields(tab, draft, errors);
    }
    ImGui::EndDisabled();
    open_button(tab);
    end_card();
}

}  // namespace sockdesk::gui
