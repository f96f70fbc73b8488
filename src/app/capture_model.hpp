// The tab of an opened capture without its looks: what was read of the file, how far, and why no further.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "app/session_draft.hpp"
#include "app/session_model.hpp"
#include "archive/capture_file.hpp"
#include "capture/log.hpp"

namespace sockdesk::app {

class CaptureModel {
public:
    /// Reads in the background; `on_progress` is called from there and must not block.
    static Result<std::unique_ptr<CaptureModel>> open(std::shared_ptr<capture::SegmentPool> memory,
                                                      std::filesystem::path path, ViewSettings view,
                                                      std::function<void()> on_progress);

    const std::shared_ptr<capture::Log>& log() const { return log_; }
    const std::filesystem::path& path() const { return path_; }
    /// The file's name.
    std::string title() const;
    const std::string& description() const { return description_; }
    archive::ReadProgress progress() const;

    /// Reads no further; what was read stays.
    void stop_reading();
    bool was_stopped() const { return stopped_.has_value(); }

    /// Of the session that the capture is of, as its first records tell.
    engine::Protocol protocol() const;

    ViewSettings& view() { return view_; }
    const ViewSettings& view() const { return view_; }
    const Notice& notice() const { return notice_; }
    void set_notice(Notice notice) { notice_ = std::move(notice); }

    /// As the workspace keeps it.
    TabState state() const;

private:
    CaptureModel(std::unique_ptr<archive::CaptureFile> file, ViewSettings view);

    std::unique_ptr<archive::CaptureFile> file_;  ///< null once reading was stopped
    std::shared_ptr<capture::Log> log_;
    std::filesystem::path path_;
    std::string description_;
    std::optional<archive::ReadProgress> stopped_;  ///< how far reading had come
    ViewSettings view_;
    Notice notice_;
    mutable std::optional<engine::Protocol> protocol_;
};

}  // namespace sockdesk::app
