// Ctrl+G: to a record by its number or to a moment.
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"

namespace sockdesk::gui {

struct LogTab;

class GoToBar {
public:
    void open();
    bool is_open() const { return open_; }
    void draw(LogTab& tab);

private:
    void close(LogTab& tab);
    /// False: `error_` says why not.
    bool go(LogTab& tab);

    bool open_ = false;
    bool focus_next_ = false;
    std::string text_;
    std::optional<Error> error_;
};

}  // namespace sockdesk::gui
