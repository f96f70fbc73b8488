// A file that appears under its name when it is complete, and not before.
#pragma once

#include <filesystem>
#include <memory>

#include "app/export_job.hpp"
#include "base/result.hpp"

namespace sockdesk::app {

class ExportFile final : public ExportSink {
public:
    /// Makes a file beside `target`, which must be a regular file that nobody saves a log to, or not exist yet.
    static Result<std::unique_ptr<ExportFile>> create(const std::filesystem::path& target);
    /// Deletes it unless it was finished.
    ~ExportFile() override;
    ExportFile(const ExportFile&) = delete;
    ExportFile& operator=(const ExportFile&) = delete;

    Result<void> write(ByteView bytes) override;
    /// The last call: brings it to the disk and puts it in the target's place.
    Result<void> finish();
    bool finished() const { return finished_; }

private:
    ExportFile(int descriptor, std::filesystem::path partial, std::filesystem::path target);

    int descriptor_;
    std::filesystem::path partial_;
    std::filesystem::path target_;  ///< links followed
    bool finished_ = false;
};

}  // namespace sockdesk::app
