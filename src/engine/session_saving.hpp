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

/// A file that is being completed off the loop thread, and what to tell when it is.
struct SavedFile {
    std::unique_ptr<capture::Saver> saver;
    std::optional<SaveChanged> news;
};

class SessionSaving {
public:
    /// `emit` may be called from any thread.
    SessionSaving(SessionId session, std::shared_ptr<capture::Log> log, std::function<void(Event)> emit);

    /// Answers by `SaveChanged`. Gives what was being saved before, to be completed elsewhere.
    SavedFile start(const std::filesystem::path& path, capture::SaveMode mode);
    SavedFile stop();

private:
    SessionId session_;
    std::shared_ptr<capture::Log> log_;
    std::function<void(Event)> emit_;
    std::unique_ptr<capture::Saver> saver_;
    std::filesystem::path path_;
    /// How much of this log each file holds already, for going on in it.
    std::map<std::filesystem::path, RecordIndex> saved_up_to_;
};

}  // namespace sockdesk::engine
