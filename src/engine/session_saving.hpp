// Keeping a session's log in a file: what was asked for, what is being written, where it stopped.
// Private to this room; lives on the loop thread.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "capture/saver.hpp"
#include "engine/event.hpp"

namespace sockdesk::engine {

/// A file that no more is to be recorded into, but that does not hold everything yet.
struct UnfinishedFile {
    std::unique_ptr<capture::Saver> saver;
    std::filesystem::path path;
    std::optional<SaveChanged> news;  ///< for the face, when it is complete
    bool is_worthless = false;        ///< to be deleted rather than completed
};

class SessionSaving {
public:
    /// What saving needs of the engine. None of these calls back before it returns.
    struct Outlet {
        std::function<void(const SaveChanged&)> emit;
        /// Completes the file elsewhere, because that can take long; then calls `completed` on this object, if it exists.
        std::function<void(UnfinishedFile)> complete;
        /// Calls `failed` on this object, if it exists. The only one that is called from another thread.
        std::function<void(const std::filesystem::path&, const Error&)> failed;
    };

    SessionSaving(SessionId session, std::shared_ptr<capture::Log> log, Outlet outlet);

    /// Answers by `SaveChanged`. A file that is still being completed is waited for.
    void start(const std::filesystem::path& path, capture::SaveMode mode);
    void stop();
    /// The same, and what was saved is of no use.
    void stop_and_delete();
    bool is_saving() const { return saver_ != nullptr; }

    /// The file at `path` is complete and holds the records below `saved`.
    void completed(const std::filesystem::path& path, RecordIndex saved);
    /// Writing to `path` failed; nothing more goes there.
    void failed(const std::filesystem::path& path, const Error& error);

private:
    struct Wanted {
        std::filesystem::path path;
        capture::SaveMode mode = capture::SaveMode::create;
    };

    void finish(std::optional<SaveChanged> news, bool is_worthless = false);

    SessionId session_;
    std::shared_ptr<capture::Log> log_;
    Outlet outlet_;
    std::unique_ptr<capture::Saver> saver_;
    std::filesystem::path path_;        ///< of `saver_`
    std::filesystem::path completing_;  ///< the file before that, as long as it is being completed
    std::optional<Wanted> next_;        ///< to be started when `completing_` is complete
    /// How much of this log each file holds already, for going on in it.
    std::map<std::filesystem::path, RecordIndex> saved_up_to_;
};

}  // namespace sockdesk::engine
