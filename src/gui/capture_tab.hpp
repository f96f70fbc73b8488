// The tab of a capture that was opened: the log takes the room, nothing can be sent.
#pragma once

#include <memory>

#include "app/capture_model.hpp"
#include "gui/log_tab.hpp"

namespace sockdesk::gui {

struct CaptureTab final : LogTab {
    CaptureTab(std::uint32_t tab_key, std::unique_ptr<app::CaptureModel> model)
        : LogTab(tab_key, model->log()), capture(std::move(model)) {}

    const std::unique_ptr<app::CaptureModel> capture;

    std::string title() const override { return capture->title(); }
    app::ViewSettings& settings() override { return capture->view(); }
    const app::Notice& notice() const override { return capture->notice(); }
    void set_notice(app::Notice notice) override { capture->set_notice(std::move(notice)); }
    const char* empty_text() override;
    engine::Protocol protocol() const override { return capture->protocol(); }
    app::TabState state() const override { return capture->state(); }
};

/// Which file it is, what it holds, how far it is read and why no further.
void draw_capture_header(CaptureTab& tab);

}  // namespace sockdesk::gui
