// Shortcuts from and into files: JSON and CSV, told apart by what stands in them.
#pragma once

#include <filesystem>
#include <string>

#include "app/shortcut_library.hpp"
#include "gui/file_chooser.hpp"

namespace sockdesk::gui {

class ShortcutImportDialog {
public:
    void open();
    /// What was added, in words; empty: nothing in this frame.
    std::string draw(app::ShortcutLibrary& library);

private:
    /// In words; `error_` is set where it failed.
    std::string read(app::ShortcutLibrary& library);

    bool open_next_ = false;
    bool used_ = false;
    FileChooser chooser_;
    std::string error_;
};

class ShortcutExportDialog {
public:
    void open();
    std::string draw(const app::ShortcutLibrary& library);

private:
    std::string write(const app::ShortcutLibrary& library);
    void set_format(bool csv);

    bool open_next_ = false;
    bool csv_ = false;
    bool chosen_only_ = false;
    bool overwrite_ = false;  ///< asked for, not confirmed yet
    std::string path_;
    std::string error_;
};

}  // namespace sockdesk::gui
