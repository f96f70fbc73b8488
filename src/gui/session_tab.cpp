#include "gui/session_tab.hpp"

#include "app/translation.hpp"

namespace sockdesk::gui {

using app::tr;
using engine::SessionState;

void SessionTab::toggle_open() {
    open_attempted = true;
    if (!session.is_locked())
        log.set_protocol(session.handle().log->published(), session.tab().session.protocol);
    session.toggle_open();
}

const char* SessionTab::empty_text() {
    switch (session.state()) {
        case SessionState::open:
            return session.tab().view.hide_received ? tr("Received data is hidden.")
                                                    : tr("Nothing has arrived yet.");
        case SessionState::opening:
            return tr("Connecting...");
        default:
            return tr("Click Open (F5) to begin.");
    }
}

}  // namespace sockdesk::gui
