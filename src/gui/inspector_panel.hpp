// 检查器: the record in front as hex and text, what its selected bytes may mean, and its fields by a `struct` format.
#pragma once

#include <memory>
#include <string>

#include "app/inspector_model.hpp"
#include "app/session_draft.hpp"
#include "gui/hex_view.hpp"
#include "gui/services.hpp"

namespace sockdesk::gui {

struct LogTab;

class InspectorPanel {
public:
    explicit InspectorPanel(std::shared_ptr<const capture::Log> log) : model_(std::move(log)) {}

    void draw(LogTab& tab, const Services& services, float height);
    app::InspectorModel& model() { return model_; }

private:
    void keep_in_front(LogTab& tab);
    void draw_header(LogTab& tab);
    void draw_readings(LogTab& tab);
    void draw_format(app::ViewSettings& view);
    void draw_fields(LogTab& tab);
    bool has_fields() const { return !model_.fields().empty() || model_.rest().size() > 0; }
    void draw_values(LogTab& tab);
    void draw_texts(LogTab& tab);

    app::InspectorModel model_;
    HexView hex_;
};

/// The log with the inspector below it if it is wanted, and a line between them to drag.
void draw_log_and_inspector(LogTab& tab, const Services& services, float height);

}  // namespace sockdesk::gui
