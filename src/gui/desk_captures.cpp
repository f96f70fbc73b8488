// Captures on the desk: those that are opened, and those that are kept by themselves.
#include <algorithm>
#include <utility>
#include <variant>

#include "app/message_translation.hpp"
#include "app/translation.hpp"
#include "codec/escapes.hpp"
#include "gui/desk.hpp"

namespace sockdesk::gui {

namespace {

// Reading was given up, or the file is another one than was read: a recording that went on.
bool is_outdated(const app::CaptureModel& capture) {
    if (capture.was_stopped()) return true;
    const archive::ReadProgress progress = capture.progress();
    std::error_code failed;
    const std::uint64_t size = std::filesystem::file_size(capture.path(), failed);
    return progress.done && !failed && size != progress.file_bytes;
}

}  // namespace

std::string Desk::open_capture(const std::filesystem::path& path, app::ViewSettings view) {
    std::error_code ignored;
    for (std::size_t i = 0; i < tabs_.size(); ++i) {
        auto* tab = dynamic_cast<CaptureTab*>(tabs_[i].get());
        if (tab == nullptr || !std::filesystem::equivalent(tab->capture->path(), path, ignored)) continue;
        if (is_outdated(*tab->capture)) {
            auto anew = app::CaptureModel::open(engine_.memory(), path, tab->settings(), services_.wake);
            if (!anew) return app::tr_message(anew.error().message);
            // In its place on the bar, too: that goes by the key.
            tabs_[i] = std::make_unique<CaptureTab>(tab->key, std::move(*anew));
        }
        select_tab(i);
        return {};
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
        storage_.prune_soon();
    } else if (const auto* changed = std::get_if<engine::LogStorageChanged>(&event)) {
        for (const auto& tab : tabs_) {
            if (!warning_.empty() && tab->notice().text == warning_) tab->set_notice({});
        }
        warning_.clear();
        if (!changed->error) return;
        warning_ = app::tr_message(changed->error->message);
        front().set_notice({true, warning_});
    }
}

void Desk::draw_dialogs() {
    side_.serve(front(), settings_.side);
    if (SessionTab* tab = front_session()) {
        if (tab->save_asked) save_dialog_.open(*tab);
        tab->save_asked = false;
        save_dialog_.draw(*tab);
        if (tab->file_asked) file_dialog_.open(*tab);
        tab->file_asked = false;
        file_dialog_.draw(*tab);
        if (tab->cycle_asked) cycle_dialog_.open(*tab);
        tab->cycle_asked = false;
        cycle_dialog_.draw(*tab);
        if (tab->replies_asked) replies_dialog_.open(*tab);
        tab->replies_asked = false;
        replies_dialog_.draw(*tab);
    }
    LogTab& shown = front();
    if (std::exchange(shown.trailer_asked, false)) trailer_dialog_.open(shown, TrailerDialog::Side::sent);
    if (std::exchange(shown.verify_asked, false)) trailer_dialog_.open(shown, TrailerDialog::Side::received);
    trailer_dialog_.draw(shown);
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
