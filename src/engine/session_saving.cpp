#include "engine/session_saving.hpp"

#include <utility>

namespace sockdesk::engine {

SessionSaving::SessionSaving(SessionId session, std::shared_ptr<capture::Log> log,
                             std::function<void(Event)> emit)
    : session_(session), log_(std::move(log)), emit_(std::move(emit)) {}

SavedFile SessionSaving::start(const std::filesystem::path& path, capture::SaveMode mode) {
    SavedFile previous = stop();
    capture::SaveOptions options;
    options.path = path;
    options.mode = mode;
    if (mode == capture::SaveMode::append) {
        const auto known = saved_up_to_.find(path);
        options.first_record = known == saved_up_to_.end() ? 0 : known->second;
    }
    auto started =
        capture::Saver::start(log_, options, [emit = emit_, session = session_, path](const Error& error) {
            emit(SaveChanged{session, path, false, error});
        });
    if (!started) {
        emit_(SaveChanged{session_, path, false, started.error()});
        return previous;
    }
    saver_ = std::move(*started);
    path_ = path;
    emit_(SaveChanged{session_, path, true, {}});
    return previous;
}

SavedFile SessionSaving::stop() {
    SavedFile file;
    if (saver_) {
        // What was published until now is what the file will hold.
        saved_up_to_[path_] = log_->published();
        file.saver = std::move(saver_);
        file.news = SaveChanged{session_, path_, false, {}};
    }
    return file;
}

}  // namespace sockdesk::engine
