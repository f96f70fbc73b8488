// Something that the window keeps in a file of its own which other windows may have open as well: written by a thread, and joined with what
// others wrote meanwhile.
//
// Threads: the one that draws; `done` is called by the thread that writes.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "app/kept_file.hpp"

namespace sockdesk::app {

template <typename Content>
struct KeptFormat {
    Result<Content> (*read)(std::string_view) = nullptr;
    std::string (*write)(const Content&) = nullptr;
    /// What became of `base` in two places, made into one.
    Content (*merge)(const Content& base, const Content& mine, const Content& theirs) = nullptr;
};

template <typename Content>
class KeptState {
public:
    struct Loaded {
        Content content;
        std::string notice;  ///< what the person should know of it; empty: all is well
    };
    struct Outcome {
        Result<void> saved;
        Content given;
        /// What was written, where others had changed the file.
        std::optional<Content> joined;
    };

    KeptState(std::filesystem::path path, KeptFormat<Content> format)
        : file_(std::move(path)), format_(format) {}
    ~KeptState() {
        if (writer_.joinable()) writer_.join();
    }
    KeptState(const KeptState&) = delete;
    KeptState& operator=(const KeptState&) = delete;

    /// Before anything else.
    Loaded load() {
        Loaded loaded;
        loaded.notice = file_.load([&](std::string_view text) -> Result<void> {
            auto content = format_.read(text);
            if (!content) return tl::unexpected(std::move(content.error()));
            loaded.content = std::move(*content);
            return {};
        });
        base_ = loaded.content;
        return loaded;
    }

    bool is_saving() const { return writer_.joinable(); }
    /// Not while one is under way. `done` must not block.
    void save(Content content, std::function<void()> done) {
        writer_ = std::thread([this, content = std::move(content), done = std::move(done)]() mutable {
            auto outcome = std::make_unique<Outcome>(write(std::move(content)));
            {
                const std::lock_guard lock(mutex_);
                outcome_ = std::move(outcome);
            }
            done();
        });
    }
    /// Once it is over.
    std::optional<Outcome> take() {
        std::unique_ptr<Outcome> outcome;
        {
            const std::lock_guard lock(mutex_);
            outcome = std::move(outcome_);
        }
        if (!outcome) return {};
        writer_.join();
        return std::move(*outcome);
    }
    /// At once, after the one that is under way; what that one joined is joined to this one, too.
    Outcome save_now(Content content) {
        if (writer_.joinable()) writer_.join();
        if (outcome_) content = go_on(*outcome_, content);
        outcome_.reset();
        return write(std::move(content));
    }

    /// `now` is what became of what was given to the save meanwhile; so it goes on.
    Content go_on(const Outcome& outcome, const Content& now) const {
        return outcome.joined ? format_.merge(outcome.given, now, *outcome.joined) : now;
    }

private:
    Outcome write(Content content) {
        Outcome outcome{{}, std::move(content), {}};
        outcome.saved = file_.save_merged([&](std::optional<std::string_view> text) -> Result<std::string> {
            outcome.joined.reset();
            if (!text) return format_.write(outcome.given);
            auto theirs = format_.read(*text);
            if (!theirs) return tl::unexpected(std::move(theirs.error()));
            outcome.joined = format_.merge(base_, outcome.given, *theirs);
            return format_.write(*outcome.joined);
        });
        if (!outcome.saved) {
            outcome.joined.reset();
        } else {
            base_ = outcome.joined ? *outcome.joined : outcome.given;
        }
        return outcome;
    }

    KeptFile file_;
    KeptFormat<Content> format_;
    Content base_;  ///< what was loaded or written last; the writer's while it writes
    std::thread writer_;
    std::mutex mutex_;
    std::unique_ptr<Outcome> outcome_;  ///< guarded
};

}  // namespace sockdesk::app
