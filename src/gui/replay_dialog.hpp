// 重放…: the payloads of a capture, or of a tab's log, are sent again by a session, with their original spacing.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/replay_job.hpp"
#include "gui/file_chooser.hpp"
#include "gui/session_tab.hpp"

namespace sockdesk::gui {

class ReplayDialog {
public:
    using Tabs = std::vector<std::unique_ptr<LogTab>>;

    void open(const LogTab& front, const Tabs& tabs);
    void draw(const Tabs& tabs, const std::shared_ptr<capture::SegmentPool>& memory,
              const Services& services);

private:
    void draw_source(const Tabs& tabs);
    void draw_session(const Tabs& tabs);
    void draw_choices(const Tabs& tabs, const std::shared_ptr<capture::SegmentPool>& memory,
                      const Services& services);
    void draw_preparing();
    void draw_flows(const Tabs& tabs);
    void draw_progress(SessionTab& session, const Services& services);
    bool draw_buttons(const char* label);

    void prepare(const Tabs& tabs, const std::shared_ptr<capture::SegmentPool>& memory,
                 const Services& services);
    void play(SessionTab& session, const app::ReplayFlow& flow);
    SessionTab* session(const Tabs& tabs) const;

    bool open_next_ = false;

    // ---- what is chosen
    std::optional<std::uint32_t> source_tab_;  ///< key; none: a file
    std::uint32_t session_tab_ = 0;            ///< key
    FileChooser file_;
    std::string filter_;
    std::optional<capture::Direction> direction_ = capture::Direction::received;
    app::ReplaySpeed speed_ = 1;
    std::string error_;
    std::string filter_error_;

    // ---- what came of it
    std::unique_ptr<app::ReplayPreparation> preparation_;
    std::optional<app::ReplayPlan> plan_;  ///< of more than one flow, while one is chosen
    std::size_t flow_ = 0;
    std::shared_ptr<app::CountedSource> playing_;
    std::uint64_t playing_records_ = 0;
};

}  // namespace sockdesk::gui
