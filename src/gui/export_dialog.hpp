// 导出…: what of a log goes into which file, and in what format.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/export_job.hpp"
#include "gui/log_tab.hpp"
#include "gui/services.hpp"

namespace sockdesk::gui {

/// For the row of buttons above the log.
float export_button_width();
void draw_export_button(LogTab& tab);

class ExportDialog {
public:
    /// Asks about this tab, whatever is in front later.
    void open(const LogTab& tab);
    /// Every frame. A job goes on while the dialog is closed; its end is told by a notice of its tab, or, where that is closed, of
    /// the one in front.
    void draw(LogTab& front, const std::vector<std::unique_ptr<LogTab>>& tabs, const Services& services);

    bool is_running() const { return job_ != nullptr; }

private:
    enum class Scope : std::uint8_t { all, selection, filtered };

    void draw_choices(LogTab& tab, const Services& services);
    void draw_format();
    void draw_scope(const LogTab& tab);
    void draw_direction();
    void draw_question(LogTab& tab, const Services& services);
    void draw_progress();
    void start(LogTab& tab, const Services& services);
    void finish(LogTab& tab);
    app::ExportPlan plan_for(LogTab& tab) const;

    bool open_next_ = false;
    std::uint32_t asked_tab_ = 0;  ///< key of the tab that is asked about
    bool asking_ = false;          ///< the file is there already
    app::ExportFormat format_ = app::ExportFormat::pcapng;
    Scope scope_ = Scope::all;
    std::optional<capture::Direction> direction_;
    std::string path_;
    std::string error_;

    std::unique_ptr<app::ExportJob> job_;
    std::uint32_t job_tab_ = 0;  ///< key of the tab that is exported
};

}  // namespace sockdesk::gui
