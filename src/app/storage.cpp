#include "app/storage.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

namespace sockdesk::app {
namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20;

// A recording grows without anything else happening.
constexpr std::chrono::minutes prune_interval{1};

// What the recording is of, for its file's name.
std::string name_of(const engine::SessionConfig& config) {
    const auto& at = config.protocol == engine::Protocol::tcp_client ? config.remote : config.local;
    std::string name(engine::protocol_name(config.protocol));
    if (at && config.protocol == engine::Protocol::tcp_client) name += " " + at->host;
    if (at && at->port != 0) name += fmt::format(" {}", at->port);
    return name;
}

}  // namespace

std::size_t Storage::memory_budget(const StorageSettings& settings) {
    // Fonts, the picture, the graphics driver and what a log keeps beside its segments took 164 MiB with a renderer in software,
    // shared libraries counted, however long the log.
    constexpr std::size_t rest = 176 * mib;
    static_assert(StorageSettings::min_memory_mib * mib > rest);
    return static_cast<std::size_t>(std::max(settings.memory_mib, StorageSettings::min_memory_mib)) * mib -
           rest;
}

Storage::Storage(std::filesystem::path folder, const StorageSettings& settings)
    : folder_(std::move(folder)),
      recordings_(folder_ / "captures"),
      settings_(settings),
      pruner_([this] { prune_until_left(); }) {
    prune_soon();
}

Storage::~Storage() {
    {
        const std::lock_guard lock(mutex_);
        leaving_ = true;
    }
    due_.notify_one();
    pruner_.join();
}

engine::EngineOptions Storage::engine_options() {
    engine::EngineOptions options;
    const std::lock_guard lock(mutex_);
    options.memory.budget_bytes = memory_budget(settings_);
    options.memory.spill_folder = folder_;
    options.recording_path = [this](const engine::SessionConfig& config) { return new_recording(config); };
    return options;
}

void Storage::set(const StorageSettings& settings) {
    {
        const std::lock_guard lock(mutex_);
        settings_ = settings;
    }
    prune_soon();
}

Result<std::filesystem::path> Storage::new_recording(const engine::SessionConfig& config) {
    {
        const std::lock_guard lock(mutex_);
        if (!settings_.record_sessions) return std::filesystem::path();
    }
    return recordings_.new_path(clock_.now(), name_of(config));
}

void Storage::prune_soon() {
    {
        const std::lock_guard lock(mutex_);
        prune_ = true;
    }
    due_.notify_one();
}

void Storage::prune_until_left() {
    std::unique_lock lock(mutex_);
    for (;;) {
        due_.wait_for(lock, prune_interval, [this] { return prune_ || leaving_; });
        if (leaving_) return;
        prune_ = false;
        const std::uint64_t limit = static_cast<std::uint64_t>(settings_.recordings_mib) * mib;
        lock.unlock();
        recordings_.prune(limit);
        lock.lock();
    }
}

}  // namespace sockdesk::app
