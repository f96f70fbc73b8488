#include "gui/desk.hpp"

#include <algorithm>
#include <climits>
#include <map>
#include <utility>

#include <imgui.h>
#include <imgui_internal.h>

#include "app/send_history.hpp"
#include "app/translation.hpp"
#include "gui/splitter.hpp"
#include "gui/status_bar.hpp"
#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

using namespace std::chrono_literals;
using app::tr;

namespace {

// Of a frame, for counting what does not end as it should.
constexpr auto verify_budget = 2ms;
// Between a change and its being written: typing does not write a file for each letter.
constexpr auto save_delay = 1s;

void draw_tab_sign(LogTab& tab, ImVec2 center) {
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    if (const app::SessionModel* session = tab.live())
        return draw_lamp(draw, center, px(4.5F), session->state());
    // A sheet of paper with lines on it.
    const ImVec2 low{center.x - px(4), center.y - px(5)};
    draw.AddRect(low, {center.x + px(4), center.y + px(5)}, palette().muted, px(1), 0, px(1));
    for (const float line : {3.0F, 5.0F, 7.0F})
        draw.AddLine({low.x + px(2), low.y + px(line)}, {low.x + px(6), low.y + px(line)}, palette().muted,
                     px(1));
}

}  // namespace

Desk::Desk(engine::Engine& engine, app::Storage& storage, app::WorkspaceFile file,
           app::WorkspaceFile::Loaded loaded, Services services, app::WindowRequest request)
    : engine_(engine),
      storage_(storage),
      file_(std::move(file)),
      services_(std::move(services)),
      settings_(std::move(loaded.workspace)),
      side_(file_.path()) {
    written_tabs_ = settings_.tabs;
    app::set_language(settings_.language.value_or(app::language_of_locale()));
    std::string notice = std::move(loaded.notice);
    if (const std::string told = side_.load(); !told.empty()) notice += (notice.empty() ? "" : "  ") + told;
    const std::size_t active = settings_.active_tab;
    std::optional<std::uint32_t> active_key;
    for (std::size_t i = 0; i < settings_.tabs.size(); ++i) {
        app::TabState& state = settings_.tabs[i];
        if (state.capture.empty()) {
            add_tab(std::move(state));
        } else if (std::string refused = open_capture(state.capture, state.view); !refused.empty()) {
            notice += (notice.empty() ? "" : "  ") + refused;
            continue;
        }
        if (i == active) active_key = tabs_.back()->key;
    }
    settings_.tabs.clear();
    written_ = settings_;
    for (const std::filesystem::path& path : request.captures) {
        if (std::string refused = open_capture(path); !refused.empty())
            notice += (notice.empty() ? "" : "  ") + refused;
    }
    if (tabs_.empty() && !request.session) add_tab({});
    if (request.captures.empty()) {
        for (std::size_t i = 0; i < tabs_.size(); ++i) {
            if (tabs_[i]->key == active_key) select_tab(i);
        }
    }
    if (request.session) open_requested(*request.session);
    if (!notice.empty()) front().set_notice({true, notice});

    ImGuiIO& io = ImGui::GetIO();
    io.ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
    // Ctrl+Tab goes through the tabs, not through windows of which there is one.
    ImGui::GetCurrentContext()->ConfigNavWindowingKeyNext = 0;
    ImGui::GetCurrentContext()->ConfigNavWindowingKeyPrev = 0;
}

Desk::~Desk() {
    side_.save();
    if (!is_written()) write_workspace();
}

// ---- tabs

void Desk::add_tab(app::TabState state) {
    const std::string name = "session " + std::to_string(++next_key_);
    tabs_.push_back(std::make_unique<SessionTab>(
        next_key_, engine_.create_session(name), std::move(state),
        [this](engine::Command command) { engine_.submit(std::move(command)); }));
    side_.attach(static_cast<SessionTab&>(*tabs_.back()));
    select_tab(tabs_.size() - 1);
}

void Desk::open_requested(const app::SessionSetup& setup) {
    app::TabState state = app::tab_from_setup(setup);
    const auto same = std::find_if(tabs_.begin(), tabs_.end(), [&](const auto& tab) {
        const app::SessionModel* session = tab->live();
        if (session == nullptr) return false;
        // Where nothing was said about whom to send to, that of the last time is as good, such as who wrote first.
        app::SessionDraft wanted = state.session;
        if (wanted.target.empty()) wanted.target = session->tab().session.target;
        return session->tab().session == wanted;
    });
    if (same == tabs_.end()) {
        add_tab(std::move(state));
    } else {
        app::TabState& kept = (*same)->live()->tab();
        // What was being written gives way to what is sent now, and is not lost.
        if (!setup.sends.empty() && !kept.send.text.empty())
            side_.history().add(app::sent_payload(kept.send));
        app::apply_setup(setup, kept);
        select_tab(static_cast<std::size_t>(same - tabs_.begin()));
    }
    for (const app::PayloadSpec& payload : app::sent_payloads(setup))
        side_.history().add({payload.text, payload.hex, payload.escapes, payload.templates, payload.trailer});
    SessionTab& tab = *front_session();
    tab.session.set_greeting(setup);
    if (setup.save_path) tab.session.start_saving(setup.save_path->string(), setup.save_mode);
    if (setup.open_at_start) tab.toggle_open();
}

