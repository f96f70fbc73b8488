#include "gui/replay_dialog.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include <imgui.h>

#include <fmt/format.h>

#include "app/message_translation.hpp"
#include "app/translation.hpp"
#include "codec/encoding.hpp"
#include "gui/amounts.hpp"
#include "gui/dialog_parts.hpp"
#include "gui/style.hpp"
#include "gui/widgets.hpp"

namespace sockdesk::gui {

using namespace std::chrono_literals;
using app::tr;
using app::trc;
using app::trf;

namespace {

constexpr std::array<app::ReplaySpeed, 7> speeds = {0.1, 0.5, 1, 2, 5, 10, 0};

std::string label_of(app::ReplaySpeed speed) {
    if (speed == 0) return tr("As fast as it is taken");
    if (speed == 1) return tr("As it was recorded");
    return fmt::format("{}×", speed);
}

bool can_send(const LogTab& tab) { return dynamic_cast<const SessionTab*>(&tab) != nullptr; }

}  // namespace

void ReplayDialog::open(const LogTab& front, const Tabs& tabs) {
    open_next_ = true;
    error_.clear();
    if (preparation_ || plan_ || playing_) return;
    if (can_send(front)) {
        session_tab_ = front.key;
        // One's own log would grow with what is sent.
        const auto other =
            std::find_if(tabs.begin(), tabs.end(), [&](const auto& t) { return !can_send(*t); });
        source_tab_ = other == tabs.end() ? std::nullopt : std::optional((*other)->key);
    } else {
        source_tab_ = front.key;
        const auto open = [](const auto& t) {
            const app::SessionModel* live = t->live();
            return live != nullptr && live->state() == engine::SessionState::open;
        };
        auto target = std::find_if(tabs.begin(), tabs.end(), open);
        if (target == tabs.end())
            target = std::find_if(tabs.begin(), tabs.end(), [](const auto& t) { return can_send(*t); });
        session_tab_ = target == tabs.end() ? 0 : (*target)->key;
    }
    if (file_.path().empty()) file_.reset(home_folder());
}

SessionTab* ReplayDialog::session(const Tabs& tabs) const {
    for (const auto& tab : tabs) {
        if (tab->key == session_tab_) return dynamic_cast<SessionTab*>(tab.get());
    }
    return nullptr;
}

void ReplayDialog::draw(const Tabs& tabs, const std::shared_ptr<capture::SegmentPool>& memory,
                        const Services& services) {
    SessionTab* target = session(tabs);
    if (playing_ && (target == nullptr || !target->session.is_playing())) playing_.reset();
    if (!begin_dialog(tr("Replay"), "replay_dialog", open_next_, em() * 34, !playing_)) {
        // Closed while it was being prepared: it is given up. What plays goes on.
        preparation_.reset();
        plan_.reset();
        return;
    }
    if (preparation_ && !plan_) {
        if (auto result = preparation_->result()) {
            if (!*result) {
                (preparation_->filter_failed() ? filter_error_ : error_) =
                    app::tr_message(result->error().message);
                preparation_.reset();
            } else if (target == nullptr) {
                preparation_.reset();
            } else if ((*result)->flows.size() == 1) {
                const app::ReplayFlow flow = (*result)->flows.front();
                play(*target, flow);
            } else {
                plan_ = std::move(**result);
                flow_ = 0;
            }
        }
    }
    if (playing_ && target != nullptr) {
        draw_progress(*target, services);
    } else if (plan_) {
        draw_flows(tabs);
    } else if (preparation_) {
        draw_preparing();
    } else {
        draw_choices(tabs, memory, services);
    }
    ImGui::EndPopup();
}

bool ReplayDialog::draw_buttons(const char* label) {
    ImGui::Dummy({0, px(4)});
    const std::string cancel = labelled(tr("Cancel"), "replay_cancel");
    const std::string start = labelled(label, "replay_ok");
    align_right({cancel.c_str(), start.c_str()});
    if (ImGui::Button(cancel.c_str(), dialog_button_size(cancel.c_str()))) {
        preparation_.reset();
        plan_.reset();
        ImGui::CloseCurrentPopup();
    }
    ImGui::SameLine();
    return primary_button(start.c_str(), dialog_button_size(start.c_str()));
}

void ReplayDialog::draw_source(const Tabs& tabs) {
    field_label(tr("What is sent again"));
    ImGui::SetNextItemWidth(-1);
    std::string shown = tr("A capture file");
    for (const auto& tab : tabs) {
        if (tab->key == source_tab_) shown = tab->title();
    }
    if (ImGui::BeginCombo("###replay_source", shown.c_str())) {
        for (const auto& tab : tabs) {
            const std::string label = tab->title() + "###source" + std::to_string(tab->key);
            if (ImGui::Selectable(label.c_str(), tab->key == source_tab_)) source_tab_ = tab->key;
        }
        if (ImGui::Selectable(labelled(tr("A capture file"), "source_file").c_str(), !source_tab_))
            source_tab_.reset();
        ImGui::EndCombo();
    }
    if (!source_tab_) {
        file_.draw({}, 6);
        if (file_.edited()) error_.clear();
    }
}

void ReplayDialog::draw_session(const Tabs& tabs) {
    field_label(tr("By which session"));
    ImGui::SetNextItemWidth(-1);
    const SessionTab* chosen = session(tabs);
    if (ImGui::BeginCombo("###replay_session", chosen != nullptr ? chosen->title().c_str() : "")) {
        for (const auto& tab : tabs) {
            if (!can_send(*tab)) continue;
            const std::string label = tab->title() + "###session" + std::to_string(tab->key);
            if (ImGui::Selectable(label.c_str(), tab->key == session_tab_)) session_tab_ = tab->key;
        }
        ImGui::EndCombo();
    }
    hint(tr("It goes where the send box of that session would send."));
}

void ReplayDialog::draw_choices(const Tabs& tabs, const std::shared_ptr<capture::SegmentPool>& memory,
                                const Services& services) {
    draw_source(tabs);
    draw_session(tabs);
    field_label(tr("Direction"));
    if (radio_button(labelled(tr("What was received"), "replay_received").c_str(),
                     direction_ == capture::Direction::received))
        direction_ = capture::Direction::received;
    ImGui::SameLine(0, em());
    if (radio_button(labelled(tr("What was sent"), "replay_sent").c_str(),
                     direction_ == capture::Direction::sent))
        direction_ = capture::Direction::sent;

    field_label(tr("Filter"));
    push_mono();
    input_line("###replay_filter", filter_, "rx from 10.0.0.7 len>100", 0, !filter_error_.empty());
    if (ImGui::IsItemEdited()) filter_error_.clear();
    pop_mono();
    field_error(filter_error_);

    field_label(tr("Speed"));
    ImGui::SetNextItemWidth(em() * 14);
    if (ImGui::BeginCombo("###replay_speed", label_of(speed_).c_str())) {
        for (const app::ReplaySpeed speed : speeds) {
            const std::string label = label_of(speed) + fmt::format("###speed_{}", speed);
            if (ImGui::Selectable(label.c_str(), speed == speed_)) speed_ = speed;
        }
        ImGui::EndCombo();
    }
    field_error(error_);
    const SessionTab* target = session(tabs);
    if (!draw_buttons(trc("button", "Replay"))) return;
    if (target == nullptr || target->session.state() != engine::SessionState::open) {
        error_ = tr("Replay: the session is not open. Click Open first (F5).");
        return;
    }
    prepare(tabs, memory, services);
}

void ReplayDialog::prepare(const Tabs& tabs, const std::shared_ptr<capture::SegmentPool>& memory,
                           const Services& services) {
    error_.clear();
    filter_error_.clear();
    std::shared_ptr<const capture::Log> log;
    std::shared_ptr<archive::CaptureFile> file;
    std::string encoding = "utf-8";
    for (const auto& tab : tabs) {
        if (tab->key != source_tab_) continue;
        log = tab->source;
        encoding = tab->settings().encoding;
    }
    if (!log) {
        auto opened = archive::CaptureFile::open(memory, file_.path());
        if (!opened) {
            error_ = app::tr_message(opened.error().message);
            return;
        }
        file = std::move(*opened);
        log = file->log();
    }
    app::ReplayRequest request;
    request.filter = filter_;
    if (const auto known = codec::Encoding::find(encoding))
        request.encode = [known](std::string_view text) { return codec::encode(*known, text); };
    request.direction = direction_;
    preparation_ = std::make_unique<app::ReplayPreparation>(std::move(log), std::move(file),
                                                            std::move(request), services.wake);
}

void ReplayDialog::draw_preparing() {
    text(tr("Reading what is to be sent..."));
    const std::string cancel = labelled(tr("Cancel"), "replay_give_up");
    align_right({cancel.c_str()});
    if (ImGui::Button(cancel.c_str(), dialog_button_size(cancel.c_str()))) preparation_.reset();
}

void ReplayDialog::draw_flows(const Tabs& tabs) {
    ImGui::PushTextWrapPos(0.0F);
    text(tr("There are several connections in it, and a session sends one of them at a time."));
    ImGui::PopTextWrapPos();
    const auto name_of = [](const app::ReplayFlow& flow) {
        return trf("{} - {}: {} records, {}", flow.local.to_string(), flow.remote.to_string(),
                   grouped(flow.records()), binary_amount(flow.bytes));
    };
    ImGui::SetNextItemWidth(-1);
    if (ImGui::BeginCombo("###replay_flow", name_of(plan_->flows[flow_]).c_str())) {
        for (std::size_t i = 0; i < plan_->flows.size(); ++i) {
            const std::string label = name_of(plan_->flows[i]) + "###flow" + std::to_string(i);
            if (ImGui::Selectable(label.c_str(), i == flow_)) flow_ = i;
        }
        ImGui::EndCombo();
    }
    field_error(error_);
    if (!draw_buttons(trc("button", "Replay"))) return;
    SessionTab* target = session(tabs);
    if (target == nullptr) return;
    const app::ReplayFlow flow = plan_->flows[flow_];
    play(*target, flow);
}

void ReplayDialog::play(SessionTab& session, const app::ReplayFlow& flow) {
    auto source = std::make_shared<app::CountedSource>(
        std::make_shared<app::ReplaySource>(preparation_->log(), flow, flow.begin, speed_));
    preparation_.reset();
    plan_.reset();
    if (!session.session.play(source)) {
        error_ = session.session.notice().text;
        return;
    }
    playing_ = std::move(source);
    playing_records_ = flow.records();
}

void ReplayDialog::draw_progress(SessionTab& session, const Services& services) {
    services.request_frame(100ms);
    const std::uint64_t taken = playing_->taken();
    text(session.title());
    ImGui::PushStyleColor(ImGuiCol_PlotHistogram, palette().accent);
    ImGui::ProgressBar(static_cast<float>(static_cast<double>(taken) / static_cast<double>(playing_records_)),
                       {-1, 0});
    ImGui::PopStyleColor();
    text(trf("{} of {} payloads sent", grouped(taken), grouped(playing_records_)));
    ImGui::Dummy({0, px(4)});
    const std::string stop = labelled(tr("Stop the replay"), "replay_stop");
    const std::string hide = labelled(tr("Go on in the background"), "replay_hide");
    align_right({stop.c_str(), hide.c_str()});
    if (ImGui::Button(stop.c_str(), dialog_button_size(stop.c_str()))) session.session.stop();
    ImGui::SameLine();
    if (ImGui::Button(hide.c_str(), dialog_button_size(hide.c_str()))) ImGui::CloseCurrentPopup();
}

}  // namespace sockdesk::gui
