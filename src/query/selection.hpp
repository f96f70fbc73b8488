// Which records a view shows, found out by a thread of its own so that a frame never goes through the log. It goes on
// with what is appended.
#pragma once

#include <functional>
#include <memory>

#include "capture/log.hpp"
#include "query/record_set.hpp"

namespace sockdesk::query {

/// Decides on records one after the other; may remember what it has seen. Used by one thread.
class Selector {
public:
    virtual ~Selector() = default;
    virtual bool selects(const capture::RecordView& record) = 0;
};

class Selection {
public:
    /// Begins at `first`. `on_progress` is called from the selection's thread when there is something new, at most some
    /// twenty times a second; it must not block.
    Selection(std::shared_ptr<const capture::Log> log, std::unique_ptr<Selector> selector, RecordIndex first,
              std::function<void()> on_progress = {});
    /// Stops at once, however much is left.
    ~Selection();
    Selection(const Selection&) = delete;
    Selection& operator=(const Selection&) = delete;

    const RecordSet& records() const;

    /// Returns when all that was published before the call is decided on, or the log cannot be read further. For tests and for
    /// work that is in the background already.
    void wait() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace sockdesk::query
