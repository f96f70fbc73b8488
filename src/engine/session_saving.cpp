#include "engine/session_saving.hpp"

#include <utility>

namespace sockdesk::engine {

SessionSaving::SessionSaving(SessionId session, std::shared_ptr<capture::Log> log, Outlet outlet)
    : session_(session), log_(std::move(log)), outlet_(std::move(outlet)) {}

void SessionSaving::start(const std::filesystem::path& path, capture::SaveMode mode) {
    if (saver_ && path == path_) {
        outlet_.emit(SaveChanged{session_, path, true, {}});
        return;
    }
    stop();
    if (!completing_.empty()) {
        next_ = Wanted{path, mode};
        return;
    }
    capture::SaveOptions options;
    options.path = path;
    options.mode = mode;
    if (mode == capture::SaveMode::append) {
        const auto known = saved_up_to_.find(path);
        options.first_record = known == saved_up_to_.end() ? 0 : known->second;
    }
    auto started = capture::Saver::start(
        log_, options, [failed = outlet_.failed, path](const Error& error) { failed(path, error); });
    if (!started) {
        outlet_.emit(SaveChanged{session_, path, false, started.error()});
        return;
    }
    saver_ = std::move(*started);
    path_ = path;
    outlet_.emit(SaveChanged{session_, path, true, {}});
}

void SessionSaving::stop() {
    next_.reset();
    finish(SaveChanged{session_, path_, false, {}});
}

void SessionSaving::stop_and_delete() {
    next_.reset();
    finish(SaveChanged{session_, path_, false, {}}, true);
}

void SessionSaving::finish(std::optional<SaveChanged> news, bool is_worthless) {
    if (saver_) {
        completing_ = path_;
        outlet_.complete({std::move(saver_), path_, std::move(news), is_worthless});
    }
}

void SessionSaving::completed(const std::filesystem::path& path, RecordIndex saved) {
    saved_up_to_[path] = saved;
    completing_.clear();
    if (const auto next = std::exchange(next_, std::nullopt)) {
        start(next->path, next->mode);
    }
}

void SessionSaving::failed(const std::filesystem::path& path, const Error& error) {
    if (saver_ && path == path_) {
        outlet_.emit(SaveChanged{session_, path, false, error});
        finish(std::nullopt);  // told already
    }
}

}  // namespace sockdesk::engine
