// Captures on the desk: those that are opened, and those that are kept by themselves.
#include <algorithm>
#include <variant>

#include "app/message_translation.hpp"
#include "app/translation.hpp"
#include "codec/escapes.hpp"
#include "gui/desk.hpp"

namespace sockdesk::gui {

std::string Desk::open_capture(const std::filesystem::path& path, app::ViewSettings view) {
    std::error_code ignored;
    for (std::size_t i = 0; i < tabs_.size(); ++i) {
        const auto* tab = dynamic_cast<const CaptureTab*>(tabs_[i].get());
        if (tab != nullptr && std::filesystem::equivalent(tab->capture->path(), path, ignored)) {
            select_tab(i);
            return {};
        }
    }
    auto capture = app::CaptureModel::open(engine_.memory(), path, std::move(view), services_.wake);
    if (!capture) return app::tr_message(capture.error().message);
    tabs_.push_back(std::make_unique<CaptureTab>(++next_key_, std::move(*capture)));
    select_tab(tabs_.size() - 1);
    return {};
}

void Desk::open_files(const std::vector<std::filesystem::path>& paths) {
    for (const std::filesystem::path& path : paths) {
        if (std::string refused = open_capture(path); !refused.empty())
            front().set_notice({true, std::move(refused)});
    }
}

void Desk::on_storage(const engine::Event& event) {
    if (std::holds_alternative<engine::RecordingChanged>(event)) {
        recordings_dialog_.refresh();
        if (std::get<engine::RecordingChanged>(event).recording) storage_.prune_soon();
    } else if (const auto* changed = std::get_if<engine::LogStorageChanged>(&event)) {
        warning_.clear();
        if (!changed->error) return;
        warning_ = app::tr_message(changed->error->message);
        front().set_notice({true, warning_});
    }
}

void Desk::draw_dialogs() {
    if (SessionTab* tab = front_session()) {
        if (tab->save_asked) save_dialog_.open(*tab);
        tab->save_asked = false;
        save_dialog_.draw(*tab);
    }
    const OpenCapture open = [this](const std::filesystem::path& path) { return open_capture(path); };
    open_dialog_.draw(open);
    recordings_dialog_.draw(storage_, settings_.storage, open);
    if (front().export_asked) export_dialog_.open(front());
    front().export_asked = false;
    export_dialog_.draw(front(), tabs_, services_);
    replay_dialog_.draw(tabs_, engine_.memory(), services_);
    if (settings_dialog_.draw(settings_.storage)) {
        storage_.set(settings_.storage);
        engine_.memory()->set_budget(app::Storage::memory_budget(settings_.storage));
    }
}

}  // namespace sockdesk::gui
