// The line at the bottom: 就绪! or what went wrong last at the left, figures of the tab in front at the right. A notice too
// long for what is left of the line gets lines of its own above.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/rate_meter.hpp"
#include "gui/capture_tab.hpp"
#include "gui/session_tab.hpp"

namespace sockdesk::gui {

struct StatusFigure {
    std::string text;
    std::string explanation;
    bool alarming = false;
};

/// 丢弃, with what was lost where and how to lose less.
StatusFigure loss_figure(const SessionTab& tab);

class StatusBar {
public:
    /// For this frame; `width` is what there is of the window. `warning`: what is wrong with the desk as a whole; empty if
    /// nothing is.
    StatusBar(SessionTab& tab, const std::string& warning, float width);
    StatusBar(CaptureTab& tab, const std::string& warning, float width);

    float height() const;
    void draw(const Services& services);

private:
    StatusBar(LogTab& tab, const std::string& warning, float width, std::vector<StatusFigure> figures,
              app::RateMeter* rate, std::function<void()> reset);

    float figures_width() const;
    void draw_notice(float room);
    void draw_long_notice();
    void draw_figures();

    LogTab& tab_;
    float width_;
    std::vector<StatusFigure> figures_;
    app::RateMeter* rate_;         ///< none: no speed is shown
    std::function<void()> reset_;  ///< none: nothing is counted that could be reset
    std::string idle_;             ///< what stands there while there is no notice
    bool idle_is_error_ = false;
    bool is_long_ = false;
    float long_height_ = 0;
};

}  // namespace sockdesk::gui