void Desk::close_tab(std::size_t index) {
    if (const app::SessionModel* session = tabs_[index]->live())
        engine_.submit(engine::RemoveSession{session->id()});
    tabs_.erase(tabs_.begin() + static_cast<std::ptrdiff_t>(index));
    if (tabs_.empty()) add_tab({});
    select_tab(std::min(front_ > index ? front_ - 1 : front_, tabs_.size() - 1));
}

void Desk::select_tab(std::size_t index) {
    front_ = index;
    select_next_ = index;
}

// ---- the frame

void Desk::take_events() {
    for (const engine::Event& event : engine_.take_events()) {
        for (const auto& tab : tabs_) {
            if (app::SessionModel* session = tab->live()) session->handle(event);
        }
        on_storage(event);
    }
}

void Desk::draw() {
    take_events();
    // Of every tab: the time between two looks is what makes a rate.
    const SteadyTime now = clock_.steady_now();
    for (const auto& tab : tabs_) {
        if (app::SessionModel* session = tab->live()) session->rate().update(now, session->all_bytes());
    }
    if (const StyleKey key{settings_.theme, settings_.font_size, services_.content_scale()}; key != styled_) {
        apply_style(key, services_);
        styled_ = key;
    }
    handle_keys();

    draw_menu();
    const ImGuiViewport& viewport = *ImGui::GetMainViewport();
    ImGui::SetNextWindowPos(viewport.WorkPos);
    ImGui::SetNextWindowSize(viewport.WorkSize);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, 0.0F);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0.0F);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(10), px(4)});
    ImGui::Begin("desk", nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                     ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoScrollWithMouse);
    ImGui::PopStyleVar(3);
    draw_font_notice();
    draw_tabs();
    if (app::TrailerChecks* checks = front().checks(); checks != nullptr && checks->advance(verify_budget))
        services_.request_frame({});
    if (SessionTab* tab = front_session()) {
        draw_session(*tab);
    } else if (auto* capture = dynamic_cast<CaptureTab*>(&front())) {
        draw_capture(*capture);
    }
    draw_dialogs();
    help_.draw();
    ImGui::End();

    if (close_next_) close_tab(*close_next_);
    close_next_.reset();
    if (const std::string title = front().title() + " - Sockdesk"; title != title_) {
        title_ = title;
        services_.set_title(title_);
    }
    save_when_due();
}

void Desk::draw_font_notice() {
    if (services_.has_chinese_font) return;
    // In English whatever the language is: the Chinese of it would be a row of boxes.
    colored_text(
        palette().error,
        "No font with Chinese characters was found: install the package fonts-noto-cjk and start again.");
}

void Desk::draw_tabs() {
    constexpr ImGuiTabBarFlags flags = ImGuiTabBarFlags_Reorderable | ImGuiTabBarFlags_FittingPolicyScroll |
                                       ImGuiTabBarFlags_DrawSelectedOverline;
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, {px(10), px(5)});
    if (!ImGui::BeginTabBar("tabs", flags)) {
        ImGui::PopStyleVar();
        return;
    }
    const std::string room_for_lamp(static_cast<std::size_t>(px(17) / ImGui::CalcTextSize(" ").x) + 1, ' ');
    std::optional<std::size_t> shown;
    for (std::size_t i = 0; i < tabs_.size(); ++i) {
        LogTab& tab = *tabs_[i];
        const std::string label = room_for_lamp + tab.title() + "###tab" + std::to_string(tab.key);
        const bool select = select_next_ == i;
        bool keep = true;
        const bool is_shown =
            ImGui::BeginTabItem(label.c_str(), &keep, select ? ImGuiTabItemFlags_SetSelected : 0);
        const ImVec2 low = ImGui::GetItemRectMin();
        const ImVec2 high = ImGui::GetItemRectMax();
        if (ImGui::IsItemVisible()) {
            draw_tab_sign(tab, {low.x + px(15), (low.y + high.y) / 2});
        }
        if (is_shown) {
            shown = i;
            ImGui::EndTabItem();
        }
        if (!keep) close_next_ = i;
    }
    if (ImGui::TabItemButton("+###new_tab", ImGuiTabItemFlags_Trailing | ImGuiTabItemFlags_NoTooltip))
        add_tab({});
    tooltip(tr("New session (Ctrl+T)"));

    // Dear ImGui keeps the order that the person dragged them into; the workspace has to know it, too.
    std::map<std::uint32_t, int> order;
    ImGuiTabBar* bar = ImGui::GetCurrentTabBar();
    for (const auto& tab : tabs_) {
        const std::string label = "###tab" + std::to_string(tab->key);
        ImGuiTabItem* item = ImGui::TabBarFindTabByID(bar, ImGui::GetID(label.c_str()));
        order[tab->key] = item != nullptr ? ImGui::TabBarGetTabOrder(bar, item) : INT_MAX;
    }
    ImGui::EndTabBar();
    ImGui::PopStyleVar();

    // A tab asked for in this frame is shown in the next one.
    if (shown && !select_next_) front_ = *shown;
    if (shown && select_next_ == shown) select_next_.reset();
    if (close_next_ || select_next_) return;
    const std::uint32_t front_key = tabs_[front_]->key;
    std::stable_sort(tabs_.begin(), tabs_.end(),
                     [&](const auto& a, const auto& b) { return order[a->key] < order[b->key]; });
    const auto at =
        std::find_if(tabs_.begin(), tabs_.end(), [&](const auto& tab) { return tab->key == front_key; });
    front_ = static_cast<std::size_t>(at - tabs_.begin());
}

