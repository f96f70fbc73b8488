// 打开文件数据源: a file that is sent in place of what stands in the box, and what is seen of it while it is.
#pragma once

#include <cstdint>
#include <string>

#include "gui/file_chooser.hpp"
#include "gui/services.hpp"
#include "gui/session_tab.hpp"

namespace sockdesk::gui {

class SendFileDialog {
public:
    void open(const SessionTab& tab);
    /// Belongs to the tab it was opened for.
    void draw(SessionTab& tab);

private:
    void draw_cut(engine::Protocol protocol);
    void draw_buttons(SessionTab& tab);
    void choose(SessionTab& tab);

    std::uint32_t tab_ = 0;
    bool open_next_ = false;
    FileChooser chooser_{FileChooser::For::any};
    app::FileSettings draft_;
    std::string error_;
};

/// In the place of the box: which file and how, and how far it is.
void draw_file_panel(SessionTab& tab, ImVec2 size, const Services& services);

}  // namespace sockdesk::gui
