// Opening captures: by path, and those that were kept of earlier sessions (历史抓包).
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/storage.hpp"
#include "gui/file_chooser.hpp"

namespace sockdesk::gui {

/// Why it could not be opened, in the person's language; empty: it is open.
using OpenCapture = std::function<std::string(const std::filesystem::path&)>;

class OpenDialog {
public:
    void open();
    void draw(const OpenCapture& open_capture);

private:
    bool open_next_ = false;
    bool used_ = false;  ///< begins where it was left
    FileChooser chooser_;
    std::string error_;
};

class RecordingsDialog {
public:
    void open();
    /// What is on disk changed.
    void refresh() { stale_ = true; }
    void draw(app::Storage& storage, const app::StorageSettings& settings, const OpenCapture& open_capture);

private:
    void draw_list(const app::Storage& storage, const OpenCapture& open_capture);
    void draw_question(const app::Storage& storage);

    bool open_next_ = false;
    bool stale_ = false;
    std::vector<archive::Recording> recordings_;
    std::optional<std::filesystem::path> deleting_;  ///< asked for, not confirmed yet
    std::string error_;
};

}  // namespace sockdesk::gui
