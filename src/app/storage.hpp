// What the window keeps on disk by itself: the recordings of its sessions, within a limit, and what had to leave memory.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <thread>

#include "app/workspace.hpp"
#include "archive/recordings.hpp"
#include "base/clock.hpp"
#include "engine/engine.hpp"

namespace sockdesk::app {

class Storage {
public:
    /// `folder`: see `archive::default_state_folder`.
    Storage(std::filesystem::path folder, const StorageSettings& settings);
    /// After the engine.
    ~Storage();
    Storage(const Storage&) = delete;
    Storage& operator=(const Storage&) = delete;

    /// What the engine has to know of it. The storage has to outlive the engine.
    engine::EngineOptions engine_options();

    /// Holds for sessions that are opened from now on.
    void set(const StorageSettings& settings);

    const archive::Recordings& recordings() const { return recordings_; }
    /// Deletes the oldest beyond the limit, by a thread of its own that also looks by itself from time to time.
    void prune_soon();

    /// Bytes for segments of logs, of what the person gave to the whole process.
    static std::size_t memory_budget(const StorageSettings& settings);

private:
    Result<std::filesystem::path> new_recording(const engine::SessionConfig& config);
    void prune_until_left();

    const std::filesystem::path folder_;
    const archive::Recordings recordings_;
    const SystemClock clock_;

    std::mutex mutex_;  // guards what follows
    std::condition_variable due_;
    StorageSettings settings_;
    bool prune_ = false;
    bool leaving_ = false;

    std::thread pruner_;  // last: uses all of it
};

}  // namespace sockdesk::app