void Desk::draw_session(SessionTab& tab) {
    ImGui::PushID(static_cast<int>(tab.key));
    const ImGuiStyle& style = ImGui::GetStyle();
    StatusBar status(tab, warning_, ImGui::GetContentRegionAvail().x);
    const float left = std::min(em() * 12.2F, ImGui::GetContentRegionAvail().x * 0.45F);
    const float height =
        std::max(px(120), ImGui::GetContentRegionAvail().y - status.height() - style.ItemSpacing.y);

    ImGui::BeginChild("groups", {left, height}, ImGuiChildFlags_None);
    draw_network_group(tab);
    draw_receive_group(tab);
    draw_send_group(tab);
    ImGui::EndChild();

    ImGui::SameLine();
    const float room = ImGui::GetContentRegionAvail().x;
    const float side = side_.width(settings_.side, room);
    const float main = side > 0 ? room - side : 0;
    ImGui::BeginChild("main", {main, height}, ImGuiChildFlags_None, ImGuiWindowFlags_NoScrollbar);
    const float bar = ImGui::GetFrameHeight();
    const float grip = px(5);
    const float most = std::max(px(80), height - px(140) - bar);
    if (send_height_ <= 0) send_height_ = em() * 6.4F;
    send_height_ = std::clamp(send_height_, std::min(em() * 3.5F, most), most);
    draw_log_and_inspector(tab, services_, height - send_height_ - bar - grip - 3 * style.ItemSpacing.y);
    draw_target_bar(tab);

    send_height_ -= horizontal_splitter("###grip", grip);
    draw_send_box(tab, 0, services_);
    ImGui::EndChild();
    if (side > 0) side_.draw(tab, settings_.side, services_, side, height);

    status.draw(services_);
    ImGui::PopID();
}

void Desk::draw_capture(CaptureTab& tab) {
    ImGui::PushID(static_cast<int>(tab.key));
    StatusBar status(tab, warning_, ImGui::GetContentRegionAvail().x);
    draw_capture_header(tab);
    const float height = std::max(
        px(120), ImGui::GetContentRegionAvail().y - status.height() - ImGui::GetStyle().ItemSpacing.y);
    draw_log_and_inspector(tab, services_, height);
    status.draw(services_);
    ImGui::PopID();
}

// ---- what is kept

app::Workspace Desk::current_settings() const {
    app::Workspace workspace = settings_;
    workspace.active_tab = front_;
    const ImVec2 size = ImGui::GetIO().DisplaySize;
    const float scale = services_.content_scale();
    if (size.x > 0 && size.y > 0) {
        workspace.window_width = static_cast<int>(size.x / scale);
        workspace.window_height = static_cast<int>(size.y / scale);
    }
    return workspace;
}

// Asked in each frame, so what may be long, the tabs' texts and rules, is compared where it stands.
bool Desk::is_written() const {
    if (current_settings() != written_) return false;
    return std::equal(tabs_.begin(), tabs_.end(), written_tabs_.begin(), written_tabs_.end(),
                      [](const auto& tab, const app::TabState& kept) { return tab->is_in_state(kept); });
}

void Desk::write_workspace() {
    app::Workspace workspace = current_settings();
    for (const auto& tab : tabs_) workspace.tabs.push_back(tab->state());
    if (auto saved = file_.save(workspace); saved) {
        written_tabs_ = std::exchange(workspace.tabs, {});
        written_ = std::move(workspace);
    } else if (!tabs_.empty()) {
        front().set_notice({true, saved.error().message});
    }
}

void Desk::save_when_due() {
    if (const std::string trouble = side_.save_when_due(clock_.steady_now(), services_); !trouble.empty())
        front().set_notice({true, trouble});
    if (is_written()) {
        changed_since_.reset();
        return;
    }
    const SteadyTime now = clock_.steady_now();
    if (!changed_since_) changed_since_ = now;
    const auto waited = now - *changed_since_;
    if (waited >= save_delay) {
        write_workspace();
        changed_since_.reset();
    } else {
        // Every time: a request holds for one frame, and any other that comes sooner takes its place.
        services_.request_frame(save_delay - waited);
    }
}

}  // namespace sockdesk::gui
